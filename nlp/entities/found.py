"""One named thing in a text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Characters of a text that name something; ``value`` is the same however it is written, None where unknown."""

    type: str
    begin: int
    end: int
    value: str | None = None


def without_overlaps(ranked: Iterable[Named]) -> list[Named]:
    """In order of place; of two that overlap the one that comes first in ``ranked``."""
    kept: list[Named] = []
    for one in ranked:
        if not any(one.begin < other.end and other.begin < one.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.begin)
