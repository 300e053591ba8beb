"""Whose contacts categories match, and where in them: what customers' tags of categories are made of."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from data.category_decide import analysed
from data.filters import applied
from data.search_compile import leaves_of, sounds_of, speakers
from data.search_locate import FoundTurn, locate
from data.sounds import SoundStore
from data.tables import CategoryMatchRow, CategoryRow, InteractionRow
from data.types import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryContact:
    """A contact that a category matches, by the version that is applied."""

    category_id: uuid.UUID
    name: str
    version: int
    interaction_id: uuid.UUID
    started_at: dt.datetime


class CategoryContactStore:
    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def of_customers(self, customers: Collection[uuid.UUID]) -> Mapping[uuid.UUID, tuple[CategoryContact, ...]]:
        """By customer, the oldest contact first; who has none that a category matches is not there."""
        contact, match = InteractionRow, CategoryMatchRow
        columns = (CategoryRow.id, CategoryRow.name, match.version, match.interaction_id, contact.started_at)
        found = and_(match.tenant == contact.tenant, match.interaction_id == contact.id, match.state == "matched")
        statement = (
            select(contact.customer_id, *columns)
            .join(match, found)
            .join(CategoryRow, applied())
            .where(*analysed(self._tenant), contact.customer_id.in_(customers))
            .order_by(contact.customer_id, contact.started_at, contact.id, CategoryRow.id)
        )
        held: defaultdict[Any, list[CategoryContact]] = defaultdict(list)
        for customer, category_id, name, version, interaction_id, started_at in self._session.execute(statement):
            held[customer].append(
                CategoryContact(
                    category_id=category_id,
                    name=name,
                    version=version,
                    interaction_id=interaction_id,
                    started_at=started_at,
                )
            )
        return {customer: tuple(contacts) for customer, contacts in held.items()}

    def places(self, query: Query, contacts: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, tuple[FoundTurn, ...]]:
        """By contact, the turns in which the query's words stand; one that matches without them is not there."""
        known: defaultdict[tuple[uuid.UUID, int], list[tuple[int, int]]] = defaultdict(list)
        for asked in sounds_of(query.root):
            for key, spans in SoundStore(self._session, self._tenant).places(contacts, asked).items():
                known[key].extend(spans)
        leaves = leaves_of(query.root, speakers(None))
        located = locate(self._session, self._tenant, contacts, leaves, known)
        return {contact: found.turns for contact, found in located.items()}
