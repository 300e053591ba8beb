"""What comes up among the contacts that no reason fits, before it has a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classify.discovery import FEWEST, discover
from classify.trends import Change, compare_counts
from classify.values import UNASSIGNED, Discovery, Vectors
from classify.wording import says_something

FEWEST_NOW = 5
"""Contacts of the latest period below which a group is not told: fewer are incidents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emerging:
    """A group of contacts without a reason that has grown. ``rows`` are those of the latest period."""

    name: str
    """As discovery would call it: people may find a better one."""
    keywords: tuple[str, ...]
    rows: tuple[int, ...]
    typical: tuple[int, ...]
    """Of ``rows`` the nearest to the group's middle, the nearest first."""
    change: Change


def emerging(texts: Sequence[str], vectors: Vectors, periods: NDArray[np.int64], count: int) -> list[Emerging]:
    """Groups of like texts that are more than expected in the latest of ``count`` periods, the surest first.

    ``periods`` says for each text which it is of: 0 the latest, 1 the one before it, and so on. Groups are found over
    all periods alike, so that what was there before is no news; the counts are then compared as any other counts.
    """
    if sum(map(says_something, texts)) < FEWEST or count < 2:
        return []
    found = discover(texts, vectors)
    labels, keys = found.labels, [(str(at),) for at in range(len(found.reasons))]
    held = labels != UNASSIGNED
    counts = np.zeros((count, len(keys)), dtype=np.int64)
    np.add.at(counts, (periods[held], labels[held]), 1)
    changes = compare_counts(keys, counts[0], counts[1:])
    grown = [change for change in changes.risers if change.current >= FEWEST_NOW]
    return [_described(int(change.key[0]), change, found, vectors, periods) for change in grown]


def _described(at: int, change: Change, found: Discovery, vectors: Vectors, periods: NDArray[np.int64]) -> Emerging:
    reason = found.reasons[at]
    rows = np.flatnonzero((found.labels == at) & (periods == 0))
    nearest = rows[np.argsort(-(vectors[rows] @ reason.centroid), kind="stable")]
    return Emerging(
        name=reason.name,
        keywords=reason.keywords,
        rows=tuple(rows.tolist()),
        typical=tuple(nearest[:5].tolist()),
        change=change,
    )
