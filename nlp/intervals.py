"""Stretches of time: their union, their length, where two sets of them overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Interval = tuple[float, float]
"""Begin and end in seconds."""


def union(intervals: Iterable[Interval], *, bridge_s: float = 0.0) -> list[Interval]:
    """The same time without overlaps, in order; gaps up to ``bridge_s`` are closed."""
    merged: list[Interval] = []
    for begin, end in sorted(interval for interval in intervals if interval[1] > interval[0]):
        if merged and begin - merged[-1][1] <= bridge_s:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged


def overlaps(first: Sequence[Interval], second: Sequence[Interval]) -> list[Interval]:
    """Both lists are in order and without overlaps of their own, so one walk through both is enough."""
    found, one, other = [], 0, 0
    while one < len(first) and other < len(second):
        begin, end = max(first[one][0], second[other][0]), min(first[one][1], second[other][1])
        if begin < end:
            found.append((begin, end))
        if first[one][1] < second[other][1]:
            one += 1
        else:
            other += 1
    return found


def length(interval: Interval) -> float:
    return interval[1] - interval[0]


def total(intervals: Iterable[Interval]) -> float:
    return sum(map(length, intervals))
