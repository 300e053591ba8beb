"""How often phrases are said in a tenant's contacts, so that what is special of one stands out.

A tenant's own counts, and a general expectation that weighs as much as two hundred contacts: while there are few it
decides, later it hardly counts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from math import log

from nlp.spelling import phrase_key

PRIOR = 200
"""Contacts that the general expectation weighs as much as."""
RARE = 0.002
"""The share of contacts that a phrase is taken to be said in of which nothing is known; nothing is rarer."""
LEAST = 0.25
"""What is left of the score of a phrase that every contact has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """``counts`` has for a phrase's key the contacts that say it, of ``contacts`` that were counted."""

    contacts: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    def weight(self, key: str) -> float:
        """What a phrase's score counts: 1 where hardly any contact says it, a quarter where all do."""
        share = (self.counts.get(key, 0) + PRIOR * _prior().get(key, RARE)) / (self.contacts + PRIOR)
        rarity = min(1.0, log(1 / min(1.0, share)) / log(1 / RARE))
        return LEAST + (1 - LEAST) * rarity


@cache
def _prior() -> Mapping[str, float]:
    table = tomllib.loads((resources.files("nlp") / "phrase_prior.toml").read_text(encoding="utf-8"))
    return {phrase_key(phrase): group["share"] for group in reversed(table["common"]) for phrase in group["phrases"]}
