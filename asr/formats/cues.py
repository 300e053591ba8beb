"""Turns as subtitles, cut as broadcasters cut them: short lines, two of them, never on screen for long.

The figures are those of the BBC Subtitle Guidelines and Netflix' Timed Text Style Guide; a wide character counts
as two columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from asr.formats.pieces import Piece, pieces, text_of
from asr.formats.wording import columns
from data.types import Role, Turn

LINE = 42
LINES = 2
LONGEST_MS = 7_000
SHORTEST_MS = 833
"""Five sixths of a second, as far as the next cue leaves room: nobody reads in less."""
PAUSE_MS = 1_000
"""A cue does not stand through a longer silence."""
SENTENCE = (".", "!", "?", "…", "。", "！", "？")
CLAUSE = (",", ";", ":", "，", "；", "、")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """``part`` counts the cues of its turn from 1; the lines are never empty and hold no markup."""

    turn: int
    part: int
    role: Role
    begin_ms: int
    end_ms: int
    lines: tuple[str, ...]


def is_timed(turns: Sequence[Turn]) -> bool:
    """Whether every turn has its time, as those of a recording have."""
    return all(turn.begin_ms is not None and turn.end_ms is not None for turn in turns)


def cues(turns: Sequence[Turn], *, labelled: bool = False) -> tuple[Cue, ...]:
    """By begin time, each at most 2 lines of 42 columns and 7 s, its end after its begin.

    A turn without a time gives none. ``labelled`` writes who speaks in front where that changes.
    """
    found: list[Cue] = []
    before = Role.UNKNOWN
    for turn in turns:
        found += _cues(turn, _label(turn.role) if labelled and turn.role is not before else "")
        before = turn.role
    found.sort(key=lambda cue: (cue.begin_ms, cue.turn, cue.part))
    following = [*(cue.begin_ms for cue in found[1:]), None]
    return tuple(_held(cue, until) for cue, until in zip(found, following, strict=False))


def _label(role: Role) -> str:
    return "" if role is Role.UNKNOWN else f"{role.value.upper()}: "


def _cues(turn: Turn, label: str) -> Iterator[Cue]:
    said = pieces(turn, widest=LINE)
    if said and label:
        said = (Piece(text=label, begin_ms=said[0].begin_ms, end_ms=said[0].begin_ms), *said)
    for part, group in enumerate(_groups(said), start=1):
        yield Cue(
            turn=turn.position,
            part=part,
            role=turn.role,
            begin_ms=group[0].begin_ms,
            end_ms=max(piece.end_ms for piece in group),
            lines=_lines(group),
        )


def _groups(said: Sequence[Piece]) -> Iterator[Sequence[Piece]]:
    while said:
        count = _fitting(said)
        if count < len(said) and not _pauses(said[count - 1], said[count]):
            count = _good_end(said[:count])
        yield said[:count]
        said = said[count:]


def _fitting(said: Sequence[Piece]) -> int:
    """How many pieces one cue can take, one at least."""
    lines, width = 1, 0
    for count, piece in enumerate(said):
        added = columns(piece.text.rstrip())
        if width and width + added > LINE:
            lines, width = lines + 1, 0
        late = piece.end_ms - said[0].begin_ms > LONGEST_MS
        if count and (lines > LINES or late or _pauses(said[count - 1], piece)):
            return count
        width += columns(piece.text)
    return len(said)


def _pauses(one: Piece, other: Piece) -> bool:
    return other.begin_ms - one.end_ms > PAUSE_MS


def _good_end(said: Sequence[Piece]) -> int:
    """Behind the last sentence, else the last clause, that ends behind the first third; else as it comes."""
    for ends in (SENTENCE, CLAUSE):
        for count in range(len(said), len(said) // 3, -1):
            if said[count - 1].text.rstrip().endswith(ends):
                return count
    return len(said)


def _lines(group: Sequence[Piece]) -> tuple[str, ...]:
    """One line where it fits, else two as even as can be."""
    whole = text_of(group)
    if columns(whole) <= LINE:
        return (whole,)
    pairs = ((text_of(group[:at]), text_of(group[at:])) for at in range(1, len(group)))
    return min(pairs, key=lambda pair: max(map(columns, pair)))


def _held(cue: Cue, until_ms: int | None) -> Cue:
    """Long enough to be read, as far as nothing follows; never over the limit, and never without any time."""
    shortest = cue.begin_ms + SHORTEST_MS
    held = shortest if until_ms is None else min(shortest, until_ms)
    end_ms = min(max(cue.end_ms, held, cue.begin_ms + 1), cue.begin_ms + LONGEST_MS)
    return replace(cue, end_ms=end_ms)
