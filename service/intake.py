"""Taking in a file or folder and, if wanted, working until all of it is analysed."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from data.types import Stage, State
from ingest import ReadOptions, read
from service import worker
from service.pipeline import SPOKEN
from service.reception import Summary, receive
from service.runtime import Runtime

CHUNK = 1000
Show: TypeAlias = Callable[[str, int, int], None]
"""Told a stage, how many are done, and of how many."""


def take_in(runtime: Runtime, tenant: str, path: Path, options: ReadOptions) -> Summary:
    """Accepts whatever the path holds. Raises as ``receive`` does."""
    return receive(runtime, tenant, read(path, options))


def work_until_analysed(runtime: Runtime, tenant: str, summary: Summary, show: Show) -> bool:
    """Works, beside any other workers, until nothing is owed to these contacts. False where a signal ended it."""
    ids = list(summary.ids)

    def finished() -> bool:
        return _finished(runtime, tenant, ids, show)

    return finished() or worker.run_until(runtime, finished)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of contacts that were taken in: how many are in each state, and why some are quarantined."""

    states: Counter[State]
    codes: Counter[str]


def result(runtime: Runtime, tenant: str, summary: Summary) -> Result:
    ids = list(summary.ids)
    found = Result(states=Counter(), codes=Counter())
    for at in range(0, len(ids), CHUNK):
        with runtime.database.tenant(tenant) as stores:
            records = stores.interactions.many(ids[at : at + CHUNK]).values()
        found.states.update(record.state for record in records)
        found.codes.update(record.error_code for record in records if record.error_code)
    return found


def _finished(runtime: Runtime, tenant: str, ids: Sequence[uuid.UUID], show: Show) -> bool:
    """Whether nothing is owed any more; shows how far each stage is on the way."""
    with runtime.database.tenant(tenant) as stores:
        standing = stores.stages.standing(ids)
    expected = len(ids)
    for stage in Stage:
        at = standing.get(stage.value)
        expected -= at.quarantined if at else 0
        # Not every call is a recording: some come as a transcript.
        owed = at.done + at.open if at else 0
        total = owed if stage in SPOKEN else expected
        if total:
            show(stage.value, at.done if at else 0, total)
    return not any(at.open for at in standing.values())
