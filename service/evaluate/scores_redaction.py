"""What masking is worth: recall of labelled details, precision of masked characters, by type.

A detail is found where every letter and digit of it is masked, whatever it was taken for; it is found by type where
all of it is masked as what it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TYPES: Mapping[str, str] = {
    "ADDRESS": "LOCATION",
    "STREET_ADDRESS": "LOCATION",
    "GPE": "LOCATION",
    "CITY": "LOCATION",
    "ZIP_CODE": "LOCATION",
    "TITLE": "PERSON",
    "PREFIX": "PERSON",
    "DOMAIN_NAME": "URL",
    "AGE": "DATE_TIME",
    "DATE_OF_BIRTH": "DATE_TIME",
    "NATIONALITY": "NRP",
    "PHONE": "PHONE_NUMBER",
    "EMAIL": "EMAIL_ADDRESS",
    "ACCOUNT_NUMBER": "US_BANK_NUMBER",
}
"""Types that count as one another, by their name here; every other type stands for itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Characters of a text and what they are, by a label or by a mask."""

    type: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A text with its labels and what was masked in it."""

    text: str
    gold: Sequence[Labelled]
    masked: Sequence[Labelled]


def kind(name: str) -> str:
    """What a type counts as."""
    return TYPES.get(name, name)


def scores(cases: Sequence[Case], *, known: Iterable[str]) -> dict[str, Any]:
    """Recall, precision, recall by type, and the same for each label; None where nothing is there to count.

    A label that neither ``known`` (the types that may be masked) nor the table has counts for recall alone.
    """
    types = {kind(name) for name in known}
    hits: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for case in cases:
        for label in case.gold:
            hits[label.type].append((hidden(case, label), hidden(case, label, kind(label.type))))
    typed = [hit for name, some in hits.items() if kind(name) in types for _, hit in some]
    return {
        "recall": share([hit for some in hits.values() for hit, _ in some]),
        "precision": _precision(cases),
        "typed_recall": share(typed),
        "by_type": {
            name: {
                "n": len(some),
                "recall": share([hit for hit, _ in some]),
                "typed_recall": share([hit for _, hit in some]) if kind(name) in types else None,
            }
            for name, some in sorted(hits.items())
        },
    }


def hidden(case: Case, label: Labelled, wanted: str | None = None) -> bool:
    """Whether every letter and digit of the label is masked, as the wanted type where there is one."""
    masked = _characters(one for one in case.masked if wanted is None or kind(one.type) == wanted)
    return all(at in masked for at in range(label.begin, label.end) if case.text[at].isalnum())


def _precision(cases: Sequence[Case]) -> float | None:
    """The share of masked characters that lie in a label."""
    right = total = 0
    for case in cases:
        masked = _characters(case.masked)
        total += len(masked)
        right += len(masked & _characters(case.gold))
    return round(right / total, 4) if total else None


def _characters(spans: Iterable[Labelled]) -> set[int]:
    return {at for span in spans for at in range(span.begin, span.end)}


def share(hits: Sequence[bool]) -> float | None:
    return round(sum(hits) / len(hits), 4) if hits else None
