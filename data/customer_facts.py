"""What customers' tags are made of: the facts of their contacts, and the turns in which something was said."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from data.filters import current_assignment
from data.tables import AssignmentRow, InteractionRow, ReasonRow, TurnRow
from data.types import Channel, Role, State


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """Of one analysed contact. ``reason_id`` is None where no reason fitted, ``page`` unless it is a click."""

    interaction_id: uuid.UUID
    started_at: dt.datetime
    channel: Channel
    reason_id: str | None
    reason_name: str | None
    issue: str | None
    sentiment: float | None
    sentiment_shift: float | None
    csat: int | None
    nps: int | None
    ces: int | None
    duration_s: float | None
    queue: str | None
    wrap_up_code: str | None
    language: str | None
    page: str | None
    dwell_s: float | None
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidTurn:
    """A turn of the customer, redacted as stored; times are None in writing."""

    interaction_id: uuid.UUID
    at: dt.datetime
    """When the contact began."""
    turn: int
    text: str
    begin_ms: int | None
    end_ms: int | None


PLAIN = (
    *("started_at", "issue", "sentiment", "sentiment_shift", "csat", "nps", "ces", "duration_s", "queue"),
    *("wrap_up_code", "language", "page", "dwell_s"),
)


def contacts_of(
    session: Session, tenant: str, customers: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, tuple[ContactFacts, ...]]:
    """By customer, the oldest first; who has none is not there."""
    columns = [getattr(InteractionRow, name) for name in ("id", "customer_id", "channel", "key_phrases", *PLAIN)]
    rows = session.execute(
        select(*columns, ReasonRow.id.label("reason_id"), ReasonRow.name.label("reason_name"))
        .outerjoin(AssignmentRow, current_assignment())
        .outerjoin(ReasonRow, and_(ReasonRow.tenant == AssignmentRow.tenant, ReasonRow.id == AssignmentRow.reason_id))
        .where(*_analysed(tenant, customers))
        .order_by(InteractionRow.customer_id, InteractionRow.started_at, InteractionRow.id)
    )
    found: defaultdict[uuid.UUID, list[ContactFacts]] = defaultdict(list)
    for row in rows:
        found[row.customer_id].append(_facts(row))
    return {customer: tuple(contacts) for customer, contacts in found.items()}


def said_of(
    session: Session, tenant: str, customers: Collection[uuid.UUID], containing: Sequence[str]
) -> Mapping[uuid.UUID, tuple[SaidTurn, ...]]:
    """By customer, the customer's own turns with one of these parts of words in them, in any case; the oldest first."""
    holds = or_(*(TurnRow.text.icontains(part, autoescape=True) for part in containing))
    order = (InteractionRow.customer_id, InteractionRow.started_at, InteractionRow.id, TurnRow.position)
    rows = session.execute(
        select(InteractionRow.customer_id, InteractionRow.started_at, TurnRow)
        .join(TurnRow, and_(TurnRow.tenant == InteractionRow.tenant, TurnRow.interaction_id == InteractionRow.id))
        .where(*_analysed(tenant, customers), TurnRow.role == Role.CUSTOMER.value, holds)
        .order_by(*order)
    )
    found: defaultdict[Any, list[SaidTurn]] = defaultdict(list)
    for customer, started_at, turn in rows:
        found[customer].append(
            SaidTurn(
                interaction_id=turn.interaction_id,
                at=started_at,
                turn=turn.position,
                text=turn.text,
                begin_ms=turn.begin_ms,
                end_ms=turn.end_ms,
            )
        )
    return {customer: tuple(turns) for customer, turns in found.items()}


def _analysed(tenant: str, customers: Collection[uuid.UUID]) -> tuple[ColumnElement[bool], ...]:
    return (
        InteractionRow.tenant == tenant,
        InteractionRow.customer_id.in_(customers),
        InteractionRow.is_current.is_(True),
        InteractionRow.state == State.ANALYSED.value,
    )


def _facts(row: Any) -> ContactFacts:
    return ContactFacts(
        **{name: getattr(row, name) for name in PLAIN},
        interaction_id=row.id,
        channel=Channel(row.channel),
        reason_id=str(row.reason_id) if row.reason_id else None,
        reason_name=row.reason_name,
        phrases=tuple(phrase["text"] for phrase in row.key_phrases),
    )
