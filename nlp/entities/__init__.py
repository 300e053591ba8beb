"""What is named in a contact: amounts, dates, order numbers, the tenant's own names, organisations and places.

Amounts, dates and names have a value that is the same however they are written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from data.types import Entity, Turn
from nlp.entities.amounts import find_amounts
from nlp.entities.dates import find_dates
from nlp.entities.found import Named, without_overlaps
from nlp.entities.from_model import from_model
from nlp.entities.gazetteer import Gazetteer, gazetteer
from nlp.entities.order_numbers import find_order_numbers
from nlp.spans import span_of
from nlp.text import TOKEN

if TYPE_CHECKING:
    from spacy.tokens import Doc

MASKED = "masked"

__all__ = ["Gazetteer", "find_entities", "gazetteer"]


def find_entities(
    turns: Sequence[Turn],
    docs: Sequence[Doc],
    *,
    language: str,
    names: Gazetteer,
    day: dt.date | None = None,
    persons: bool = False,
) -> tuple[Entity, ...]:
    """Every mention, in order. ``day`` is the contact's in its tenant's calendar: "tomorrow" is the day after it.

    ``persons``: whether the policy leaves their names in the text.
    """
    previous = ["", *(turn.text for turn in turns)]
    return tuple(
        Entity(
            text=turn.text[one.begin : one.end], type=one.type, value=one.value, span=span_of(turn, one.begin, one.end)
        )
        for turn, doc, before in zip(turns, docs, previous, strict=False)
        for one in without_overlaps([*_ranked(doc, before, language, names, day), *from_model(doc, persons=persons)])
        if one.type != MASKED
    )


def _ranked(doc: Doc, previous: str, language: str, names: Gazetteer, day: dt.date | None) -> Iterator[Named]:
    """The tenant's own names first: what it calls a product is one. What was masked is nothing."""
    text = doc.text
    for match in TOKEN.finditer(text):
        yield Named(type=MASKED, begin=match.start(), end=match.end())
    yield from names.find(text, language)
    yield from find_amounts(text, language)
    yield from find_order_numbers(text, previous)
    yield from find_dates(text, language, day)
