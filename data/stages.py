"""The ledger of work: what is owed, how often it was tried, and who may write its result.

A worker claims a run and gets a token. Whoever recovers the run raises the token, so a worker that was thought dead
finds that its result changes no row (F03). Attempts count at the claim: what kills the process never reaches an
error handler (F05). Results are written in the transaction of ``finish``: both happen or neither (F02).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.errors import InputCrashesDecoder, NotFound, StaleToken
from data.inbox import Inbox, InboxItem, InboxStore
from data.tables import CheckpointRow, InteractionRow, StageRunRow
from data.types import State


@dataclass(frozen=True, slots=True, kw_only=True)
class RunKey:
    """One piece of work: the same inputs and parameters are the same work."""

    interaction_id: uuid.UUID
    stage: str
    input_hash: str
    params_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to do a run. ``attempt`` counts from 1."""

    key: RunKey
    attempt: int
    token: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRun:
    key: RunKey
    state: str
    attempt: int
    error_code: str | None
    progress: float
    created_at: dt.datetime
    finished_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far some interactions are in one stage. ``share`` counts parts of runs too, each as 0–1."""

    done: int
    open: int
    quarantined: int
    share: float


class StageStore:
    """A tenant's runs."""

    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def enqueue(self, key: RunKey) -> bool:
        """Notes that the work is owed. False where it is known already, in any state: then no job is needed."""
        return bool(self.enqueue_all([key]))

    def enqueue_all(self, keys: Sequence[RunKey]) -> list[RunKey]:
        """Notes that all this is owed; returns what was not known already, in order."""
        if not keys:
            return []
        # In one order everywhere, so that two who note the same work wait for one another, never each for the other.
        rows = [{"tenant": self._tenant, **_columns(key)} for key in sorted(keys, key=_order)]
        statement = insert(StageRunRow).values(rows).on_conflict_do_nothing().returning(StageRunRow)
        new = {_key(row) for row in self._session.scalars(statement)}
        return [key for key in keys if key in new]

    def claim(self, key: RunKey, job_id: int | None, *, attempts: int) -> Claim | None:
        """The right to do the run, for the job that asks; None where there is nothing to do.

        There is nothing to do where it is done or quarantined, where another job is at it, and where ``attempts``
        were used up without an answer: then it is quarantined here, with the last code known.
        """
        row = self._session.scalar(select(StageRunRow).where(self._is(key)).with_for_update())
        claim = self._take(row, job_id, attempts) if row is not None else None
        self._session.flush()
        return claim

    def claim_open(
        self, stage: str, interaction_ids: Sequence[uuid.UUID], job_id: int | None, *, attempts: int
    ) -> list[Claim]:
        """The right to do whatever of the stage is owed to each of these, as ``claim`` gives it; in their order."""
        mine = (StageRunRow.tenant == self._tenant, StageRunRow.stage == stage)
        open_ = (StageRunRow.interaction_id.in_(interaction_ids), StageRunRow.state.in_(OPEN))
        order = (StageRunRow.interaction_id, StageRunRow.created_at, StageRunRow.input_hash, StageRunRow.params_hash)
        # Always in the same order, so that two jobs that share contacts cannot each wait for the other.
        statement = select(StageRunRow).where(*mine, *open_).order_by(*order).with_for_update()
        rows = self._session.scalars(statement.execution_options(populate_existing=True)).all()
        claims: dict[uuid.UUID, Claim] = {}
        for row in rows:
            if row.interaction_id not in claims and (claim := self._take(row, job_id, attempts)):
                claims[row.interaction_id] = claim
        self._session.flush()
        return [claims[one] for one in interaction_ids if one in claims]

    def progress(self, claim: Claim, share: float) -> None:
        """Notes how much is done, 0–1. Raises StaleToken (permanent): stop, another one is at it."""
        self._write(claim, progress=min(1.0, max(0.0, share)))

    def finish(self, claim: Claim) -> None:
        """Marks the run done; call it in the transaction of the result. Raises StaleToken (permanent)."""
        self._write(claim, state="done", progress=1.0, error_code=None, job_id=None, finished_at=func.now())

    def finish_all(self, claims: Sequence[Claim]) -> list[Claim]:
        """Marks these runs done, in the transaction of their results; returns those whose token still held.

        The others are stale: drop their results.
        """
        if not claims:
            return []
        held = tuple_(*_COLUMNS, StageRunRow.token).in_([(*_columns(c.key).values(), c.token) for c in claims])
        statement = (
            update(StageRunRow)
            .where(StageRunRow.tenant == self._tenant, held, StageRunRow.state == "running")
            .values(state="done", progress=1.0, error_code=None, job_id=None, finished_at=func.now())
            .returning(StageRunRow.interaction_id, StageRunRow.input_hash, StageRunRow.params_hash)
            .execution_options(synchronize_session=False)
        )
        done = {tuple(row) for row in self._session.execute(statement)}
        return [c for c in claims if (c.key.interaction_id, c.key.input_hash, c.key.params_hash) in done]

    def fail(self, claim: Claim, error_code: str) -> None:
        """Notes a failure that a retry may mend; the next claim takes it up. Raises StaleToken (permanent)."""
        self._write(claim, state="failed", error_code=error_code, job_id=None)

    def give_back(self, claim: Claim) -> None:
        """Lets go of a run that was not at fault (the worker has to end): it waits, and the attempt does not count.

        Raises StaleToken (permanent).
        """
        self._write(claim, state="waiting", attempt=StageRunRow.attempt - 1, job_id=None)

    def quarantine(self, claim: Claim, error_code: str) -> None:
        """Sets run and interaction aside, with a code. Raises StaleToken (permanent)."""
        self._write(claim, state="quarantined", error_code=error_code, job_id=None, finished_at=func.now())
        self._set_aside(claim.key.interaction_id, error_code)

    def release(self, interaction_id: uuid.UUID) -> tuple[RunKey, ...]:
        """Lets an interaction's quarantined runs be tried again from the start; the caller defers their jobs."""
        statement = (
            update(StageRunRow)
            .where(self._of(interaction_id), StageRunRow.state == "quarantined")
            .values(state="waiting", attempt=0, error_code=None, finished_at=None)
            .returning(StageRunRow)
        )
        keys = tuple(_key(row) for row in self._session.scalars(statement))
        if keys:
            self._set_state(interaction_id, State.PENDING, None)
        return keys

    def of(self, interaction_id: uuid.UUID) -> tuple[StageRun, ...]:
        """An interaction's runs, in the order in which they came to be owed."""
        order = (StageRunRow.created_at, StageRunRow.stage)
        rows = self._session.scalars(
            select(StageRunRow)
            .where(self._of(interaction_id))
            .order_by(*order)
            .execution_options(populate_existing=True)
        )
        return tuple(_run(row) for row in rows)

    def open_interactions(self, interaction_ids: Sequence[uuid.UUID]) -> int:
        """How many of these still have work to do."""
        statement = select(func.count(func.distinct(StageRunRow.interaction_id))).where(
            StageRunRow.tenant == self._tenant,
            StageRunRow.interaction_id.in_(interaction_ids),
            StageRunRow.state.in_(("waiting", "running", "failed")),
        )
        return self._session.scalar(statement) or 0

    def standing(self, interaction_ids: Sequence[uuid.UUID]) -> Mapping[str, Standing]:
        """How far these interactions are, by stage; a stage that none of them has reached is left out."""
        rows = self._session.execute(text(STANDING), {"tenant": self._tenant, "ids": list(interaction_ids)})
        return {
            row.stage: Standing(done=row.done, open=row.open, quarantined=row.quarantined, share=row.share)
            for row in rows
        }

    def save_checkpoint(self, claim: Claim, window: int, item: InboxItem) -> None:
        """Keeps a finished window, whose encrypted file is durable already. Raises StaleToken (permanent)."""
        self._write(claim, state="running")
        InboxStore(self._session, self._tenant).add(item, claim.key.interaction_id)
        row = {"window": window, "inbox_item_id": item.id, **_columns(claim.key)}
        self._session.add(CheckpointRow(tenant=self._tenant, **row))
        self._session.flush()

    def checkpoints(self, key: RunKey) -> tuple[InboxItem, ...]:
        """The windows that are finished, in order from the first without a gap."""
        rows = self._session.scalars(
            select(CheckpointRow).where(*self._checkpoint_of(key)).order_by(CheckpointRow.window)
        ).all()
        inbox = InboxStore(self._session, self._tenant)
        gapless = (row for number, row in enumerate(rows) if row.window == number)
        return tuple(inbox.get(row.inbox_item_id) for row in gapless)

    def drop_checkpoints(self, key: RunKey, inbox: Inbox) -> None:
        """Destroys a run's checkpoints: keys with this transaction, files after it."""
        rows = self._session.scalars(select(CheckpointRow).where(*self._checkpoint_of(key))).all()
        for row in rows:
            InboxStore(self._session, self._tenant).destroy(row.inbox_item_id, inbox)

    def _take(self, row: StageRunRow, job_id: int | None, attempts: int) -> Claim | None:
        """Changes the row, which is locked; the caller flushes."""
        if not _claimable(row, job_id):
            return None
        if row.attempt >= attempts:
            self._quarantine(row, row.error_code or InputCrashesDecoder.code)
            return None
        row.state, row.job_id, row.claimed_at = "running", job_id, func.now()
        row.attempt, row.token = row.attempt + 1, row.token + 1
        return Claim(key=_key(row), attempt=row.attempt, token=row.token)

    def _write(self, claim: Claim, **values: Any) -> None:
        statement = (
            update(StageRunRow)
            .where(self._is(claim.key), StageRunRow.token == claim.token, StageRunRow.state == "running")
            .values(**values)
            .returning(StageRunRow.token)
            .execution_options(synchronize_session=False)
        )
        if not self._session.scalars(statement).all():
            raise StaleToken(f"{claim.key.stage} of {claim.key.interaction_id}")

    def _quarantine(self, row: StageRunRow, error_code: str) -> None:
        row.state, row.error_code, row.job_id = "quarantined", error_code, None
        self._session.flush()
        self._set_aside(row.interaction_id, error_code)

    def _set_aside(self, interaction_id: uuid.UUID, error_code: str) -> None:
        self._set_state(interaction_id, State.QUARANTINED, error_code)

    def _set_state(self, interaction_id: uuid.UUID, state: State, error_code: str | None) -> None:
        row = self._session.get(InteractionRow, (self._tenant, interaction_id))
        if row is None:
            raise NotFound(f"interaction {interaction_id}")
        row.state, row.error_code = state.value, error_code
        self._session.flush()

    def _is(self, key: RunKey) -> ColumnElement[bool]:
        columns = (getattr(StageRunRow, name) == value for name, value in _columns(key).items())
        return and_(StageRunRow.tenant == self._tenant, *columns)

    def _of(self, interaction_id: uuid.UUID) -> ColumnElement[bool]:
        return and_(StageRunRow.tenant == self._tenant, StageRunRow.interaction_id == interaction_id)

    def _checkpoint_of(self, key: RunKey) -> list[ColumnElement[bool]]:
        columns = [getattr(CheckpointRow, name) == value for name, value in _columns(key).items()]
        return [CheckpointRow.tenant == self._tenant, *columns]


OPEN = ("waiting", "running", "failed")
_COLUMNS = (StageRunRow.interaction_id, StageRunRow.stage, StageRunRow.input_hash, StageRunRow.params_hash)


def _order(key: RunKey) -> tuple[str, ...]:
    return (str(key.interaction_id), key.stage, key.input_hash, key.params_hash)


STANDING = """
    SELECT stage,
        count(*) FILTER (WHERE state = 'done') AS done,
        count(*) FILTER (WHERE state IN ('waiting', 'running', 'failed')) AS open,
        count(*) FILTER (WHERE state = 'quarantined') AS quarantined,
        coalesce(sum(progress) FILTER (WHERE state IN ('running', 'done')), 0) AS share
    FROM stage_run WHERE tenant = :tenant AND interaction_id = ANY(:ids) GROUP BY stage
"""


def _claimable(row: StageRunRow, job_id: int | None) -> bool:
    """A run that its own job holds is claimable: the queue starts a job again only when the worker is gone (F01)."""
    return row.state in ("waiting", "failed") or (row.state == "running" and row.job_id == job_id is not None)


def _columns(key: RunKey) -> dict[str, Any]:
    return {
        "interaction_id": key.interaction_id,
        "stage": key.stage,
        "input_hash": key.input_hash,
        "params_hash": key.params_hash,
    }


def _key(row: StageRunRow) -> RunKey:
    return RunKey(
        interaction_id=row.interaction_id,
        stage=row.stage,
        input_hash=row.input_hash,
        params_hash=row.params_hash,
    )


def _run(row: StageRunRow) -> StageRun:
    return StageRun(
        key=_key(row),
        state=row.state,
        attempt=row.attempt,
        error_code=row.error_code,
        progress=row.progress,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
