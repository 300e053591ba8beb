"""Closing the loop: what customers did, and which tags came before it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from classify.leaving import STEMS
from classify.outcomes import Observation, Predictor, looked_at, predictors, within
from classify.tags import customer_tags
from data.stores import Stores
from data.types import OutcomeKind
from service import category_tags

WINDOW_DAYS = 90.0
"""Tags of contacts that began so many days before the outcome count."""
AT_ONCE = 500
"""Customers in memory at one time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``followed`` of ``customers`` had the outcome; both had a contact within the window before they are looked at."""

    kind: OutcomeKind
    campaign: str | None
    window_days: float
    before_days: float
    customers: int
    followed: int
    without_contact: int
    """Customers with the outcome and no contact within the window before it: they are not among ``followed``."""
    predictors: tuple[Predictor, ...]

    @property
    def base_rate(self) -> float | None:
        return self.followed / self.customers if self.customers else None


def report(
    stores: Stores,
    kind: OutcomeKind,
    *,
    campaign: str | None = None,
    window_days: float = WINDOW_DAYS,
    before_days: float = 0.0,
) -> Report:
    """Which tags came before this outcome. ``before_days``: contacts that came later than so long before it count not,
    so that what is left tells early enough to act."""
    before, window = dt.timedelta(days=before_days), dt.timedelta(days=window_days)
    happened = {customer: at - before for customer, at in stores.outcomes.firsts(kind, campaign).items()}
    observed = list(_observations(stores, happened, window))
    followed = sum(one.happened for one in observed)
    return Report(
        kind=kind,
        campaign=campaign,
        window_days=window_days,
        before_days=before_days,
        customers=len(observed),
        followed=followed,
        without_contact=len(happened) - followed,
        predictors=tuple(predictors(observed)),
    )


def _observations(
    stores: Stores, happened: Mapping[uuid.UUID, dt.datetime], window: dt.timedelta
) -> Iterator[Observation]:
    moments, last = sorted(happened.values()), None
    while moments and (customers := stores.customers.ids(after=last, limit=AT_ONCE)):
        yield from _chunk(stores, customers, happened, moments, window)
        last = customers[-1]


def _chunk(
    stores: Stores,
    customers: Sequence[uuid.UUID],
    happened: Mapping[uuid.UUID, dt.datetime],
    moments: Sequence[dt.datetime],
    window: dt.timedelta,
) -> Iterator[Observation]:
    contacts = stores.customers.contacts_of(customers)
    said = stores.customers.said_of(customers, STEMS)
    outcomes = stores.outcomes.of_many(customers)
    matched = category_tags.sightings(stores, customers)
    for customer in customers:
        begun = [contact.started_at for contact in contacts[customer]]
        moment = happened.get(customer) or looked_at(customer, moments)
        if moment is None or not (held := contacts[customer][within(begun, moment, window)]):
            continue
        since = held[0].started_at
        tags = customer_tags(
            held,
            now=moment - dt.timedelta(microseconds=1),
            said=[turn for turn in said.get(customer, ()) if turn.at >= since],
            outcomes=outcomes.get(customer, ()),
            further=[one for one in matched.get(customer, ()) if one.evidence.at >= since],
        )
        names = frozenset((tag.kind, tag.key, tag.label) for tag in tags)
        yield Observation(tags=names, happened=customer in happened)
