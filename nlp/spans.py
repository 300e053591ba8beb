"""Where in a contact something is said."""

from __future__ import annotations

from data.types import Span, Turn


def span_of(turn: Turn, begin: int, end: int) -> Span:
    """Characters of a turn, with the time of the words they touch."""
    said = [word for word in turn.words if word.char_begin < end and begin < word.char_end]
    return Span(
        turn=turn.position,
        char_begin=begin,
        char_end=end,
        begin_ms=min((word.begin_ms for word in said), default=turn.begin_ms),
        end_ms=max((word.end_ms for word in said), default=turn.end_ms),
    )
