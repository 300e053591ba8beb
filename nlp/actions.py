"""What happens next, in the words of a contact: ``highlights.action``, labelled by who is to do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.types import Highlight
from nlp.closing import Passage
from nlp.issue_statements import stem
from nlp.spans import span_of
from nlp.text import words

AT_MOST = 4
LEAST = 0.5
"""The confidence below which nothing is claimed."""
SURE = 0.9
OFFERED = 0.75
"""What is left where it was offered, and agreed to."""
EARLY, EARLY_CUSTOMER = 0.55, 0.1
"""What is left at the begin of a contact: what a customer is told to do there is done in it, step by step."""
SAME = 0.6
"""Share of words that two actions have in common where they are one."""
DONE = 0.5
"""And of words that an action has in common with what was done later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    label: str
    passage: Passage
    begin: int
    end: int
    confidence: float

    @property
    def text(self) -> str:
        return self.passage.turn.text[self.begin : self.end]


def find_actions(said: Sequence[Passage], outcomes: Sequence[Highlight] = ()) -> tuple[Highlight, ...]:
    """The surest, in the order in which they are said; ``agent`` stands for the whole company.

    What was announced and then done, as the outcomes say, is nothing that is to come.
    """
    done = [(one.spans[-1].turn, one.text) for one in outcomes if one.label not in ("promised", "unresolved")]
    chosen: list[_Found] = []
    for found in sorted(filter(None, map(_action, said)), key=lambda one: -one.confidence):
        position = found.passage.turn.position
        over = any(turn > position and _alike(found.text, text, DONE) for turn, text in done)
        if len(chosen) < AT_MOST and not over and not any(_alike(found.text, one.text) for one in chosen):
            chosen.append(found)
    chosen.sort(key=lambda one: (one.passage.turn.position, one.begin))
    return tuple(map(_highlight, chosen))


def _action(passage: Passage) -> _Found | None:
    for kind, by_agent, share in (("action", passage.by_agent, 1.0), ("due", False, 1.0), ("offer", True, OFFERED)):
        if passage.telling and (match := passage.find(kind)) and (kind != "offer" or passage.agreed):
            early = EARLY if by_agent else EARLY_CUSTOMER
            late = passage.late if by_agent else passage.late**2
            sure = SURE * share * (early + (1 - early) * late) * passage.holds
            if sure >= LEAST:
                begin, end = passage.clause(match)
                label = "agent" if by_agent else "customer"
                return _Found(label=label, passage=passage, begin=begin, end=end, confidence=round(sure, 2))
    return None


def _alike(one: str, other: str, share: float = SAME) -> bool:
    first, second = (frozenset(map(stem, words(text))) for text in (one, other))
    return len(first & second) >= share * min(len(first), len(second))


def _highlight(found: _Found) -> Highlight:
    turn = found.passage.turn
    return Highlight(
        kind="action",
        label=found.label,
        text=found.text,
        spans=(span_of(turn, found.begin, found.end),),
        confidence=found.confidence,
    )
