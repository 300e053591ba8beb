"""Notes read in full, and what was found there moved back to the words that stand in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from data.types import Annotations, Channel, Entity, Span, Turn
from nlp.shorthand import Expanded, Shorthand

Reading: TypeAlias = Mapping[int, Expanded]
"""By the turn's position; a turn that is not there reads as it was written."""


def reading(turns: Iterable[Turn], channel: Channel, shorthand: Shorthand) -> Reading:
    """How the turns of a note read in full; only agents' notes are written in shorthand."""
    if channel is not Channel.NOTE:
        return {}
    expanded = ((turn.position, shorthand.expand(turn.text)) for turn in turns if not turn.words)
    return {position: found for position, found in expanded if found.swaps}


def in_full(turns: Sequence[Turn], read: Reading) -> tuple[Turn, ...]:
    return tuple(replace(turn, text=read[turn.position].text) if turn.position in read else turn for turn in turns)


def as_written(found: Annotations, turns: Sequence[Turn], read: Reading) -> Annotations:
    """With every place in the turns as they were written; phrases and highlights keep the words in full."""
    if not read:
        return found
    texts = {turn.position: turn.text for turn in turns}
    return replace(
        found,
        key_phrases=tuple(replace(one, span=_placed(one.span, read)) for one in found.key_phrases),
        entities=tuple(_entity(one, texts, read) for one in found.entities),
        highlights=tuple(
            replace(one, spans=tuple(_placed(span, read) for span in one.spans)) for one in found.highlights
        ),
    )


def _entity(entity: Entity, texts: Mapping[int, str], read: Reading) -> Entity:
    """A name is what stands there."""
    span = _placed(entity.span, read)
    return replace(entity, text=texts[span.turn][span.char_begin : span.char_end], span=span)


def _placed(span: Span, read: Reading) -> Span:
    if span.turn not in read:
        return span
    begin, end = read[span.turn].place(span.char_begin, span.char_end)
    return replace(span, char_begin=begin, char_end=end)
