"""What people say around the reason of a contact, by language: tables of phrases, and how they are read.

How a phrase is read stands in ``nlp.cue_patterns``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from nlp.cue_patterns import pattern

CATEGORIES = ("wish", "problem", "question", "another", "invite", "more", "details", "handling")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """The phrases of one language, each kind as one pattern over text in lower case with straight apostrophes."""

    wish: re.Pattern[str]
    order: re.Pattern[str]
    """Tells or asks the other side to do something."""
    problem: re.Pattern[str]
    question: re.Pattern[str]
    another: re.Pattern[str]
    invite: re.Pattern[str]
    more: re.Pattern[str]
    details: re.Pattern[str]
    handling: re.Pattern[str]
    vague: frozenset[str]
    everyday: frozenset[str]


@cache
def cues(language: str) -> Cues:
    """Those of a BCP-47 language; for a language without a table, none: there the words alone decide."""
    name = f"{language.partition('-')[0].lower()}.toml"
    file = resources.files(__name__) / name
    table = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return Cues(
        **{kind: pattern(table.get(kind, ())) for kind in CATEGORIES},
        order=_orders(table.get("order", ()), table.get("you", ())),
        vague=frozenset(table.get("vague", ())),
        everyday=frozenset(word for line in table.get("everyday", ()) for word in line.split()),
    )


def _orders(verbs: Sequence[str], you: Sequence[str]) -> re.Pattern[str]:
    """A sentence that begins with one of the verbs, or has one right after "could you" or "please"."""
    verb = "|".join(verbs)
    return pattern([f"^{verb}", *(f"{asking} {verb}" for asking in you)] if verbs else ())
