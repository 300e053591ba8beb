"""Numbers that are said over several turns, a few digits at a time, and read back by who listens.

A chain is turns of little but digits, with short answers between them ("okay", "go on"). What its speakers have said in
all decides what it is; then every piece of it is masked, as the one value that it is part of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.redaction.detection import Detection
from nlp.redaction.digits import Run, runs
from nlp.redaction.numbers import NEAR, TOPIC, classify, counts

CHATTER = 6
"""Words beside the digits of a turn that is a piece of a number, and in a turn that only says to go on."""
LONGEST = 500
"""Characters of a turn that may be a piece of a number."""
PAUSES = 3
"""Turns without digits between two pieces."""
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The digits of one turn."""

    turn: int
    speaker: str
    runs: tuple[Run, ...]


def find_spread(texts: Sequence[str], speakers: Sequence[str]) -> list[list[Detection]]:
    """What is found in each text; ``speakers`` are any names, the same for who is the same."""
    found: list[list[Detection]] = [[] for _ in texts]
    for chain in _chains(texts, speakers):
        kind, value = _meaning(chain, texts)
        if kind:
            for piece in chain:
                found[piece.turn] += [
                    Detection(type=kind, begin=run.begin, end=run.end, score=0.95, value=value) for run in piece.runs
                ]
    return found


def said_before(texts: Sequence[str], turn: int) -> str:
    """The turn before this one, and where that only says to go on, the ones before it."""
    before: list[str] = []
    for text in reversed(texts[max(0, turn - PAUSES) : turn]):
        before.insert(0, text)
        if len(text) > LONGEST or len(WORD.findall(text)) > CHATTER or "?" in text:
            break
    return " ".join(before)


def _chains(texts: Sequence[str], speakers: Sequence[str]) -> Iterator[list[Piece]]:
    """The chains of two turns or more."""
    chain: list[Piece] = []
    pauses = 0
    for turn, (text, speaker) in enumerate(zip(texts, speakers, strict=True)):
        brief = text if len(text) <= LONGEST else ""
        some = tuple(run for run in runs(brief, at_least=1) if not counts(text, run))
        others = _others(text, some)
        if others:
            # Alone in its turn "2026" is four digits of a number, in a sentence it is a year.
            some = tuple(run for run in some if not run.years)
        if some and others <= CHATTER + sum(len(run.digits) for run in some) // 4:
            chain.append(Piece(turn=turn, speaker=speaker, runs=some))
            pauses = 0
        elif chain and not some and others <= CHATTER and pauses < PAUSES and not TOPIC.search(text):
            pauses += 1
        else:
            if len(chain) > 1:
                yield chain
            chain = []
            # A number that begins at the end of a sentence: "sure, my card number is four one one one".
            if some and text[some[-1].end :].strip(" .,!?") == "" and len(some[-1].digits) > 1:
                chain = [Piece(turn=turn, speaker=speaker, runs=some[-1:])]
            pauses = 0
    if len(chain) > 1:
        yield chain


def _others(text: str, some: Sequence[Run]) -> int:
    """Words that are no digits."""
    return sum(1 for word in WORD.finditer(text) if not any(run.begin <= word.start() < run.end for run in some))


def _meaning(chain: Sequence[Piece], texts: Sequence[str]) -> tuple[str | None, str]:
    """What the number is, and its digits: those of the speaker who said most."""
    said: dict[str, list[str]] = {}
    for piece in chain:
        said.setdefault(piece.speaker, []).extend(group for run in piece.runs for group in run.groups)
    groups = max(said.values(), key=lambda some: sum(map(len, some)))
    whole = Run(begin=0, end=0, groups=tuple(groups), spoken=True)
    first = chain[0]
    before = " ".join(texts[max(0, first.turn - 2) : first.turn])[-2 * NEAR :]
    cue = f"{before} {texts[first.turn][: first.runs[0].begin][-NEAR:]}"
    return classify(whole, cue, grouped_by_four=False), whole.digits
