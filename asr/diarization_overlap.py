"""Where two voices of one channel speak at once: what is said there sounds like neither of them.

Measured on telephone calls whose legs were laid over each other: half of the stretches in which both speak lie this
near to the middle between the two voices, and one in a hundred of those in which one speaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from asr.speakers import Vectors
from data.types import Segment, Word

OVERLAP = "overlap"
BETWEEN = 0.4
"""Share of what usually lies between one's own voice and the other's: with less, it is neither's."""
OVERLAP_MS = 1000
"""For so long at least: a single short word often sounds like nobody."""

Unclear = NDArray[np.bool_]


def unclear_words(likeness: NDArray[np.float64], centres: Vectors) -> Unclear:
    """Which words, (words, voices) by cosine, lie between two voices."""
    if len(centres) < 2:
        return np.zeros(len(likeness), dtype=bool)
    rows = np.arange(len(likeness))
    ranked = np.argsort(likeness, axis=1)
    first, second = ranked[:, -1], ranked[:, -2]
    apart = 1 - np.sum(centres[first] * centres[second], axis=1)
    unclear: Unclear = likeness[rows, first] - likeness[rows, second] < BETWEEN * apart
    return unclear


def overlap_flags(segment: Segment, unclear: Unclear) -> tuple[str, ...]:
    """The segment's flags, with ``overlap`` where its words are unclear for long enough."""
    return (*segment.flags, OVERLAP) if _longest_ms(segment.words, unclear) >= OVERLAP_MS else segment.flags


def _longest_ms(words: Sequence[Word], unclear: Unclear) -> int:
    """The longest time from the first to the last of unclear words that follow one another."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], unclear, [False]]).astype(np.int8))).tolist()
    return max(
        (words[last - 1].end_ms - words[first].begin_ms for first, last in list(pairwise(edges))[::2]), default=0
    )
