"""One personal detail in one text, and how several that overlap become one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """Characters of a text that hold a personal detail; ``score`` is 0–1."""

    type: str
    begin: int
    end: int
    score: float
    value: str = ""
    """The whole of it, where these characters are only a part; empty: they are all of it."""


def merged(detections: Iterable[Detection]) -> list[Detection]:
    """Without overlaps, in order: what overlaps becomes one, as wide as all of it, of the surest type."""
    found: list[Detection] = []
    for detection in sorted(detections, key=lambda one: (one.begin, -one.end, -one.score, one.type)):
        if found and detection.begin < found[-1].end:
            found[-1] = _joined(found[-1], detection)
        else:
            found.append(detection)
    return found


def _joined(first: Detection, second: Detection) -> Detection:
    surest = max((first, second), key=lambda one: (one.score, one.end - one.begin))
    return replace(surest, begin=min(first.begin, second.begin), end=max(first.end, second.end))
