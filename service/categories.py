"""Categories: rules that are saved, tried on all history, published, and held against every contact.

A publication is applied by whoever comes first, a worker or the command that asked for it; what is analysed in the
meantime is held against both versions. Contacts that change later leave marks, which ``settle`` takes up.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from data.categories import CategoryRecord
from data.category_counts import Overlap
from data.category_facts import Marks, facts_of
from data.category_matches import Counts, Rule
from data.errors import QueryInvalid, ReasonanceError
from data.search import SearchHit
from data.stores import Stores
from data.types import Condition, Filter, Like, Query, State, walk
from nlp.query_explain import explain
from service.queries import read
from service.runtime import Runtime

SAMPLES = 5
EVERY_S = 5.0
"""How late results may follow a contact that changed."""
PATIENCE_S = 60.0
"""How long a publication waits for transactions that began before it."""
AT_ONCE = 1000
"""More changed contacts than a few times this are quicker evaluated with all history."""
MOST_AT_ONCE = 10 * AT_ONCE

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a new wording would change of the results that there are."""

    gained: int
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a query would do as a category, over all history."""

    query: Query
    explanation: str
    """What it asks for, in words."""
    counts: Counts
    samples: tuple[SearchHit, ...]
    """The newest, with the places where it is said."""
    overlaps: tuple[Overlap, ...]
    change: Change | None
    """Against the category that it is meant for; None where that one has no results."""


def read_rule(text: str) -> Query:
    """The query of a category, which cannot ask for categories: their order would matter then.

    Raises QueryInvalid (permanent) with the position.
    """
    query = read(text)
    if query.root is None:
        raise QueryInvalid("a category needs a query", 0)
    for node in walk(query.root):
        if isinstance(node, Condition) and node.field == "category":
            raise QueryInvalid("a category cannot ask for another one: put its query here", node.at)
        if isinstance(node, Like):
            raise QueryInvalid("a category cannot ask by meaning, which finds the closest only", node.at)
    return query


def preview(stores: Stores, text: str, category: CategoryRecord | None = None) -> Preview:
    """Changes nothing. ``category``: the one whose next wording it may be. Raises QueryInvalid (permanent)."""
    query = read_rule(text)
    found = stores.search.run(query, Filter(state=State.ANALYSED), limit=SAMPLES)
    own = category.id if category and category.applied else None
    overlaps = stores.category_counts.overlaps(query)
    counts = stores.category_counts.would_be(query)
    mine = next((one for one in overlaps if one.category_id == own), None)
    return Preview(
        query=query,
        explanation=explain(query),
        counts=counts,
        samples=found.hits,
        overlaps=tuple(one for one in overlaps if one.category_id != own),
        change=_change(stores, own, counts, mine) if own else None,
    )


def _change(stores: Stores, own: uuid.UUID, counts: Counts, both: Overlap | None) -> Change:
    kept = both.both if both else 0
    has = stores.category_counts.matched()[own].matched
    return Change(gained=counts.matched - kept, lost=has - kept)


def evaluate(stores: Stores, interactions: Collection[uuid.UUID], *, fresh: Collection[uuid.UUID] = ()) -> None:
    """Holds contacts against every category, in the transaction in which they are analysed.

    ``fresh`` are those that were not analysed before; of the others a mark may already be at work elsewhere.
    """
    categories = [one for one in stores.categories.list() if one.published]
    if not categories:
        return
    stores.category_matches.evaluate(list(_rules(categories)), interactions)
    if any(one.waits for one in categories):
        # Whoever applies the new version may have read these before they became what they are now.
        stores.category_matches.mark(interactions)
    else:
        stores.category_matches.take_marks(fresh)


def settle(runtime: Runtime, tenant: str, *, patience_s: float = PATIENCE_S, anew: Collection[uuid.UUID] = ()) -> bool:
    """Applies what is published and evaluates what changed; ``anew`` are categories to apply again as they are.

    False where that has to wait: for a transaction from before the publication, or for another process at the same.
    """
    with runtime.database.tenant(tenant) as stores:
        horizon = stores.category_matches.horizon()
    if not _passed(runtime, tenant, horizon, patience_s):
        return False
    with runtime.database.tenant(tenant) as stores:
        if not stores.category_matches.alone():
            return False
        marks = stores.category_matches.take_marks()
        categories = [one for one in stores.categories.list() if one.published]
        whole = [one for one in categories if one.waits or one.id in anew or _too_many(marks, one)]
        for category in whole:
            _apply(stores, category)
        _evaluate_marked(stores, [one for one in categories if one not in whole], marks)
    return True


def publish(
    runtime: Runtime, tenant: str, category_id: uuid.UUID | str, version: int | None = None, *, actor: str
) -> CategoryRecord:
    """Makes a version the one that counts; it is applied by ``settle``. Raises NotFound (permanent)."""
    with runtime.database.tenant(tenant) as stores:
        known = stores.categories.get(category_id)
        read_rule((known.version(version) if version else known.newest).query)
        found = stores.categories.publish(category_id, version)
        stores.audit.write(actor, "category.publish", str(found.id), {"version": found.published})
    return found


async def keep_applying(runtime: Runtime) -> None:
    """Settles every tenant that has something to settle, until cancelled."""
    while True:
        await asyncio.to_thread(settle_all, runtime)
        await asyncio.sleep(EVERY_S)


def settle_all(runtime: Runtime) -> None:
    """One round over all tenants; whatever fails in one is logged, and tried again in the next round."""
    with runtime.database.sweeper() as sweeper:
        tenants = sweeper.tenants_with_categories_to_apply()
    for tenant in tenants:
        try:
            settle(runtime, tenant, patience_s=EVERY_S)
        except ReasonanceError as error:
            log.warning("categories_wait: %s: %s", tenant, error.code)


def _passed(runtime: Runtime, tenant: str, horizon: int, patience_s: float) -> bool:
    limit = time.monotonic() + patience_s
    while True:
        with runtime.database.tenant(tenant) as stores:
            if stores.category_matches.passed(horizon):
                return True
        if time.monotonic() > limit:
            return False
        time.sleep(0.05)


def _too_many(marks: Marks, category: CategoryRecord) -> bool:
    asked = [facts_of(rule.query) for rule in _rules([category])]
    return any(marks.touch_all(facts) or len(marks.touching(facts)) > MOST_AT_ONCE for facts in asked)


def _apply(stores: Stores, category: CategoryRecord) -> Counts | None:
    rule = _rule(category, category.published)
    return stores.category_matches.apply(rule) if rule else None


def _evaluate_marked(stores: Stores, categories: list[CategoryRecord], marks: Marks) -> None:
    """Each category the contacts of which something changed that it asks for; of the others its results stand."""
    for rule in _rules(categories):
        contacts = marks.touching(facts_of(rule.query))
        for begin in range(0, len(contacts), AT_ONCE):
            stores.category_matches.evaluate([rule], contacts[begin : begin + AT_ONCE])


def _rules(categories: Collection[CategoryRecord]) -> Iterator[Rule]:
    """Of the version that is applied and of the one that will be."""
    for category in categories:
        for version in dict.fromkeys((category.applied, category.published)):
            if (rule := _rule(category, version)) is not None:
                yield rule


def _rule(category: CategoryRecord, version: int | None) -> Rule | None:
    """None where the query can no longer be read: that one keeps its results, and no other suffers from it."""
    if version is None:
        return None
    try:
        return Rule(category_id=category.id, version=version, query=_read(category.version(version).query))
    except QueryInvalid as error:
        log.warning("category_unreadable: %s version %d: %s", category.id, version, error)
        return None


@lru_cache(maxsize=1024)
def _read(text: str) -> Query:
    return read_rule(text)
