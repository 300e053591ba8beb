"""From what the components left on Docs to values that point into turns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from data.types import KeyPhrase, Role, Span, Turn

if TYPE_CHECKING:
    from spacy.tokens import Doc

PHRASES = 20
"""Key phrases kept of one interaction."""
SCRIPTED = 0.6
"""What an agent's phrase counts: it may be a question from a script."""
REPEATED = 0.1
"""What each further mention adds."""


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


def key_phrases(turns: Sequence[Turn], docs: Sequence[Doc]) -> tuple[KeyPhrase, ...]:
    """The phrases that say most, best first; each once, where it comes first, with its further mentions counted.

    What a machine says (``system``) has none.
    """
    first: dict[str, KeyPhrase] = {}
    for turn, doc in zip(turns, docs, strict=True):
        if turn.role is Role.SYSTEM:
            continue
        share = SCRIPTED if turn.role is Role.AGENT else 1.0
        for phrase in doc._.phrases:
            score = phrase.score * share
            known = first.get(phrase.text)
            if known is None:
                span = span_of(turn, phrase.begin, phrase.end)
                first[phrase.text] = KeyPhrase(text=phrase.text, span=span, score=score)
            else:
                best = min(1.0, max(known.score, score) + REPEATED)
                first[phrase.text] = KeyPhrase(text=phrase.text, span=known.span, score=best)
    ranked = sorted(first.values(), key=lambda one: (-one.score, one.span.turn, one.span.char_begin, one.text))
    return tuple(ranked[:PHRASES])
