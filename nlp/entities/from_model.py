"""What a trained model names: organisations, places and products; persons where they are not masked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nlp.entities.found import Named
from nlp.redaction.persons import person_spans
from nlp.text import TOKEN

if TYPE_CHECKING:
    from spacy.tokens import Doc

TYPES = {"ORG": "organisation", "GPE": "place", "LOC": "place", "FAC": "place", "PRODUCT": "product"}
"""What the model's labels are called here; amounts and dates are read without a model."""


def from_model(doc: Doc, *, persons: bool) -> Iterator[Named]:
    """``persons``: whether a policy leaves their names in the text; else what looks like one is none."""
    for name in person_spans(doc) if persons else ():
        yield Named(type="person", begin=name.begin, end=name.end)
    for span in doc.ents:
        if span.label_ in TYPES and not TOKEN.search(span.text) and any(token.pos_ == "PROPN" for token in span):
            yield Named(type=TYPES[span.label_], begin=span.start_char, end=span.end_char)
