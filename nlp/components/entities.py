"""The component ``reasonance_entities``: ``doc._.named``, organisations, places, dates, amounts and products."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Span

from nlp.components.base import Component
from nlp.text import TOKEN

TYPES = {
    "ORG": "organisation",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "DATE": "date",
    "TIME": "date",
    "MONEY": "amount",
    "PRODUCT": "product",
}
"""What the model's labels are called here; persons are masked before, numbers say nothing alone."""
NUMBER = r"\d+(?:[.,\s]\d{3})*(?:[.,]\d{1,2})?"
AMOUNT = re.compile(
    rf"(?:[$€£¥]|\b(?:USD|EUR|GBP|CHF|CNY|RMB)\b)\s?{NUMBER}(?!\d)"
    rf"|(?<![\d.,]){NUMBER}\s?(?:[$€£¥元]|(?:USD|EUR|GBP|CHF|CNY|RMB|dollars?|euros?|pounds?|cents?|yuan)\b)",
    re.IGNORECASE,
)
"""Amounts as written in any language; needs no model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    type: str
    begin: int
    end: int


class Entities(Component[Named]):
    """Amounts in every language; the rest where a model has set ``doc.ents``."""

    attribute = "named"

    def find(self, doc: Doc) -> tuple[Named, ...]:
        amounts = [Named(type="amount", begin=match.start(), end=match.end()) for match in AMOUNT.finditer(doc.text)]
        taken = [(one.begin, one.end) for one in amounts]
        named = [
            one for one in _from_model(doc) if not any(one.begin < end and begin < one.end for begin, end in taken)
        ]
        return tuple(sorted([*amounts, *named], key=lambda one: one.begin))


def _from_model(doc: Doc) -> Iterator[Named]:
    for span in doc.ents:
        if span.label_ in TYPES and not TOKEN.search(span.text) and _says_something(span):
            yield Named(type=TYPES[span.label_], begin=span.start_char, end=span.end_char)


def _says_something(span: Span) -> bool:
    """Not "today" without a day, nor a word that is no name."""
    if span.label_ in ("DATE", "TIME"):
        return any(token.is_digit or token.like_num or token.pos_ == "PROPN" for token in span)
    return any(token.pos_ == "PROPN" for token in span) or span.label_ == "MONEY"


@Language.factory("reasonance_entities", assigns=["doc._.named"])
def create_entities(nlp: Language, name: str) -> Entities:
    return Entities(name)
