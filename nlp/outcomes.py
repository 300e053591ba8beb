"""What came of a contact, in its own words: ``highlights.outcome``, labelled by what it came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from data.types import Highlight, Span
from nlp.closing import Passage
from nlp.closing_cues import OUTCOMES
from nlp.spans import span_of

AT_MOST = 3
LEAST = 0.45
"""The confidence below which nothing is claimed."""
SURE = {
    "resolved": 0.95,
    "unresolved": 0.85,
    "escalated": 0.9,
    "refunded": 0.95,
    "cancelled": 0.9,
    "promised": 0.75,
    "done": 0.85,
}
"""How far a phrase of each kind can be believed, said at the end of a contact and naming what it is about."""
EARLY, EARLY_CUSTOMER = 0.45, 0.15
"""What is left of that at the begin of a contact: what a customer says there is why they called."""
WORKS = 0.8
"""What "it works" counts at least."""
ANSWERED = 0.6
"""What is left of a complaint that the agent has answered with more than words."""
NEAR = 4
"""Turns in which what was proposed stands before "that's done"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    label: str
    number: int
    """Of its passage."""
    passage: Passage
    begin: int
    end: int
    confidence: float


def find_outcomes(said: Sequence[Passage], issues: Sequence[Highlight] = ()) -> tuple[Highlight, ...]:
    """The surest first, one of a kind; none where nothing is claimed to have come of it.

    What states the issue is no outcome of it.
    """
    stated = [span for issue in issues for span in issue.spans]
    best: dict[str, _Found] = {}
    for found in _outcomes(said):
        known = best.get(found.label)
        if not _states(found, stated) and (known is None or found.confidence >= known.confidence):
            best[found.label] = found
    ranked = sorted(_consistent(best), key=lambda one: -one.confidence)
    return tuple(_highlight(one, said) for one in ranked[:AT_MOST] if one.confidence >= LEAST)


def _outcomes(said: Sequence[Passage]) -> Iterator[_Found]:
    for number, passage in enumerate(said):
        for label in OUTCOMES:
            if match := passage.find(label):
                early = EARLY if passage.by_agent else EARLY_CUSTOMER
                # "It works!" need not say what.
                holds = max(passage.holds, WORKS * passage.plain) if label == "resolved" else passage.holds
                sure = SURE[label] * (early + (1 - early) * passage.late) * holds
                begin, end = passage.clause(match)
                yield _Found(
                    label=label, number=number, passage=passage, begin=begin, end=end, confidence=round(sure, 2)
                )
                break


def _states(found: _Found, stated: Sequence[Span]) -> bool:
    """Whether it is the issue. What a note tells of it may go on to what was done, but does not begin with that."""
    position = found.passage.turn.position
    if found.passage.by_agent and found.label != "unresolved":
        stated = stated[:1]
    return any(span.turn == position and span.char_begin < found.end and found.begin < span.char_end for span in stated)


def _consistent(best: dict[str, _Found]) -> list[_Found]:
    """Of "it works" and "it does not" the later; a complaint counts less where the agent acts after it."""
    bad, good = best.get("unresolved"), best.get("resolved")
    if bad is None:
        return list(best.values())
    if good is not None and good.number > bad.number:
        return [found for found in best.values() if found is not bad]
    answered = not bad.passage.by_agent and any(one.number > bad.number for one in best.values() if one is not bad)
    kept = replace(bad, confidence=round(bad.confidence * (ANSWERED if answered else 1), 2))
    return [kept, *(found for found in best.values() if found is not bad and found is not good)]


def _highlight(found: _Found, said: Sequence[Passage]) -> Highlight:
    turn = found.passage.turn
    parts = [(turn, found.begin, found.end)]
    if found.passage.telling <= 1 and found.label == "done" and (proposal := _proposal(found, said)) is not None:
        parts = [(proposal.turn, proposal.begin, proposal.end), *parts]
    return Highlight(
        kind="outcome",
        label=found.label,
        text=" ".join(turn.text[begin:end] for turn, begin, end in parts),
        spans=tuple(span_of(*part) for part in parts),
        confidence=found.confidence,
    )


def _proposal(found: _Found, said: Sequence[Passage]) -> Passage | None:
    """What "that's done" refers to: the agent's offer shortly before."""
    for passage in reversed(said[: found.number]):
        if passage.turn.position < found.passage.turn.position - NEAR:
            return None
        if passage.by_agent and passage.telling > 1 and (passage.find("action") or passage.find("offer")):
            return passage
    return None
