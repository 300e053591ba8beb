"""The phrases that say most of a contact, each once in whatever way it is spelt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.types import KeyPhrase, Role, Span, Turn
from nlp.background import Background
from nlp.spans import span_of
from nlp.spelling import merged_keys, phrase_key

if TYPE_CHECKING:
    from spacy.tokens import Doc

PHRASES = 20
"""Kept of one contact."""
SCRIPTED = 0.6
"""What an agent's phrase counts: it may be a question from a script."""
REPEATED = 0.1
"""What each further mention adds."""


@dataclass(slots=True)
class _Phrase:
    """All mentions of one phrase. ``says`` is what it says by itself, whatever the tenant's other contacts say."""

    key: str
    says: float = 0.0
    spellings: Counter[str] = field(default_factory=Counter)
    first: dict[str, Span] = field(default_factory=dict)

    def mention(self, text: str, span: Span, score: float) -> None:
        self.says = min(1.0, max(self.says, score) + (REPEATED if self.spellings else 0.0))
        self.spellings[text] += 1
        self.first.setdefault(text, span)

    def found(self, background: Background) -> KeyPhrase:
        """In its most frequent spelling, where that comes first."""
        text = max(self.spellings, key=self.spellings.__getitem__)
        score = round(self.says * background.weight(self.key), 4)
        return KeyPhrase(text=text, span=self.first[text], score=score, key=self.key, mentions=self.spellings.total())


def key_phrases(turns: Sequence[Turn], docs: Sequence[Doc], background: Background) -> tuple[KeyPhrase, ...]:
    """Best first. What a machine says (``system``) has none.

    Which are kept depends on the contact alone: else what is counted would depend on what was counted before.
    """
    found: dict[str, _Phrase] = {}
    mentions = list(_mentions(turns, docs))
    merged = merged_keys(list(dict.fromkeys(phrase_key(text) for text, _, _ in mentions)))
    for text, span, score in mentions:
        key = merged[phrase_key(text)]
        found.setdefault(key, _Phrase(key)).mention(text, span, score)
    kept = sorted(found.values(), key=lambda one: (-one.says, next(iter(one.first.values())).turn, one.key))[:PHRASES]
    ranked = (one.found(background) for one in kept if one.key)
    return tuple(sorted(ranked, key=lambda one: (-one.score, one.span.turn, one.span.char_begin, one.text)))


def _mentions(turns: Sequence[Turn], docs: Sequence[Doc]) -> Iterator[tuple[str, Span, float]]:
    for turn, doc in zip(turns, docs, strict=True):
        if turn.role is not Role.SYSTEM:
            share = SCRIPTED if turn.role is Role.AGENT else 1.0
            for phrase in doc._.phrases:
                yield phrase.text, span_of(turn, phrase.begin, phrase.end), phrase.score * share
