"""Who spoke how much, how fast, over whom, and when nobody did: from word times alone.

A metric of one role is named ``<metric>.<role>``, as in ``talk_s.agent``. Definitions are those of the glossary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from data.types import Role, Turn
from nlp.intervals import Interval, length, overlaps, total, union
from nlp.metrics_floor import first_speech_s, longest_monologue_s, response_time_s, stretches

SILENCE_S = 3.0
"""A shorter pause is part of a conversation."""
OVERTALK_S = 0.5
"""Less than this is a word of assent, not an interruption."""


def conversation_metrics(turns: Sequence[Turn], *, duration_s: float) -> Mapping[str, float]:
    """Talk, silence and overtalk in seconds, shares 0–1, words per minute, counts. Empty where nobody has a time.

    The machine's turns (``system``) are nobody's talk; while it speaks there is no silence either.
    """
    heard = speech_by_role(turns)
    speech: dict[Role, list[Interval]] = {role: own for role, own in heard.items() if role is not Role.SYSTEM}
    if not speech:
        return {}
    silences = silence(heard, duration_s)
    metrics = {
        "non_talk_s": total(silences),
        "longest_silence_s": max(map(length, silences), default=0.0),
        "overtalk_s": total(overtalk(speech)),
        **_by_role(turns, speech),
    }
    return {name: round(value, 3) for name, value in metrics.items()}


def _by_role(turns: Sequence[Turn], speech: Mapping[Role, Sequence[Interval]]) -> dict[str, float]:
    """``<metric>.<role>`` of each role that speaks; one that never answers has no response time."""
    talk = {role: total(intervals) for role, intervals in speech.items()}
    measured: dict[str, Mapping[Role, float]] = {
        "talk_s": talk,
        "talk_share": {role: seconds / sum(talk.values()) for role, seconds in talk.items()},
        "talk_speed_wpm": {role: 60 * word_count(turns, role) / seconds for role, seconds in talk.items()},
        "interruptions": interruptions(speech),
        "longest_monologue_s": longest_monologue_s(speech),
        "response_time_s": response_time_s(speech),
        "first_speech_s": first_speech_s(speech),
    }
    return {f"{name}.{role}": float(value) for name, by_role in measured.items() for role, value in by_role.items()}


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
    return [pause for pause in pauses if length(pause) >= SILENCE_S]


def overtalk(speech: Mapping[Role, Sequence[Interval]]) -> list[Interval]:
    """When at least two roles speak at once."""
    pairs = combinations(speech.values(), 2)
    return union(overlap for first, second in pairs for overlap in overlaps(first, second))


def interruptions(speech: Mapping[Role, Sequence[Interval]]) -> dict[Role, int]:
    """How often each role broke in on another: overtalk of at least 0.5 s that begins with its speech."""
    spoken = stretches(speech)
    counts: dict[Role, int] = dict.fromkeys(speech, 0)
    begins = {role: {begin for begin, _ in intervals} for role, intervals in spoken.items()}
    for first, second in combinations(spoken, 2):
        for begin, end in overlaps(spoken[first], spoken[second]):
            broke_in = [role for role in (first, second) if begin in begins[role]]
            if end - begin >= OVERTALK_S and len(broke_in) == 1:
                counts[broke_in[0]] += 1
    return counts


def word_count(turns: Sequence[Turn], role: Role) -> int:
    return sum(len(turn.words) or len(turn.text.split()) for turn in turns if turn.role is role and _speech(turn))


def _speech(turn: Turn) -> list[Interval]:
    if turn.words:
        return [(word.begin_ms / 1000, word.end_ms / 1000) for word in turn.words if word.end_ms > word.begin_ms]
    if turn.begin_ms is None or turn.end_ms is None or turn.end_ms <= turn.begin_ms:
        return []
    return [(turn.begin_ms / 1000, turn.end_ms / 1000)]
