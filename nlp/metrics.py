"""Who spoke how much, how fast, over whom, and when nobody did: from word times alone.

A metric of one role is named ``<metric>.<role>``, as in ``talk_s.agent``. Definitions are those of the glossary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from data.types import Role, Turn

SILENCE_S = 3.0
"""A shorter pause is part of a conversation."""
OVERTALK_S = 0.5
"""Less than this is a word of assent, not an interruption."""
BREATH_S = 0.3
"""Between two words of one role less than this is one stretch of speech, when interruptions are counted."""

Interval = tuple[float, float]
"""Begin and end in seconds."""


def conversation_metrics(turns: Sequence[Turn], *, duration_s: float) -> Mapping[str, float]:
    """Talk, silence and overtalk in seconds, shares 0–1, words per minute, counts. Empty where nothing has a time."""
    speech = speech_by_role(turns)
    if not speech:
        return {}
    silences = silence(speech, duration_s)
    metrics = {
        "non_talk_s": sum(map(_length, silences)),
        "longest_silence_s": max(map(_length, silences), default=0.0),
        "overtalk_s": sum(map(_length, overtalk(speech))),
    }
    breaks = interruptions(speech)
    talk = {role: sum(map(_length, intervals)) for role, intervals in speech.items()}
    for role, seconds in talk.items():
        metrics[f"talk_s.{role}"] = seconds
        metrics[f"talk_share.{role}"] = seconds / sum(talk.values())
        metrics[f"talk_speed_wpm.{role}"] = 60 * word_count(turns, role) / seconds
        metrics[f"interruptions.{role}"] = float(breaks.get(role, 0))
    return {name: round(value, 3) for name, value in metrics.items()}


def speech_by_role(turns: Sequence[Turn]) -> dict[Role, list[Interval]]:
    """When each role spoke, from its words, or from its turn where that has no words; roles in order of appearance."""
    spoken: dict[Role, list[Interval]] = {}
    for turn in turns:
        spoken.setdefault(turn.role, []).extend(_speech(turn))
    merged = {role: union(intervals) for role, intervals in spoken.items()}
    return {role: intervals for role, intervals in merged.items() if intervals}


def silence(speech: Mapping[Role, Sequence[Interval]], duration_s: float) -> list[Interval]:
    """The pauses of at least 3 s in which no role speaks, the ones before the first and after the last word too."""
    heard = union([interval for intervals in speech.values() for interval in intervals])
    borders = [0.0, *(edge for interval in heard for edge in interval), max(duration_s, heard[-1][1] if heard else 0.0)]
    pauses = [(borders[number], borders[number + 1]) for number in range(0, len(borders), 2)]
    return [pause for pause in pauses if _length(pause) >= SILENCE_S]


def overtalk(speech: Mapping[Role, Sequence[Interval]]) -> list[Interval]:
    """When at least two roles speak at once."""
    pairs = combinations(speech.values(), 2)
    return union([overlap for first, second in pairs for overlap in _overlaps(first, second)])


def interruptions(speech: Mapping[Role, Sequence[Interval]]) -> dict[Role, int]:
    """How often each role broke in on another: overtalk of at least 0.5 s that begins with its speech."""
    stretches = {role: union(intervals, bridge_s=BREATH_S) for role, intervals in speech.items()}
    counts: dict[Role, int] = dict.fromkeys(speech, 0)
    begins = {role: {begin for begin, _ in intervals} for role, intervals in stretches.items()}
    for first, second in combinations(stretches, 2):
        for begin, end in _overlaps(stretches[first], stretches[second]):
            broke_in = [role for role in (first, second) if begin in begins[role]]
            if end - begin >= OVERTALK_S and len(broke_in) == 1:
                counts[broke_in[0]] += 1
    return counts


def word_count(turns: Sequence[Turn], role: Role) -> int:
    return sum(len(turn.words) or len(turn.text.split()) for turn in turns if turn.role is role and _speech(turn))


def union(intervals: Sequence[Interval], *, bridge_s: float = 0.0) -> list[Interval]:
    """The same time without overlaps, in order; gaps up to ``bridge_s`` are closed."""
    merged: list[Interval] = []
    for begin, end in sorted(interval for interval in intervals if interval[1] > interval[0]):
        if merged and begin - merged[-1][1] <= bridge_s:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged


def _speech(turn: Turn) -> list[Interval]:
    if turn.words:
        return [(word.begin_ms / 1000, word.end_ms / 1000) for word in turn.words if word.end_ms > word.begin_ms]
    if turn.begin_ms is None or turn.end_ms is None or turn.end_ms <= turn.begin_ms:
        return []
    return [(turn.begin_ms / 1000, turn.end_ms / 1000)]


def _overlaps(first: Sequence[Interval], second: Sequence[Interval]) -> list[Interval]:
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


def _length(interval: Interval) -> float:
    return interval[1] - interval[0]
