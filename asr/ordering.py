"""Segments whose times never run backwards within a channel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from asr.turns import part
from data.types import Segment

Place = tuple[int, int, int]
"""Begin of a word, its segment's and its own number; of a segment without words the first word's would be."""


def in_order(segments: Iterable[Segment]) -> list[Segment]:
    """By begin time over all channels. What lies within another segment of its channel, as a sentence that was passed
    over at first does, cuts that one in two."""
    own = list(segments)
    channels = dict.fromkeys(segment.channel for segment in own)
    pieces = (piece for channel in channels for piece in _cut([one for one in own if one.channel == channel]))
    return sorted(pieces, key=lambda piece: (piece.begin_ms, piece.channel))


def _cut(segments: Sequence[Segment]) -> Iterator[Segment]:
    """The segments of one channel, in the order of their words."""
    for number, group in groupby(sorted(_places(segments)), key=lambda place: place[1]):
        segment, words = segments[number], [word for _, _, word in group]
        whole = len(words) >= len(segment.words)
        yield segment if whole else part(segment, segment.words[words[0] : words[-1] + 1])


def _places(segments: Sequence[Segment]) -> Iterator[Place]:
    for number, segment in enumerate(segments):
        yield from ((word.begin_ms, number, at) for at, word in enumerate(segment.words))
        if not segment.words:
            yield segment.begin_ms, number, 0
