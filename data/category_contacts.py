"""Whose contacts categories match: what customers' tags of categories are made of."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from data.category_decide import analysed
from data.filters import applied
from data.tables import CategoryMatchRow, CategoryRow, InteractionRow


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
