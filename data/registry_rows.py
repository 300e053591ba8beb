"""What every change of the registry needs: it is alone, finds rows that may be changed, and tells what it did."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from data.errors import Conflict, FieldInvalid, NotFound
from data.ids import new_id, parse_id
from data.reason_records import Level, ReasonChange
from data.tables import ReasonEventRow, ReasonRow

ABOVE: dict[str, Level | None] = {"group": None, "reason": "group", "detail": "reason"}


def hold(session: Session, tenant: str, *, shared: bool = False) -> dt.datetime:
    """Until the transaction ends nobody else changes the registry, or with ``shared`` nobody does. Returns the time.

    What was assigned until then was assigned before the change.
    """
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    session.execute(text(f"SELECT {function}(hashtextextended(:key, 0))"), {"key": f"registry:{tenant}"})
    now: dt.datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now


class RegistryRows:
    def __init__(self, session: Session, tenant: str) -> None:
        self.session = session
        self.tenant = tenant

    def get(self, reason_id: uuid.UUID | str) -> ReasonRow:
        """Raises NotFound (permanent)."""
        row = self.session.get(ReasonRow, (self.tenant, parse_id(reason_id)), populate_existing=True)
        if row is None:
            raise NotFound(f"reason {reason_id}")
        return row

    def active(self, reason_id: uuid.UUID | str, *levels: Level) -> ReasonRow:
        """Raises NotFound, Conflict (permanent)."""
        row = self.get(reason_id)
        if row.state != "active":
            raise Conflict(f"{row.name!r} is {row.state}")
        if levels and row.level not in levels:
            raise Conflict(f"{row.name!r} is a {row.level}, not a {' or '.join(levels)}")
        return row

    def below(self, parents: Iterable[uuid.UUID]) -> Sequence[ReasonRow]:
        """The active ones right below these."""
        wanted = (ReasonRow.tenant == self.tenant, ReasonRow.parent_id.in_(list(parents)), ReasonRow.state == "active")
        return self.session.scalars(select(ReasonRow).where(*wanted).order_by(ReasonRow.id)).all()

    def named(self, name: str, level: Level, parent_id: uuid.UUID | None = None) -> ReasonRow | None:
        """The active one of that name, however it is capitalised; names of details are their reason's own."""
        wanted = [
            ReasonRow.tenant == self.tenant,
            ReasonRow.state == "active",
            ReasonRow.level == level,
            func.lower(ReasonRow.name) == name.lower(),
        ]
        if level == "detail":
            wanted.append(ReasonRow.parent_id == parent_id)
        return self.session.scalar(select(ReasonRow).where(*wanted).order_by(ReasonRow.id).limit(1))

    def tell(
        self,
        changes: Iterable[ReasonChange],
        *,
        discovery_id: uuid.UUID | None = None,
        at: dt.datetime | None = None,
    ) -> None:
        rows = [_event(self.tenant, discovery_id, change, at) for change in changes]
        if rows:
            self.session.execute(insert(ReasonEventRow), rows)


def a_name(text: str) -> str:
    """Raises FieldInvalid (permanent)."""
    name = " ".join(text.split())
    if not name or len(name) > 200:
        raise FieldInvalid("a reason's name has 1 to 200 characters")
    return name


def _event(
    tenant: str, discovery_id: uuid.UUID | None, change: ReasonChange, at: dt.datetime | None
) -> dict[str, object]:
    return {
        "tenant": tenant,
        "id": new_id(),
        "discovery_id": discovery_id,
        "reason_id": change.reason_id,
        "kind": change.kind,
        "actor": change.actor,
        "detail": dict(change.detail),
        "others": list(change.others),
        "similarity": change.similarity,
        "size_before": change.size_before,
        "size_after": change.size_after,
        "at": at or func.clock_timestamp(),
    }
