"""Customers: found by any identifier, with their contacts as a timeline and as facts for their tags."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from data.cursors import seal, unseal
from data.errors import MasterKeyMissing, NotFound
from data.filters import current_assignment
from data.identifiers import Linked, customer_of, identifiers_of, link
from data.interactions import InteractionStore
from data.keys import TenantKeys
from data.paging import Page, cut
from data.records import InteractionRecord
from data.tables import AssignmentRow, InteractionRow, ReasonRow
from data.types import Channel, CustomerRef, Filter, State

LISTED = "customers"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRecord:
    """A customer with at least one contact; superseded versions of a contact do not count."""

    id: uuid.UUID
    refs: tuple[CustomerRef, ...]
    """All identifiers, in the clear."""
    contacts: int
    first_contact: dt.datetime
    last_contact: dt.datetime
    segment: str | None
    """As the newest contact that names one has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """What a customer's tags are made of, of one analysed contact. ``reason_id`` is None where no reason fitted."""

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
    phrases: tuple[str, ...]


class CustomerStore:
    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys

    def find(self, ref: CustomerRef) -> CustomerRecord:
        """Whose identifier this is. Raises NotFound, MasterKeyMissing (permanent)."""
        customer_id = self._session.scalar(customer_of(ref, self._tenant, self._keys))
        if customer_id is None:
            raise NotFound(f"customer {ref.scheme}")
        return self.get(customer_id)

    def get(self, customer_id: uuid.UUID) -> CustomerRecord:
        """Raises NotFound, MasterKeyMissing (permanent)."""
        found = self._records(InteractionRow.customer_id == customer_id)
        if not found:
            raise NotFound(f"customer {customer_id}")
        return found[0]

    def list(self, *, limit: int = 50, cursor: str | None = None) -> Page[CustomerRecord]:
        """Who had contact most recently first. Raises CursorInvalid, MasterKeyMissing (permanent)."""
        distinct = select(func.count(InteractionRow.customer_id.distinct())).where(*self._contacts())
        after = unseal(LISTED, cursor, (dt.datetime, uuid.UUID)) if cursor is not None else None
        items, last = cut(self._records(limit=limit + 1, after=after), limit)
        return Page(
            items=items,
            total=self._session.scalar(distinct) or 0,
            next_cursor=seal(LISTED, (last.last_contact, last.id)) if last else None,
        )

    def timeline(
        self, customer_id: uuid.UUID, *, limit: int = 50, cursor: str | None = None
    ) -> Page[InteractionRecord]:
        """A customer's contacts, the newest first. Raises NotFound, CursorInvalid, MasterKeyMissing (permanent)."""
        ref = self.get(customer_id).refs[0]
        store = InteractionStore(self._session, self._tenant, self._keys)
        return store.list(Filter(customer=ref), limit=limit, cursor=cursor)

    def contacts(self, customer_id: uuid.UUID) -> tuple[ContactFacts, ...]:
        """Of each analysed contact, the oldest first."""
        conditions = (*self._contacts(), InteractionRow.customer_id == customer_id)
        rows = self._session.execute(
            select(InteractionRow, ReasonRow.id, ReasonRow.name)
            .outerjoin(AssignmentRow, current_assignment())
            .outerjoin(
                ReasonRow, and_(ReasonRow.tenant == AssignmentRow.tenant, ReasonRow.id == AssignmentRow.reason_id)
            )
            .where(*conditions, InteractionRow.state == State.ANALYSED.value)
            .order_by(InteractionRow.started_at, InteractionRow.id)
        )
        return tuple(_facts(row, reason_id, reason_name) for row, reason_id, reason_name in rows)

    def link(self, refs: Sequence[CustomerRef]) -> Linked:
        """The one customer of identifiers that are said to belong together; none is merged that was another's.

        Raises MasterKeyMissing (permanent).
        """
        return link(self._session, self._tenant, self._required_keys(), refs)

    def _contacts(self) -> tuple[ColumnElement[bool], ...]:
        return (
            InteractionRow.tenant == self._tenant,
            InteractionRow.is_current.is_(True),
            InteractionRow.customer_id.is_not(None),
        )

    def _records(
        self,
        *conditions: ColumnElement[bool],
        limit: int = 1,
        after: tuple[Any, ...] | None = None,
    ) -> Sequence[CustomerRecord]:
        last = func.max(InteractionRow.started_at)
        newest_first = aggregate_order_by(InteractionRow.customer_segment, InteractionRow.started_at.desc())
        segments = func.array_agg(newest_first).filter(InteractionRow.customer_segment.is_not(None))
        statement = (
            select(
                InteractionRow.customer_id.label("id"),
                func.count().label("contacts"),
                func.min(InteractionRow.started_at).label("first_contact"),
                last.label("last_contact"),
                segments[1].label("segment"),
            )
            .where(*self._contacts(), *conditions)
            .group_by(InteractionRow.customer_id)
            .order_by(last.desc(), InteractionRow.customer_id.desc())
            .limit(limit)
        )
        if after is not None:
            statement = statement.having(tuple_(last, InteractionRow.customer_id) < tuple_(*after))
        keys = self._required_keys()
        return [
            CustomerRecord(refs=identifiers_of(self._session, self._tenant, keys, row["id"]), **row)
            for row in self._session.execute(statement).mappings()
        ]

    def _required_keys(self) -> TenantKeys:
        if self._keys is None:
            raise MasterKeyMissing()
        return self._keys


def _facts(row: InteractionRow, reason_id: uuid.UUID | None, reason_name: str | None) -> ContactFacts:
    return ContactFacts(
        interaction_id=row.id,
        started_at=row.started_at,
        channel=Channel(row.channel),
        reason_id=str(reason_id) if reason_id else None,
        reason_name=reason_name,
        issue=row.issue,
        sentiment=row.sentiment,
        sentiment_shift=row.sentiment_shift,
        csat=row.csat,
        nps=row.nps,
        ces=row.ces,
        duration_s=row.duration_s,
        queue=row.queue,
        wrap_up_code=row.wrap_up_code,
        language=row.language,
        phrases=tuple(phrase["text"] for phrase in row.key_phrases),
    )
