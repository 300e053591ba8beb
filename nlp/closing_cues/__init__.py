"""What people say about what came of a contact and what happens next, by language: tables of phrases."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from nlp.cue_patterns import pattern

OUTCOMES = ("resolved", "unresolved", "escalated", "refunded", "cancelled", "promised", "done")
"""What a contact can come to; where one sentence says several, the first of these."""
WRITERS = ("agent", "customer", "note")
KINDS = (*OUTCOMES, "action", "due", "offer", "assent", "handling")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingCues:
    """The phrases of one language, by who says them and by what they say, as patterns over folded text."""

    agent: Mapping[str, re.Pattern[str]]
    customer: Mapping[str, re.Pattern[str]]
    note: Mapping[str, re.Pattern[str]]
    conditional: re.Pattern[str]
    negation: re.Pattern[str]


@cache
def closing_cues(language: str) -> ClosingCues | None:
    """Those of a BCP-47 language; None where it has no table."""
    file = resources.files(__name__) / f"{language.partition('-')[0].lower()}.toml"
    if not file.is_file():
        return None
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    lists = {name: value for name, value in table.items() if isinstance(value, list)}
    agent, customer, note = (
        {kind: pattern(table[writer].get(kind, ()), lists) for kind in KINDS} for writer in WRITERS
    )
    conditional, negation = (pattern(table["shared"][name], lists) for name in ("conditional", "negation"))
    return ClosingCues(agent=agent, customer=customer, note=note, conditional=conditional, negation=negation)
