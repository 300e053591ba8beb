"""What a dead worker leaves behind: its jobs are given to others, its late results are shut out, its files removed."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Collection

from procrastinate import App

from data.verify import sweep_orphans
from service import jobs
from service.runtime import Runtime

ORPHAN_ROUNDS = 360
"""Sweeps between two looks for files that no row names: once in an hour or so."""

log = logging.getLogger(__name__)


async def keep_sweeping(app: App, runtime: Runtime, own: Callable[[], Collection[int | None]]) -> None:
    """Sweeps at once and then three times in each stale period, so that work is recovered within two (F15).

    ``own`` are the ids of this process's workers.
    """
    for round_ in itertools.count():
        await sweep(app, runtime, own())
        if round_ % ORPHAN_ROUNDS == 0:
            await asyncio.to_thread(sweep_orphans, runtime.database, runtime.inbox)
        await asyncio.sleep(runtime.settings.worker_stalled_s / 3)


async def sweep(app: App, runtime: Runtime, own: Collection[int | None] = ()) -> int:
    """Recovers every job whose worker is silent, by the database's clock; returns how many there were.

    Any number of sweepers may run at once. A process that was frozen finds its own workers silent, but they live.
    """
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=runtime.settings.worker_stalled_s)
    recovered = 0
    for job in stalled:
        if job.worker_id is not None and job.worker_id in own:
            continue
        assert job.id is not None
        recovered += await asyncio.to_thread(replace, runtime, job.id, job.queue, jobs.Job.read(job.task_kwargs))
    await asyncio.to_thread(_tidy, runtime)
    return recovered


def replace(runtime: Runtime, job_id: int, queue: str, job: jobs.Job) -> bool:
    """Replaces the job by new ones, one an interaction, and raises the token of what it was running.

    A new job, not the same one again: a worker that only slept would end that one under the feet of the next.
    One an interaction, so that a contact that kills its worker does so alone from now on.
    """
    with runtime.database.sweeper() as sweeper:
        if not jobs.drop(sweeper.driver_connection, job_id):
            return False
        sweeper.take_back([job_id])
        jobs.defer(sweeper.driver_connection, job, queue=queue)
    log.warning("job_recovered: %s of %s, %d contacts", job.stage, job.tenant, len(job.interactions))
    return True


def _tidy(runtime: Runtime) -> None:
    """Destroys inbox items whose time is over."""
    with runtime.database.sweeper() as sweeper:
        expired = sweeper.expired()
    for item in expired:
        runtime.inbox.remove(item.path)
