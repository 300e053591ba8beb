"""Who has the floor: how long one role goes on alone, how soon it answers, when it first speaks.

All work on speech by role, as ``nlp.metrics`` finds it: intervals in seconds, in order, without overlaps of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median

from data.types import Role
from nlp.intervals import Interval, length, overlaps, union

MONOLOGUE_PAUSE_S = 3.0
"""A pause this long is a silence, and ends a monologue."""
ASSENT_S = 0.5
"""Another's stretch shorter than this is a word of assent: it takes no floor."""
BREATH_S = 0.3
"""Between two words of one role less than this is one stretch of speech."""


def stretches(speech: Mapping[Role, Sequence[Interval]]) -> dict[Role, list[Interval]]:
    """Each role's speech without its breaths."""
    return {role: union(intervals, bridge_s=BREATH_S) for role, intervals in speech.items()}


def longest_monologue_s(speech: Mapping[Role, Sequence[Interval]]) -> dict[Role, float]:
    """The longest that each role goes on, its pauses under 3 s included, until another takes the floor."""
    found = {}
    for role, intervals in speech.items():
        others = _floor_takers(speech, role)
        found[role] = max((last - first for first, last in _monologues(intervals, others)), default=0.0)
    return found


def _monologues(intervals: Sequence[Interval], others: Sequence[Interval]) -> Iterator[Interval]:
    """The role's speech in stretches, cut where it pauses long and where another begins or goes on meanwhile."""
    alone = list(_without(intervals, others))
    begin: float | None = None
    for one, following in pairwise([*alone, None]):
        assert one is not None
        begin = one[0] if begin is None else begin
        if following is None or following[0] - one[1] >= MONOLOGUE_PAUSE_S or _any(others, one[1], following[0]):
            yield begin, one[1]
            begin = None


def _floor_takers(speech: Mapping[Role, Sequence[Interval]], role: Role) -> list[Interval]:
    rest = [interval for other, own in stretches(speech).items() if other is not role for interval in own]
    return union([interval for interval in rest if length(interval) >= ASSENT_S])


def _without(intervals: Sequence[Interval], others: Sequence[Interval]) -> Iterator[Interval]:
    """What of ``intervals`` lies outside ``others``."""
    for begin, end in intervals:
        for cut_begin, cut_end in overlaps([(begin, end)], others):
            if cut_begin > begin:
                yield begin, cut_begin
            begin = cut_end
        if end > begin:
            yield begin, end


def _any(others: Sequence[Interval], begin: float, end: float) -> bool:
    return bool(overlaps([(begin, end)], others))


def response_time_s(speech: Mapping[Role, Sequence[Interval]]) -> dict[Role, float]:
    """The median time from another's end to each role's begin; a role that never answers has none.

    Only an answer counts: a begin while nobody speaks, after another role was the last to speak.
    """
    gaps: dict[Role, list[float]] = {}
    last: tuple[Role, float] | None = None
    for begin, end, role in sorted((begin, end, role) for role, own in stretches(speech).items() for begin, end in own):
        if last is not None and last[0] is not role and begin >= last[1]:
            gaps.setdefault(role, []).append(begin - last[1])
        if last is None or end > last[1]:
            last = (role, end)
    return {role: median(times) for role, times in gaps.items()}


def first_speech_s(speech: Mapping[Role, Sequence[Interval]]) -> dict[Role, float]:
    """When each role first speaks, from the recording's begin; the earliest is the first speaker's."""
    return {role: intervals[0][0] for role, intervals in speech.items()}
