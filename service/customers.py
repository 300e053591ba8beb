"""A customer by any identifier or by id, with the tags that their contacts give."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from classify.customer_value import VALUE_STEPS, Segment
from classify.leaving import STEMS
from classify.tags import Known, Tag, customer_tags, rfv
from data.customers import CustomerRecord
from data.episodes import Episode
from data.stores import Stores
from data.types import CustomerRef, Filter
from service import category_tags
from service.settings import Settings

EPISODES = 200
"""The newest ones shown with a customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All that is known of a customer as of now."""

    tags: tuple[Tag, ...]
    """The strongest first."""
    segment: Segment | None
    """Recency, frequency and value; None without an analysed contact."""
    value_steps: tuple[float, float]
    """From which value on it is medium, and high."""

    @property
    def churn_signals(self) -> tuple[Tag, ...]:
        return tuple(tag for tag in self.tags if tag.kind == "churn_signal")


def find(stores: Stores, key: str) -> CustomerRecord:
    """``key`` is ``scheme:value`` or a customer's id. Raises NotFound, CustomerRefInvalid (permanent)."""
    try:
        return stores.customers.get(uuid.UUID(key))
    except ValueError:
        return stores.customers.find(CustomerRef.parse(key))


def profile(stores: Stores, customer: CustomerRecord, settings: Settings | None = None) -> Profile:
    """Tags and segment as of now: strength decays with time."""
    steps = (settings.value_medium, settings.value_high) if settings else VALUE_STEPS
    known = Known(
        now=dt.datetime.now(dt.UTC),
        contacts=stores.customers.contacts(customer.id),
        said=stores.customers.said_of([customer.id], STEMS).get(customer.id, ()),
        outcomes=stores.outcomes.of_many([customer.id]).get(customer.id, ()),
        value_steps=steps,
    )
    found = customer_tags(
        known.contacts,
        known.now,
        said=known.said,
        outcomes=known.outcomes,
        value_steps=known.value_steps,
        further=category_tags.quoted(stores, customer.id),
    )
    return Profile(tags=tuple(found), segment=rfv(known), value_steps=steps)


def tags(stores: Stores, customer: CustomerRecord, settings: Settings | None = None) -> list[Tag]:
    """The strongest first."""
    return list(profile(stores, customer, settings).tags)


def episodes(stores: Stores, customer: CustomerRecord) -> tuple[Episode, ...]:
    """Where the customer came back about the same reason, the newest first."""
    if not customer.refs:
        return ()
    return stores.episodes.list(Filter(customer=customer.refs[0]), min_contacts=2, limit=EPISODES).items
