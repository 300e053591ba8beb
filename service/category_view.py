"""A category as it is shown: its record, its counts now, and its share of each of the latest weeks."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from data.categories import CategoryLabel, CategoryRecord
from data.category_counts import Share
from data.category_matches import CategoryResult, Counts
from data.errors import QueryInvalid
from data.search_locate import FoundTurn
from data.stores import Stores
from data.types import Condition, Filter, Query, walk
from nlp.query_explain import explain
from service.queries import read

WEEKS = 13
"""A quarter of a year, up to the newest contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``counts`` and ``weeks`` are of the applied version; None and empty before one is."""

    category: CategoryRecord
    counts: Counts | None
    weeks: tuple[Share, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a category says of one contact, and where that is said; ``turns`` of what matched only."""

    result: CategoryResult
    turns: tuple[FoundTurn, ...]


def views(stores: Stores, *, retired: bool = False) -> list[View]:
    """By name."""
    return _views(stores, stores.categories.list(retired=retired))


def view(stores: Stores, category: CategoryRecord) -> View:
    return _views(stores, [category])[0]


def results(stores: Stores, contact: uuid.UUID) -> list[Shown]:
    """What every applied category says of a contact, by name."""
    known = {one.id: one for one in stores.categories.list()}

    def turns(one: CategoryResult) -> tuple[FoundTurn, ...]:
        return evidence(stores, known[one.category_id], [contact]).get(contact, ()) if one.state == "matched" else ()

    return [Shown(result=one, turns=turns(one)) for one in stores.category_matches.of_interaction(contact)]


def evidence(
    stores: Stores, category: CategoryRecord, contacts: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, tuple[FoundTurn, ...]]:
    """Where in contacts the words of the applied version stand: turns, characters, and milliseconds in speech."""
    if category.applied is None:
        return {}
    return stores.search.places(read(category.version(category.applied).query), contacts)


def narrowing(stores: Stores, wanted: Filter, query: Query | None = None) -> tuple[CategoryLabel, ...]:
    """The categories that a filter and a query ask for, each with the version whose results are listed."""
    asked = [wanted.category] if wanted.category else []
    nodes = walk(query.root) if query and query.root else ()
    asked += [node.value for node in nodes if isinstance(node, Condition) and node.field == "category"]
    return stores.categories.labels(asked)


def in_words(query: str) -> str:
    """What it asks for, as a sentence without its full stop; the query itself where this version cannot read it."""
    try:
        return explain(read(query))
    except QueryInvalid:
        return query


def _views(stores: Stores, categories: Sequence[CategoryRecord]) -> list[View]:
    if not any(one.applied for one in categories):
        return [View(category=one, counts=None, weeks=()) for one in categories]
    counts, weeks = stores.category_counts.matched(), stores.category_counts.weeks(*_period(stores))
    return [View(category=one, counts=counts.get(one.id), weeks=weeks.get(one.id, ())) for one in categories]


def _period(stores: Stores) -> tuple[dt.date, dt.date]:
    zone = ZoneInfo(stores.tenants.get().time_zone)
    extent = stores.trends.extent()
    last = (extent[1] if extent else dt.datetime.now(dt.UTC)).astimezone(zone).date()
    return last - dt.timedelta(weeks=WEEKS - 1), last
