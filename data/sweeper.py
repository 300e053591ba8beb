"""What is done across tenants: finding work whose worker is gone, counting what waits, dropping what expired."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from data.tables import (
    CategoryMarkRow,
    CategoryRow,
    InboxItemRow,
    InteractionRow,
    PendingMetadataRow,
    StageRunRow,
    TenantRow,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiredItem:
    tenant: str
    id: uuid.UUID
    path: str


class Sweeper:
    """One transaction as the role ``sweeper``."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def driver_connection(self) -> Connection[Any]:
        """psycopg's connection of this transaction, so that a job is retried together with its new token."""
        connection = self.session.connection().connection.driver_connection
        assert isinstance(connection, Connection)
        return connection

    def tenants(self) -> tuple[str, ...]:
        return tuple(self.session.scalars(select(TenantRow.id).order_by(TenantRow.id)))

    def tenants_with_categories_to_apply(self) -> tuple[str, ...]:
        """Those in which a version is not applied yet, or contacts have changed since they were evaluated."""
        waits = CategoryRow.published_version.is_distinct_from(CategoryRow.applied_version)
        versions = select(CategoryRow.tenant).where(waits)
        found = self.session.scalars(versions.union(select(CategoryMarkRow.tenant)))
        return tuple(sorted(found))

    def take_back(self, job_ids: Sequence[int]) -> int:
        """Raises the token of the runs that these jobs had, so that their late results change nothing.

        Returns how many there were. Repeating it does no harm: what waits already keeps its token.
        """
        statement = (
            update(StageRunRow)
            .where(StageRunRow.job_id.in_(job_ids), StageRunRow.state == "running")
            .values(state="waiting", token=StageRunRow.token + 1, job_id=None)
            .returning(StageRunRow.interaction_id)
        )
        return len(self.session.scalars(statement).all())

    def interactions(self) -> Mapping[str, int]:
        """How many interactions there are in each state, over all tenants."""
        rows = self.session.execute(
            select(InteractionRow.state, func.count(InteractionRow.id).label("count_")).group_by(InteractionRow.state)
        )
        return {row.state: row.count_ for row in rows}

    def stage_runs(self) -> Mapping[tuple[str, str], int]:
        """How many runs there are by stage and state, over all tenants."""
        rows = self.session.execute(
            select(StageRunRow.stage, StageRunRow.state, func.count()).group_by(StageRunRow.stage, StageRunRow.state)
        )
        return {(stage, state): count for stage, state, count in rows}

    def oldest_waiting_s(self) -> float:
        """The age of the oldest run that is not finished, by the database's clock; 0 where none waits."""
        age = func.extract("epoch", func.now() - func.min(StageRunRow.created_at))
        statement = select(age).where(StageRunRow.state.in_(("waiting", "running")))
        return float(self.session.scalar(statement) or 0)

    def expired(self, limit: int = 1000) -> tuple[ExpiredItem, ...]:
        """Inbox items past their time: their rows are deleted here, then the caller deletes their files."""
        doomed = (
            select(InboxItemRow.tenant, InboxItemRow.id)
            .where(InboxItemRow.expires_at < func.now())
            .limit(limit)
            .subquery()
        )
        statement = (
            InboxItemRow.__table__.delete()  # type: ignore[attr-defined]  # Table, typed as FromClause
            .where(InboxItemRow.tenant == doomed.c.tenant, InboxItemRow.id == doomed.c.id)
            .returning(InboxItemRow.tenant, InboxItemRow.id, InboxItemRow.path)
        )
        rows = self.session.execute(statement)
        return tuple(ExpiredItem(tenant=row.tenant, id=row.id, path=row.path) for row in rows)

    def inbox_paths(self) -> set[str]:
        """The files that some row names."""
        return set(self.session.scalars(select(InboxItemRow.path)))

    def forget_metadata(self, older_than: dt.timedelta) -> int:
        """Drops side-cars whose media never came; returns how many."""
        statement = text("DELETE FROM pending_metadata WHERE received_at < now() - :age RETURNING 1")
        return len(self.session.execute(statement, {"age": older_than}).all())

    def waiting_metadata(self) -> int:
        return self.session.scalar(select(func.count()).select_from(PendingMetadataRow)) or 0
