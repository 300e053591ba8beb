"""Workers: they claim jobs, recover those whose worker is gone, and stop within the grace time.

One loop runs a procrastinate worker for each queue, and the sweeper beside them. Liveness is procrastinate's
(heartbeats); who may write a result is decided by the ledger's tokens. A worker that lost its database, or that
was taken for dead and woke up, starts again under a new id.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

import procrastinate
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.worker import Worker

from service import alerts, categories, pipeline, recovery
from service.jobs import QUEUES, TASK, Job
from service.runtime import Runtime
from service.stages.work import place

POLLING_S = 2.0
"""How late a job that waits for its time may be; new ones are announced at once."""
RESTART_MAX_S = 30.0
HANDED_BACK = procrastinate.RetryStrategy(wait=5)
"""For what the pipeline could not write down, as with the database away: the job goes back to the queue."""

log = logging.getLogger(__name__)


def run(runtime: Runtime, queues: Sequence[str] = QUEUES) -> None:
    """Works until SIGTERM or SIGINT; then finishes or hands back what runs, within the grace time."""
    asyncio.run(_until_signalled(runtime, queues, _never))


def run_until(runtime: Runtime, finished: Callable[[], bool], *, every_s: float = 0.5) -> bool:
    """Works until ``finished``, which is asked again and again on a thread. Returns False where a signal came first."""

    async def watch() -> None:
        while not await asyncio.to_thread(finished):
            await asyncio.sleep(every_s)

    return asyncio.run(_until_signalled(runtime, QUEUES, watch))


async def _never() -> None:
    await asyncio.Event().wait()


async def _until_signalled(runtime: Runtime, queues: Sequence[str], watch: Callable[[], Awaitable[None]]) -> bool:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    watching = asyncio.ensure_future(watch())
    watching.add_done_callback(lambda _: stop.set())
    try:
        await _keep_working(runtime, queues, stop)
        return watching.done() and watching.result() is None
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def _keep_working(runtime: Runtime, queues: Sequence[str], stop: asyncio.Event) -> None:
    """Starts the workers again, later each time, whatever ended them."""
    pause_s = 1.0
    while not stop.is_set():
        began = asyncio.get_running_loop().time()
        try:
            await _work(runtime, queues, stop)
        except Exception as error:
            # Whatever it was, mostly a database that is away: work goes on once that is over (F08).
            log.warning("worker_restarts: %s at %s", type(error).__name__, place(error))
        if asyncio.get_running_loop().time() - began > RESTART_MAX_S:
            pause_s = 1.0
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause_s)
        pause_s = min(RESTART_MAX_S, pause_s * 2)


async def _work(runtime: Runtime, queues: Sequence[str], stop: asyncio.Event) -> None:
    """One life of the workers: ends when they are told to stop, or when one of them ends by itself."""
    app = make_app(runtime)
    async with app.open_async():
        workers = [_worker(app, runtime, queue) for queue in queues]
        running = [_task(worker.run()) for worker in workers]  # type: ignore[no-untyped-call]  # the library's

        def own() -> set[int | None]:
            return {worker.worker_id for worker in workers}

        beside = [
            _task(recovery.keep_sweeping(app, runtime, own)),
            _task(alerts.keep_watching(runtime)),
            _task(categories.keep_applying(runtime)),
            _task(stop.wait()),
        ]
        try:
            await asyncio.wait([*running, *beside], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for worker in workers:
                worker.stop()  # type: ignore[no-untyped-call]
            outcomes = await asyncio.gather(*running, return_exceptions=True)
            for task in beside:
                task.cancel()
            outcomes += await asyncio.gather(*beside, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome


def _task(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    return asyncio.create_task(work)


def _worker(app: App, runtime: Runtime, queue: str) -> Worker:
    settings = runtime.settings
    return Worker(
        app=app,
        queues=[queue],
        name=queue,
        concurrency=1,
        fetch_job_polling_interval=POLLING_S,
        shutdown_graceful_timeout=settings.worker_grace_s,
        # The ledger keeps what was done; a job that is done says nothing more.
        delete_jobs="successful",
        install_signal_handlers=False,
        update_heartbeat_interval=settings.worker_heartbeat_s,
        stalled_worker_timeout=settings.worker_stalled_s,
    )


def make_app(runtime: Runtime) -> App:
    """The queue as the role ``sweeper``, with the one task that there is."""
    app = App(connector=PsycopgConnector(conninfo=runtime.database.conninfo("sweeper"), min_size=1, max_size=8))

    @app.task(name=TASK, pass_context=True, retry=HANDED_BACK)
    def stage(context: JobContext, /, **arguments: Any) -> None:
        assert context.job.id is not None
        pipeline.run(runtime, Job.read(arguments), job_id=context.job.id, keep_going=lambda: not context.should_abort())

    return app
