"""Alerts: what someone should look at, raised once for a subject and a period, whoever finds it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.errors import NotFound
from data.filters import current_assignment, matching
from data.ids import new_id, parse_id
from data.keys import TenantKeys
from data.tables import AlertRow, AssignmentRow, DiscoveryRow, EmbeddingRow, InteractionRow
from data.trends import Coverage
from data.types import Filter

AlertState: TypeAlias = Literal["open", "seen", "dismissed"]
STATES: tuple[AlertState, ...] = get_args(AlertState)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """``subject`` is what ``kind`` makes of it; days are the tenant's, ``until`` is exclusive."""

    kind: str
    subject: str
    name: str
    since: dt.date
    until: dt.date
    count: int
    expected: float
    q_value: float
    typical: tuple[uuid.UUID, ...]
    """The most typical interactions, at most five."""
    coverage: Coverage
    detail: dict[str, Any] = field(default_factory=dict)
    """What the kind adds: the interval of the change, the values of a group, key words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRecord:
    id: uuid.UUID
    alert: NewAlert
    state: AlertState
    created_at: dt.datetime


class AlertStore:
    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None = None) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys

    def add(self, alerts: Sequence[NewAlert]) -> tuple[AlertRecord, ...]:
        """Raises these; one that there is already stays as it is. Returns those that are new."""
        added = [found for alert in alerts if (found := self._session.scalar(_insert(self._tenant, alert)))]
        return tuple(record for record in self._records(AlertRow.id.in_(added)))

    def list(self, states: Collection[AlertState] = ("open", "seen"), *, limit: int = 100) -> tuple[AlertRecord, ...]:
        """Those of these states, the latest period first, then the surest."""
        return self._records(AlertRow.state.in_(states), limit=limit)

    def since(self, day: dt.date) -> tuple[AlertRecord, ...]:
        """Of any state, whose period ends after ``day``."""
        return self._records(AlertRow.until > day)

    def get(self, alert_id: uuid.UUID | str) -> AlertRecord:
        """Raises NotFound (permanent)."""
        found = self._records(AlertRow.id == parse_id(alert_id))
        if not found:
            raise NotFound(f"alert {alert_id}")
        return found[0]

    def set_state(self, alert_id: uuid.UUID | str, state: AlertState) -> AlertRecord:
        """Raises NotFound (permanent)."""
        row = self._session.get(AlertRow, (self._tenant, parse_id(alert_id)))
        if row is None:
            raise NotFound(f"alert {alert_id}")
        row.state, row.updated_at = state, func.now()
        self._session.flush()
        return self.get(alert_id)

    def typical(self, wanted: Filter, limit: int = 5) -> tuple[uuid.UUID, ...]:
        """Of these interactions the nearest to the middle of their reason."""
        nearest = (AssignmentRow.distance.asc().nulls_last(), AssignmentRow.confidence.desc(), InteractionRow.id)
        statement = select(InteractionRow.id).join(AssignmentRow, current_assignment())
        conditions = (InteractionRow.tenant == self._tenant, *matching(wanted, self._keys))
        return tuple(self._session.scalars(statement.where(*conditions).order_by(*nearest).limit(limit)))

    def embedder(self) -> str | None:
        """That of the newest discovery: without one nothing has a reason, and everything would seem to emerge."""
        mine = DiscoveryRow.tenant == self._tenant
        newest = select(DiscoveryRow.embedder).where(mine).order_by(DiscoveryRow.started_at.desc()).limit(1)
        return self._session.scalar(newest)

    def newest_discovery(self) -> uuid.UUID | None:
        mine = DiscoveryRow.tenant == self._tenant
        newest = select(DiscoveryRow.id).where(mine).order_by(DiscoveryRow.started_at.desc()).limit(1)
        return self._session.scalar(newest)

    def unassigned(self, embedder: str, wanted: Filter, limit: int) -> tuple[Unassigned, ...]:
        """The newest of these interactions that have a vector, in the order of their texts."""
        embedded = and_(
            EmbeddingRow.tenant == InteractionRow.tenant,
            EmbeddingRow.interaction_id == InteractionRow.id,
            EmbeddingRow.embedder == embedder,
        )
        columns = (InteractionRow.id, InteractionRow.started_at, InteractionRow.issue, EmbeddingRow.vector)
        conditions = (InteractionRow.tenant == self._tenant, *matching(wanted, self._keys))
        statement = select(*columns).join(EmbeddingRow, embedded).where(*conditions)
        rows = self._session.execute(statement.order_by(InteractionRow.started_at.desc()).limit(limit)).all()
        found = [
            Unassigned(id=row.id, started_at=row.started_at, text=row.issue or "", vector=row.vector) for row in rows
        ]
        return tuple(sorted(found, key=lambda one: (one.text, one.started_at, one.id)))

    def _records(self, condition: Any, *, limit: int | None = None) -> tuple[AlertRecord, ...]:
        wanted = select(AlertRow).where(AlertRow.tenant == self._tenant, condition)
        order = (AlertRow.until.desc(), AlertRow.q_value, AlertRow.id)
        rows = self._session.scalars(wanted.order_by(*order).limit(limit).execution_options(populate_existing=True))
        return tuple(map(_record, rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """A contact that no reason fitted; ``vector`` is what it is about."""

    id: uuid.UUID
    started_at: dt.datetime
    text: str
    vector: Any


def _insert(tenant: str, alert: NewAlert) -> Any:
    plain = {name: getattr(alert, name) for name in PLAIN}
    values = {
        "tenant": tenant,
        "id": new_id(),
        **plain,
        "typical": list(alert.typical),
        "coverage": asdict(alert.coverage),
    }
    statement = insert(AlertRow).values(values).on_conflict_do_nothing()
    return statement.returning(AlertRow.id)


PLAIN = ("kind", "subject", "name", "since", "until", "count", "expected", "q_value", "detail")


def _record(row: AlertRow) -> AlertRecord:
    plain = {name: getattr(row, name) for name in PLAIN}
    alert = NewAlert(**plain, typical=tuple(row.typical), coverage=Coverage(**row.coverage))
    state: AlertState = row.state  # type: ignore[assignment]  # the table's check allows these three
    return AlertRecord(id=row.id, alert=alert, state=state, created_at=row.created_at)
