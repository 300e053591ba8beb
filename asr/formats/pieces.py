"""A turn in the smallest pieces that a subtitle may be cut into, each with its time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from asr.formats.wording import columns, is_wide, shown
from data.types import Turn

TOKEN = re.compile(r"\s*\S+\s*")
CLOSING = "。，、！？；：）」』》】”’.,!?;:)]}%…"
"""These stand at no line's beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """``text`` has the blank that follows it, and times are milliseconds of the recording."""

    text: str
    begin_ms: int
    end_ms: int


def pieces(turn: Turn, *, widest: int) -> tuple[Piece, ...]:
    """The turn's whole text in order, in pieces of at most ``widest`` columns; times never decrease.

    A border between pieces is where a line or a cue may end. Within a word, and in a turn without word times, time
    passes evenly over the characters.
    """
    tokens = [token for spoken in _spoken(turn) for token in _tokens(spoken)]
    narrow = [part for piece in tokens for part in _narrowed(piece, widest)]
    return tuple(_joined(narrow, widest))


def _spoken(turn: Turn) -> Iterator[Piece]:
    """The text of each word up to the next one's, so that what stands between words is in it too."""
    if turn.begin_ms is None or turn.end_ms is None:
        return
    if not turn.words:
        yield Piece(text=turn.text, begin_ms=turn.begin_ms, end_ms=max(turn.begin_ms, turn.end_ms))
        return
    borders = [0]
    for word in turn.words[1:]:
        borders.append(max(borders[-1], min(word.char_begin, len(turn.text))))
    at_ms = 0
    for word, (begin, end) in zip(turn.words, pairwise([*borders, len(turn.text)]), strict=True):
        at_ms = max(at_ms, word.begin_ms)
        yield Piece(text=turn.text[begin:end], begin_ms=at_ms, end_ms=max(at_ms, word.end_ms))


def _tokens(spoken: Piece) -> Iterator[Piece]:
    found = [(match.start(), match.end()) for match in TOKEN.finditer(spoken.text)]
    for begin, end in found:
        token = _part(spoken, begin, end) if len(found) > 1 else spoken
        if text := shown(token.text):
            yield replace(token, text=text + " " if token.text[-1:].isspace() else text)


def _part(piece: Piece, begin: int, end: int) -> Piece:
    share = (piece.end_ms - piece.begin_ms) / max(1, len(piece.text))
    return Piece(
        text=piece.text[begin:end],
        begin_ms=piece.begin_ms + int(begin * share),
        end_ms=piece.end_ms if end == len(piece.text) else piece.begin_ms + int(end * share),
    )


def _narrowed(piece: Piece, widest: int) -> Iterator[Piece]:
    """A word too long for a line is cut wherever the line ends: it has no better place."""
    begin, width = 0, 0
    text = piece.text.rstrip()
    for at, char in enumerate(text):
        width += columns(char)
        if width > widest:
            end = at - 1 if char in CLOSING and begin < at - 1 else at
            yield _part(piece, begin, end)
            begin, width = end, columns(text[end : at + 1])
    yield _part(piece, begin, len(piece.text)) if begin else piece


def _joined(found: Iterable[Piece], widest: int) -> Iterator[Piece]:
    """Pieces between which nothing may end become one, as far as it fits."""
    last: Piece | None = None
    for piece in found:
        if last and not _may_end(last, piece) and columns((last.text + piece.text).rstrip()) <= widest:
            last = Piece(text=last.text + piece.text, begin_ms=last.begin_ms, end_ms=max(last.end_ms, piece.end_ms))
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last


def _may_end(one: Piece, other: Piece) -> bool:
    if one.text.endswith(" "):
        return True
    return other.text[0] not in CLOSING and (is_wide(one.text[-1]) or is_wide(other.text[0]))


def text_of(found: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in found).strip()
