"""What a trained model names, without what it likes to get wrong: persons, organisations, places, dates, groups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nlp.redaction.detection import Detection
from nlp.redaction.persons import NO_NAME, person_spans
from nlp.text import vocabulary

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

TYPES = {
    "ORG": "ORGANIZATION",
    "GPE": "LOCATION",
    "LOC": "LOCATION",
    "FAC": "LOCATION",
    "DATE": "DATE_TIME",
    "TIME": "DATE_TIME",
    "NORP": "NRP",
}
NO_ORGANISATION = vocabulary("atm asap dob cvv cvc cvv2 faq id vip usd eur gbp tv pc it hr suite apt") | NO_NAME
CALENDAR = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug"
    r"|sept?|oct|nov|dec|(?:mon|tues|wednes|thurs|fri|satur|sun)day|christmas|easter|thanksgiving|new year)\b"
    r"|\b\d{1,2}(?::\d{2}|\s?[ap]\.?m\b)",
    re.IGNORECASE,
)
"""What names a day or an hour. "Two weeks", "this month" and "the 1990s" are dates to a model, and tell nobody's."""


def find_entities(doc: Doc) -> Iterator[Detection]:
    """The default policy masks the persons among them, and keeps the rest."""
    yield from person_spans(doc)
    for span in doc.ents:
        kind = TYPES.get(span.label_)
        if kind and _holds(span, kind):
            begin, end = _trimmed(span)
            if end > begin:
                yield Detection(type=kind, begin=begin, end=end, score=0.5)


def _holds(span: Span, kind: str) -> bool:
    text = span.text
    if kind == "DATE_TIME":
        return bool(CALENDAR.search(text))
    if kind == "ORGANIZATION":
        return any(map(str.isalpha, text)) and text.lower().strip(" .,") not in NO_ORGANISATION
    return any(map(str.isalpha, text)) and not (kind == "NRP" and any(map(str.isdecimal, text)))


def _trimmed(span: Span) -> tuple[int, int]:
    """Up to the end of its line, without an article and a possessive."""
    text = span.text.split("\n")[0].rstrip()
    text = re.sub(r"['’]s?$", "", text)
    kept = re.sub(r"^(?:the|a|an)\s+", "", text, flags=re.IGNORECASE)
    begin = span.start_char + len(text) - len(kept)
    return begin, begin + len(kept)
