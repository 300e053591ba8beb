"""The job queue: which interactions a stage is owed to, deferred in the transaction of the rows they concern.

A job names a tenant, a stage and interactions, nothing else; what is owed, attempts and tokens are in ``stage_run``.
A job that ends is deleted, and whatever happens to its work is decided in one transaction with the ledger: done
with the next stage's job, waiting with a new job, or quarantined. So the queue and the ledger cannot disagree.
"""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias

from procrastinate import App, SyncPsycopgConnector

from data.types import JSONValue, Stage

if TYPE_CHECKING:
    from psycopg import Connection


TASK = "stage"
BATCH = 64
"""How many small contacts one job takes, so that models see them together."""
BACKOFF_BASE_S = 2.0
BACKOFF_CAP_S = 600.0

Queue: TypeAlias = Literal["gpu", "cpu", "io"]
QUEUES: tuple[Queue, ...] = ("gpu", "cpu", "io")
"""One for each resource: what wants an accelerator if there is one, what wants cores, what waits for others."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a job says: ids only."""

    tenant: str
    stage: Stage
    interactions: tuple[str, ...]

    @classmethod
    def read(cls, arguments: dict[str, Any]) -> Self:
        return cls(
            tenant=arguments["tenant"],
            stage=Stage(arguments["stage"]),
            interactions=tuple(arguments["interactions"]),
        )


def defer(
    connection: Connection[Any],
    job: Job,
    *,
    queue: str,
    batch: int = 1,
    delay_s: float = 0,
) -> None:
    """Enqueues it within the transaction of ``connection``, in jobs of at most ``batch`` interactions each."""
    deferrer = _deferring().configure_task(
        TASK,
        queue=queue,
        schedule_in={"seconds": delay_s} if delay_s else None,
        connection=connection,
    )
    for at in range(0, len(job.interactions), batch):
        part = list[JSONValue](job.interactions[at : at + batch])
        deferrer.defer(tenant=job.tenant, stage=job.stage.value, interactions=part)


def drop(connection: Connection[Any], job_id: int) -> bool:
    """Takes a running job out of the queue within the transaction of ``connection``; False where it is not running."""
    statement = "DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'doing' RETURNING id"
    return connection.execute(statement, (job_id,)).fetchone() is not None


def backoff_s(attempt: int) -> float:
    """How long to wait before trying again: full jitter under a doubling, capped bound.

    After "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
    """
    return random.uniform(0, min(BACKOFF_CAP_S, BACKOFF_BASE_S * 2**attempt))  # noqa: S311  # not a secret


@cache
def _deferring() -> App:
    """Knows the queue's SQL; it is only used with a transaction's own connection, so it opens none."""
    return App(connector=SyncPsycopgConnector())
