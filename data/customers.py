"""Customers: found by any identifier, with their contacts as a timeline, and as facts for their tags."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from data.cursors import seal, unseal
from data.customer_facts import ContactFacts, SaidTurn, contacts_of, said_of
from data.errors import MasterKeyMissing, NotFound
from data.identifiers import Linked, customer_of, identifiers_of, link
from data.interactions import InteractionStore
from data.keys import TenantKeys
from data.paging import Page, cut
from data.records import InteractionRecord
from data.tables import CustomerRow, InteractionRow
from data.types import Channel, CustomerRef, Filter, State

LISTED = "customers"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRecord:
    """A customer with at least one contact or click; superseded versions of a contact do not count."""

    id: uuid.UUID
    refs: tuple[CustomerRef, ...]
    """All identifiers, in the clear."""
    contacts: int
    clicks: int
    """Pages looked at on the web; they are not among the contacts."""
    first_contact: dt.datetime
    last_contact: dt.datetime
    segment: str | None
    """As the newest contact that names one has it."""


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
        return self.contacts_of([customer_id]).get(customer_id, ())

    def contacts_of(self, customers: Collection[uuid.UUID]) -> Mapping[uuid.UUID, tuple[ContactFacts, ...]]:
        """Of each analysed contact of these customers, the oldest first; who has none is not there."""
        return contacts_of(self._session, self._tenant, customers)

    def said_of(
        self, customers: Collection[uuid.UUID], containing: Sequence[str]
    ) -> Mapping[uuid.UUID, tuple[SaidTurn, ...]]:
        """By customer, the customer's own turns with one of these parts of words in them; the oldest first."""
        return said_of(self._session, self._tenant, customers, containing)

    def ids(self, *, after: uuid.UUID | None = None, limit: int = 1000) -> tuple[uuid.UUID, ...]:
        """Customers with an analysed contact, in the order of their ids, after this one."""
        has_contact = exists().where(
            InteractionRow.tenant == CustomerRow.tenant,
            InteractionRow.customer_id == CustomerRow.id,
            InteractionRow.is_current,
            InteractionRow.state == State.ANALYSED.value,
        )
        statement = select(CustomerRow.id).where(CustomerRow.tenant == self._tenant, has_contact)
        if after is not None:
            statement = statement.where(CustomerRow.id > after)
        return tuple(self._session.scalars(statement.order_by(CustomerRow.id).limit(limit)))

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
        on_web = InteractionRow.channel == Channel.WEB.value
        last = func.max(InteractionRow.started_at)
        newest_first = aggregate_order_by(InteractionRow.customer_segment, InteractionRow.started_at.desc())
        segments = func.array_agg(newest_first).filter(InteractionRow.customer_segment.is_not(None))
        statement = (
            select(
                InteractionRow.customer_id.label("id"),
                func.count().filter(~on_web).label("contacts"),
                func.count().filter(on_web).label("clicks"),
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
