"""Each reason gets a phrase that its own contacts use, that others do not, and that lies at its centre.

Class-based TF-IDF (Grootendorst 2022) weighs the words; the phrase's closeness to the centroid is that of the
contacts which use it, so that no text has to be embedded for a name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classify.candidates import Phrase, document_counts, phrases_of, posting_lists
from classify.values import Vectors
from classify.wording import empty_words, phrase

READ_AT_MOST = 400
"""Contacts read for a reason's name: those nearest to its centre say it best."""
KEYWORDS = 8
USE = 0.5
"""How much it counts that many use the phrase: at 1 the shortest one wins, at 0 one that two people wrote."""
PADDING = 0.5
FALLBACK = "other matters"


@dataclass(frozen=True, slots=True)
class Naming:
    name: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The contacts of one reason that are read: the phrases of each, and its cosine with the centre."""

    contacts: Sequence[set[Phrase]]
    vectors: Vectors
    centre: NDArray[np.float64]
    words: Counter[str]


def read(texts: Sequence[str], given: Sequence[Sequence[str]], vectors: Vectors) -> Reading:
    centre = vectors.mean(axis=0, dtype=np.float64)
    order = np.argsort(-(vectors @ centre), kind="stable")[:READ_AT_MOST]
    contacts = [phrases_of(texts[row], given[row]) for row in order]
    single = document_counts({phrase for phrase in contact if len(phrase) == 1} for contact in contacts)
    words = Counter({phrase[0]: count for phrase, count in single.items()})
    return Reading(contacts, vectors[order], centre, words)


def names(readings: Sequence[Reading]) -> list[Naming]:
    """One a reason, no two alike; the first ones choose first."""
    weights = _weights(readings)
    taken: set[frozenset[str]] = set()
    found = []
    for reading, weight in zip(readings, weights, strict=True):
        keywords = tuple(word for word, _ in sorted(weight.items(), key=lambda pair: (-pair[1], pair[0]))[:KEYWORDS])
        found.append(Naming(_unlike(_ranked(reading, weight), keywords, taken), keywords))
    return found


def _weights(readings: Sequence[Reading]) -> list[dict[str, float]]:
    """By reason, the share of its contacts that have a word, times how rare the word is among reasons."""
    shares = [{word: count / len(r.contacts) for word, count in r.words.items()} for r in readings]
    everywhere: Counter[str] = Counter()
    for share in shares:
        everywhere.update(share)
    usual = sum(everywhere.values()) / max(len(everywhere), 1)
    return [
        {word: part * float(np.log1p(usual * 10 / everywhere[word])) for word, part in share.items()}
        for share in shares
    ]


def _ranked(reading: Reading, weight: dict[str, float]) -> list[Phrase]:
    """Phrases that at least two contacts share, the best first; those of two words and more before single words."""
    holders = posting_lists(reading.contacts, 2 if len(reading.contacts) > 3 else 1)
    scored = [(len(key) < 2, -_score(key, rows, reading, weight), key) for key, rows in holders.items()]
    return [key for _, _, key in sorted(scored)]


def _score(key: Phrase, rows: Sequence[int], reading: Reading, weight: dict[str, float]) -> float:
    """Weighty words, little padding, many users, and users who are typical."""
    own = sum(weight.get(word, 0.0) for word in set(key))
    users = reading.vectors[list(rows)].mean(axis=0, dtype=np.float64)
    lengths = float(np.linalg.norm(users)) * float(np.linalg.norm(reading.centre))
    closeness = float(users @ reading.centre) / max(lengths, 1e-12)
    padding = sum(word in empty_words() for word in key)
    used = (len(rows) / len(reading.contacts)) ** USE
    padded = (len(key) + 0.5 * padding) ** PADDING
    return float(own / padded * used * max(closeness, 0.0) ** 2)


def _unlike(ranked: Sequence[Phrase], keywords: Sequence[str], taken: set[frozenset[str]]) -> str:
    """The best phrase whose words of meaning no other name has; else one told apart by its keywords."""
    for key in ranked:
        if _claim(key, taken):
            return phrase(key)
    stem = ranked[0] if ranked else ()
    for word in keywords:
        if word not in stem and _claim((*stem, word), taken):
            return f"{phrase(stem)}: {word}" if stem else word
    number = 2
    while not _claim((FALLBACK, str(number)), taken):
        number += 1
    return f"{FALLBACK} {number - 1}"


def _claim(key: Sequence[str], taken: set[frozenset[str]]) -> bool:
    """Whether the words are free; they are taken then. A plural is the same word."""
    spelled = frozenset(_stem(word) for word in key if word not in empty_words())
    if spelled in taken:
        return False
    taken.add(spelled)
    return True


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "ed", "es", "s"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            return word[: -len(ending)]
    return word
