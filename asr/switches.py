"""Where a call changes its language.

The recogniser is told one language for each piece of 30 s, and translates or garbles what is said in another. A piece
that speaks two shows both when it is asked for its language (measured: the second one at 2–15 %, in accented speech of
one language 1 %), and then each stretch between two pauses is asked. A short word is never asked: a lone "ja" is
taken for anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from asr.languages import ENOUGH_S, Detected
from asr.speech import FRAME_S, Probabilities, Stretch, frames, runs

HINT = 0.02
"""From this probability on a language may be spoken somewhere in a piece."""
SURE = 0.95
"""From this on the whole of a piece is in it, if that holds ``ENOUGH_S`` of speech."""
STRETCH_S = 1.0
"""A stretch is asked from this length on …"""
CLEAR = 0.9
"""… and believed where, of the languages that the piece hints at, one has this share …"""
LIKELY = 0.25
"""… and this probability among all languages."""
VOICE = 0.35
PAUSE_S = 0.25
"""A stretch ends where speech is less likely than the one for the other …"""
BREATH_S = 0.1
"""… or, while two languages are heard in it, for only this long."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a window in one language; ``end`` in frames of 10 ms."""

    end: int
    language: str


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch of speech in frames of 10 ms, and its language where that is clear."""

    begin: int
    end: int
    language: str | None = None


def hinted(chances: Sequence[Detected]) -> list[str]:
    """The languages that may be spoken in a piece."""
    return [one.language for one in chances if one.probability >= HINT]


def whole(chances: Sequence[Detected], speech_s: float, language: str) -> str:
    """The language of a piece in which no second one is heard; ``language`` unless another is clear."""
    best = chances[0]
    return best.language if best.probability >= SURE and speech_s >= ENOUGH_S else language


def mixed(chances: Sequence[Detected], among: Sequence[str]) -> bool:
    """Whether more than one of these languages may be spoken in a stretch."""
    return len(set(hinted(chances)).intersection(among)) > 1


def clear(chances: Sequence[Detected], among: Sequence[str]) -> str | None:
    """The one language of ``among`` that a stretch is in; None where it is not clear."""
    likely = {one.language: one.probability for one in chances if one.language in among}
    if not likely:
        return None
    best = max(likely, key=lambda language: likely[language])
    enough = likely[best] >= LIKELY and likely[best] >= CLEAR * sum(likely.values())
    return best if enough else None


def stretches_said(voice: Probabilities, begin: int, end: int, pause_s: float = PAUSE_S) -> list[Said]:
    """Stretches of speech between pauses in a part of a window, whose probabilities of speech ``voice`` are."""
    joined: list[Stretch] = []
    for first, last in runs(voice >= VOICE):
        if joined and first - joined[-1][1] < frames(pause_s):
            first = joined.pop()[0]
        joined.append((first, last))
    said = (Said(max(_hundredths(first), begin), min(_hundredths(last), end)) for first, last in joined)
    return [one for one in said if one.begin < one.end]


def speech_between(voice: Probabilities, begin: int, end: int) -> float:
    """Seconds of speech in a part of a window."""
    return sum(one.end - one.begin for one in stretches_said(voice, begin, end)) / 100


def _hundredths(frame: int) -> int:
    return round(frame * FRAME_S * 100)


def spans(said: Iterable[Said], language: str, end: int) -> list[Span]:
    """Parts of one language each, up to ``end``; cut in the middle of a pause. Unclear stretches go with the last."""
    found: list[tuple[int, int, str]] = []
    for one in said:
        spoken = one.language or (found[-1][2] if found else language)
        begin = found.pop()[0] if found and found[-1][2] == spoken else one.begin
        found.append((begin, one.end, spoken))
    cuts = [(before[1] + after[0]) // 2 for before, after in pairwise(found)]
    return [Span(cut, part[2]) for cut, part in zip([*cuts, end], found or [(0, end, language)], strict=True)]
