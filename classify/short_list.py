"""The phrases that could well name a reason, by what its contacts say and those of others do not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import fsum, log1p

import numpy as np
from numpy.typing import NDArray

from classify.candidates import Phrase, Told
from classify.wording import size, stem

SHORT = 16
KEYWORDS = 8
USE = 0.5
"""How much it counts that many contacts have the phrase's words: at 1 the shortest one wins, at 0 any that two have."""
SO = 0.3
"""How much it counts that many say it in just these words."""
PADDING = 0.5
TROUBLED = ""
"""Stands among the stems of a phrase that says what went wrong: "can't log in" is not "log in"."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the contacts of one reason say that are read, and the mean of all its contacts' vectors."""

    texts: Sequence[str]
    contacts: Sequence[Told]
    centre: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidate:
    """``meaning``: stems of its words of meaning, and whether it tells of trouble; no two names have the same."""

    phrase: Phrase
    meaning: frozenset[str]
    score: float

    def rank(self) -> tuple[bool, float, Phrase]:
        """Sorts the best first; single words come last."""
        return size(self.phrase) < 2, -self.score, self.phrase


@dataclass(slots=True)
class Use:
    """In whatever form a phrase is used: its forms, how whole it looks, summed up, and whether it tells of trouble."""

    forms: Counter[Phrase] = field(default_factory=Counter)
    whole: float = 0.0
    troubled: bool = False

    @property
    def usual(self) -> Phrase:
        return min(self.forms, key=lambda form: (-self.forms[form], form))


def weights(readings: Sequence[Reading]) -> list[dict[str, float]]:
    """By stem, the share of the reason's contacts that have it, times how rare it is among reasons.

    Class-based TF-IDF (Grootendorst 2022), over contacts instead of words.
    """
    shares = [_shares(reading.contacts) for reading in readings]
    everywhere: defaultdict[str, float] = defaultdict(float)
    for share in shares:
        for word, part in share.items():
            everywhere[word] += part
    usual = fsum(everywhere.values()) / max(len(everywhere), 1)
    rarity = {word: log1p(usual * 10 / total) for word, total in everywhere.items()}
    return [{word: part * rarity[word] for word, part in share.items()} for share in shares]


def keywords(reading: Reading, weight: dict[str, float]) -> tuple[str, ...]:
    """The weightiest words, each in its most usual form."""
    words = Counter(word for contact in reading.contacts for word in contact.words)
    forms: dict[str, str] = {}
    for word in sorted(words, key=lambda word: (-words[word], word)):
        forms.setdefault(stem(word), word)
    return tuple(forms[key] for key in sorted(forms, key=lambda key: (-weight[key], key))[:KEYWORDS])


def short_list(reading: Reading, weight: dict[str, float]) -> list[Candidate]:
    """The best phrases, the first one first; of those with the same words of meaning only one."""
    holders, troubled = _holders(reading.contacts), _troubled(reading.contacts)
    best: dict[frozenset[str], Candidate] = {}
    for key, use in _uses(reading.contacts).items():
        meaning = [word for word in dict.fromkeys(key) if word in weight]
        if meaning:
            own = fsum(weight[word] for word in meaning) / (1.5 * len(key) - 0.5 * len(meaning)) ** PADDING
            said = _said(meaning, use, holders, len(reading.contacts))
            same = frozenset([*meaning, TROUBLED]) if use.troubled else frozenset(meaning)
            one = Candidate(use.usual, same, own * said * (troubled if use.troubled else 1.0))
            best[same] = min(one, best.get(same, one), key=Candidate.rank)
    return sorted(best.values(), key=Candidate.rank)[:SHORT]


def _said(meaning: Sequence[str], use: Use, holders: dict[str, int], contacts: int) -> float:
    """More where many contacts have its words, where many say it so, and where it is whole."""
    having = -1
    for word in meaning:
        having &= holders[word]
    uses = use.forms.total()
    return float((having.bit_count() / contacts) ** USE * uses**SO * use.whole / uses)


def _troubled(contacts: Sequence[Told]) -> float:
    """How much a phrase counts that says what went wrong: more than another where most contacts say such things."""
    return 2 * sum(bool(contact.trouble) for contact in contacts) / len(contacts)


def _shares(contacts: Sequence[Told]) -> dict[str, float]:
    counts = Counter(word for contact in contacts for word in {stem(word) for word in contact.words})
    return {word: count / len(contacts) for word, count in counts.items()}


def _holders(contacts: Sequence[Told]) -> dict[str, int]:
    """By stem, the contacts that have the word, a bit each."""
    found: defaultdict[str, int] = defaultdict(int)
    for position, contact in enumerate(contacts):
        for word in contact.words:
            found[stem(word)] |= 1 << position
    return dict(found)


def _uses(contacts: Sequence[Told]) -> dict[Phrase, Use]:
    """By the phrase's stems."""
    found: defaultdict[Phrase, Use] = defaultdict(Use)
    for contact in contacts:
        for form, whole in contact.phrases.items():
            use = found[tuple(map(stem, form))]
            use.forms[form] += 1
            use.whole += whole
            use.troubled = not contact.trouble.isdisjoint(form)
    return dict(found)
