"""Which facts of a contact a category's query looks at, so that a late change has only those evaluated that ask for it.

A fact is called as its column, and ``reason`` is that of the contact's assignments; migration 0028 names them so in
the marks that changes leave. Words are no fact: they change with a new analysis, which evaluates by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from data.types import Condition, Measure, Query, QueryNode, walk

Facts: TypeAlias = frozenset[str]
ANY: Facts = frozenset({"*"})
"""Whatever a query asks for may have changed."""
COLUMNS: Mapping[str, str] = {"date": "started_at", "segment": "customer_segment", "customer": "customer_id"}
"""Of fields that are not called as their columns."""
MEASURED: Mapping[str, Facts] = {
    **{name: frozenset({name}) for name in ("duration_s", "hold_s", "after_call_s", "csat", "nps", "ces", "sentiment")},
    "handle_time_s": frozenset({"duration_s", "hold_s", "after_call_s"}),
}
"""Of metrics that have columns; the others lie in one, ``metrics``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What may have changed: of some contacts, and of all contacts together."""

    contacts: Mapping[uuid.UUID, Facts]
    everywhere: Facts = frozenset()

    def touching(self, asked: Facts) -> tuple[uuid.UUID, ...]:
        """The contacts of which something that is asked for may have changed."""
        return tuple(contact for contact, facts in self.contacts.items() if _touch(facts, asked))

    def touch_all(self, asked: Facts) -> bool:
        return _touch(self.everywhere, asked)


def marks(rows: Collection[tuple[uuid.UUID | None, Collection[str] | None]]) -> Marks:
    """Of marks as they are stored: no contact is all of them, no facts are any."""
    found: dict[uuid.UUID | None, Facts] = {}
    for contact, facts in rows:
        found[contact] = found.get(contact, frozenset()) | (ANY if facts is None else frozenset(facts))
    everywhere = found.pop(None, frozenset())
    return Marks(contacts={contact: facts for contact, facts in found.items() if contact}, everywhere=everywhere)


def facts_of(query: Query) -> Facts:
    """What of a contact, besides its words, the query's answer rests on."""
    nodes = walk(query.root) if query.root else ()
    return frozenset[str]().union(*(_asked(node) for node in nodes))


def _asked(node: QueryNode) -> Iterator[str]:
    match node:
        case Condition(field=field):
            yield COLUMNS.get(field, field)
        case Measure(metric=metric, role=role):
            yield from MEASURED.get(metric, ("metrics",)) if role is None else ("metrics", "sentiment")


def _touch(changed: Facts, asked: Facts) -> bool:
    return bool(changed) and (changed >= ANY or not changed.isdisjoint(asked))
