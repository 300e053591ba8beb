"""Turns: who says what until a pause, or until the other one speaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from asr.languages import joiner
from asr.trust import is_suspect
from data.types import Segment, Transcript, Turn, Word

PAUSE_MS = 1000
"""A longer silence of the same speaker begins a new turn."""
_SENTENCE_END = (".", "?", "!", "…", "。", "？", "！")


def turns(transcript: Transcript) -> tuple[Turn, ...]:
    """The transcript as turns by begin time, without what is suspect; words' offsets point into their turn's text."""
    pieces = sorted(
        (piece for segment in transcript.segments if not is_suspect(segment) for piece in split_at_pauses(segment)),
        key=lambda piece: (piece.begin_ms, piece.channel),
    )
    return tuple(_turn(position, group) for position, group in enumerate(_group(pieces)))


def split_at_pauses(segment: Segment) -> Iterator[Segment]:
    """The segment in parts without long pauses: the other one may speak in them."""
    cuts = [n for n, (one, other) in enumerate(pairwise(segment.words), start=1) if _pause_ms(one, other) > PAUSE_MS]
    if not cuts:
        yield segment
        return
    for begin, end in pairwise([0, *cuts, len(segment.words)]):
        yield part(segment, segment.words[begin:end])


def _pause_ms(one: Word | Segment, other: Word | Segment) -> int:
    return other.begin_ms - one.end_ms


def part(segment: Segment, words: Sequence[Word]) -> Segment:
    """The segment as far as these words of it, which follow one another, reach."""
    begin, end = words[0].char_begin, words[-1].char_end
    return replace(
        segment,
        text=segment.text[begin:end],
        begin_ms=words[0].begin_ms,
        end_ms=words[-1].end_ms,
        words=tuple(_shifted(words, -begin)),
    )


def ends_sentence(word: Word) -> bool:
    return word.text.rstrip("\"'”’)").endswith(_SENTENCE_END)


def _group(pieces: Iterable[Segment]) -> Iterator[list[Segment]]:
    group: list[Segment] = []
    for piece in pieces:
        if group and not _goes_on(group, piece):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _goes_on(group: Sequence[Segment], piece: Segment) -> bool:
    last = group[-1]
    same = (piece.role, piece.channel, piece.speaker) == (last.role, last.channel, last.speaker)
    return same and _pause_ms(last, piece) <= PAUSE_MS


def _turn(position: int, pieces: Sequence[Segment]) -> Turn:
    text = ""
    words: list[Word] = []
    for piece in pieces:
        text += joiner(piece.language) if text else ""
        words += _shifted(piece.words, len(text))
        text += piece.text
    return Turn(
        position=position,
        role=pieces[0].role,
        text=text,
        begin_ms=pieces[0].begin_ms,
        end_ms=max(piece.end_ms for piece in pieces),
        words=tuple(words),
        channel=pieces[0].channel,
    )


def _shifted(words: Iterable[Word], by: int) -> Iterator[Word]:
    return (replace(word, char_begin=word.char_begin + by, char_end=word.char_end + by) for word in words)
