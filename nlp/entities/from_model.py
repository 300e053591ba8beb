"""What a trained model names: organisations, places and products."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nlp.entities.found import Named
from nlp.text import TOKEN

if TYPE_CHECKING:
    from spacy.tokens import Doc

TYPES = {"ORG": "organisation", "GPE": "place", "LOC": "place", "FAC": "place", "PRODUCT": "product"}
"""What the model's labels are called here. Persons are masked before; amounts and dates are read without a model."""


def from_model(doc: Doc) -> Iterator[Named]:
    for span in doc.ents:
        if span.label_ in TYPES and not TOKEN.search(span.text) and any(token.pos_ == "PROPN" for token in span):
            yield Named(type=TYPES[span.label_], begin=span.start_char, end=span.end_char)
