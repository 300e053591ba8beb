"""What was found in a contact, as its page shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from data.types import Entity, Highlight, Span
from service.web.rendering import day

KINDS = {
    "product": "Products",
    "competitor": "Competitors",
    "order_number": "Order numbers",
    "amount": "Amounts",
    "date": "Dates",
    "place": "Places",
    "person": "Persons",
    "organisation": "Organisations",
}
"""In the order in which they are shown; what is not here has its own name, and comes last."""
SHOWN = 12
"""Names of a kind: a long call has a hundred dates."""
LABELS = {
    "resolved": "Resolved",
    "unresolved": "Not resolved",
    "escalated": "Passed on",
    "refunded": "Refunded",
    "cancelled": "Cancelled",
    "promised": "Promised",
    "done": "Done",
    "agent": "Next",
    "customer": "Customer next",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What is named, where first, and how often; ``means`` is its value where the text does not say it."""

    text: str
    means: str
    span: Span
    mentions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    title: str
    names: tuple[Name, ...]


def named(entities: Sequence[Entity]) -> tuple[Kind, ...]:
    """By kind, each thing once, however it was written."""
    kinds: dict[str, dict[str, list[Entity]]] = {}
    for one in entities:
        kinds.setdefault(one.type, {}).setdefault(one.value or one.text.casefold(), []).append(one)
    order = [*KINDS, *sorted(kinds.keys() - KINDS.keys())]
    return tuple(
        Kind(
            title=KINDS.get(kind, kind.replace("_", " ").capitalize()),
            names=tuple(_names(kinds[kind].values()))[:SHOWN],
        )
        for kind in order
        if kind in kinds
    )


def highlight_label(one: Highlight) -> str:
    """What a highlight is, in a word."""
    return LABELS.get(one.label or "", "About" if one.kind == "issue" else one.kind.capitalize())


def _names(groups: Iterable[list[Entity]]) -> Iterator[Name]:
    for group in groups:
        first = group[0]
        yield Name(text=_text(first), means=_means(first), span=first.span, mentions=len(group))


def _text(one: Entity) -> str:
    """A name of the vocabulary as the tenant writes it, anything else as it was said."""
    return one.value if one.value and one.type in ("product", "competitor", "place") else one.text


def _means(one: Entity) -> str:
    if one.value is None or one.type not in ("date", "amount"):
        return ""
    if one.type == "amount":
        return "" if any(map(str.isdigit, one.text)) else one.value
    return "" if one.text == one.value else _day(one.value)


def _day(value: str) -> str:
    """An ISO date, week, month or year to read."""
    if "W" in value:
        year, week = value.split("-W")
        return f"week {int(week)} of {year}"
    parts = [int(part) for part in value.split("-")]
    if len(parts) == 3:
        return day(dt.date(*parts))
    return f"{dt.date(parts[0], parts[1], 1):%b} {parts[0]}" if len(parts) == 2 else value
