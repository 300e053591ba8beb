"""A contact in three lines, each an extract: what it was about, what was done, and how it ended or goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from data.types import Highlight
from nlp.text import sentences

LONGEST = 30
"""Words of a line."""
NEXT = 0.7
"""What an action's confidence counts beside an outcome's: how it ended says more than what is to follow."""
DONE = ("refunded", "cancelled", "escalated", "done")
ENDED = ("resolved", "unresolved", "promised")


def summary(highlights: Sequence[Highlight]) -> tuple[Highlight, ...]:
    """Up to three of a contact's highlights, shortened; a line is missing where nothing of its kind was said."""
    issue = next(_of(highlights, "issue"), None)
    done = _surest(one for one in _of(highlights, "outcome") if one.label in DONE)
    ended = [one for one in _of(highlights, "outcome") if one.label in ENDED]
    last = _surest(one for one in (*ended, *_of(highlights, "action")) if not _same(one, done))
    lines = (issue, done, last)
    return tuple(replace(line, text=shortened(line.text)) for line in lines if line is not None)


def shortened(text: str) -> str:
    """Its first whole sentences, up to thirty words; of a longer one its begin."""
    taken = ""
    for sentence in sentences(text):
        longer = f"{taken} {sentence.text}".strip()
        if taken and len(longer.split()) > LONGEST:
            break
        taken = longer
    said = taken.split()
    return taken if len(said) <= LONGEST else " ".join(said[:LONGEST]).rstrip(",;:") + " …"


def _of(highlights: Iterable[Highlight], kind: str) -> Iterator[Highlight]:
    return (one for one in highlights if one.kind == kind)


def _surest(highlights: Iterable[Highlight]) -> Highlight | None:
    return max(highlights, key=lambda one: one.confidence * (1 if one.kind == "outcome" else NEXT), default=None)


def _same(one: Highlight, other: Highlight | None) -> bool:
    return other is not None and any(
        a.turn == b.turn and a.char_begin < b.char_end and b.char_begin < a.char_end
        for a in one.spans
        for b in other.spans
    )
