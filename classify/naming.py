"""Each reason gets a phrase that its own contacts use, that others do not, and that means what they mean.

A short list comes from the words; where phrases can be embedded, the one is chosen that lies at the reason's centre
and away from those of the reasons next to it. That is what the naming score of ``evaluate names`` asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from classify.candidates import told
from classify.short_list import Candidate, Reading, keywords, short_list, weights
from classify.values import Encode, Vectors
from classify.wording import as_written, phrase, size, stem

READ_AT_MOST = 200
"""Contacts read for a reason's name: those nearest to its centre say it best."""
EMBEDDED, EMBEDDED_AT_LEAST, EMBEDDED_IN_ALL = 8, 3, 3000
"""Phrases embedded of a reason, and of all: with twice as many, names find their own contacts no more often."""
SIBLINGS = 5
APART = 0.3
"""How much it counts against a phrase that it is near the nearest sibling's centre."""
PLAIN = 0.09
"""How much the short list's order counts beside cosines: at 0 long phrases win that nobody else would say."""
FALLBACK = ("other", "matters")


@dataclass(frozen=True, slots=True)
class Naming:
    name: str
    keywords: tuple[str, ...]


def read(texts: Sequence[str], given: Sequence[Sequence[str]], vectors: Vectors) -> Reading:
    centre = vectors.mean(axis=0, dtype=np.float64)
    order = np.argsort(-(vectors @ centre), kind="stable")[:READ_AT_MOST]
    return Reading([texts[row] for row in order], [told(texts[row], given[row]) for row in order], centre)


def names(readings: Sequence[Reading], encode: Encode | None = None) -> list[Naming]:
    """One a reason, no two alike; the first ones choose first. ``encode`` embeds some phrases of each."""
    weighed = weights(readings)
    short = [short_list(reading, weight) for reading, weight in zip(readings, weighed, strict=True)]
    if encode is not None and readings:
        short = list(_by_meaning(short, np.stack([reading.centre for reading in readings]), encode))
    telling = [keywords(reading, weight) for reading, weight in zip(readings, weighed, strict=True)]
    taken: set[frozenset[str]] = set()
    chosen = [_unlike(some, words, taken) for some, words in zip(short, telling, strict=True)]
    return [
        Naming(as_written(name, reading.texts), words)
        for name, reading, words in zip(chosen, readings, telling, strict=True)
    ]


def _by_meaning(
    short: Sequence[Sequence[Candidate]], centres: NDArray[np.float64], encode: Encode
) -> Iterator[list[Candidate]]:
    """The same lists, those first whose own meaning is the reason's and not its siblings'."""
    units = centres / np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-12)
    each = max(EMBEDDED_AT_LEAST, min(EMBEDDED, EMBEDDED_IN_ALL // len(short)))
    spelled = list(dict.fromkeys(phrase(one.phrase) for candidates in short for one in candidates[:each]))
    vectors = dict(zip(spelled, encode(spelled), strict=True)) if spelled else {}
    for number, candidates in enumerate(short):
        heard = candidates[:each]
        rows = np.array([units @ vectors[phrase(one.phrase)] for one in heard]).reshape(len(heard), len(units))
        scores = _closeness(rows, units, number) + PLAIN * np.log([max(one.score, 1e-12) for one in heard])
        again = [replace(one, score=float(score)) for one, score in zip(heard, scores, strict=True)]
        yield [*sorted(again, key=Candidate.rank), *candidates[each:]]


def _closeness(cosines: NDArray[np.float64], units: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    """Of each phrase to the reason's centre, less some of that to the nearest sibling's."""
    order = np.argsort(-(units @ units[number]), kind="stable")
    siblings = order[order != number][:SIBLINGS]
    nearest = cosines[:, siblings].max(axis=1, initial=-1.0) if len(siblings) else np.zeros(len(cosines))
    return np.asarray(cosines[:, number] - APART * nearest)


def _unlike(ranked: Sequence[Candidate], words: Sequence[str], taken: set[frozenset[str]]) -> str:
    """The best phrase whose words of meaning no other name has; else one told apart by a keyword or a number."""
    for one in ranked:
        if _claim(one.meaning, taken):
            return phrase(one.phrase)
    stems = next((one for one in ranked if size(one.phrase) <= 4), None)
    for word in words:
        if stems and stem(word) not in stems.meaning and _claim({*stems.meaning, stem(word)}, taken):
            return f"{phrase(stems.phrase)}: {word}"
    number = 1
    while not _claim({*FALLBACK, str(number)}, taken):
        number += 1
    return phrase((*FALLBACK, str(number)))


def _claim(meaning: frozenset[str] | set[str], taken: set[frozenset[str]]) -> bool:
    """Whether no other name has just these stems; this one has them then."""
    if frozenset(meaning) in taken:
        return False
    taken.add(frozenset(meaning))
    return True
