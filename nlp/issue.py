"""What a contact is about, in its own words: ``highlights.issue``.

Of a call, the customer's first statement of a problem, a wish or a question, not the greeting, the name or the account
number before it. Of an e-mail, the subject and the sentences of the newest text that carry most. Of a note, the clauses
before what the agent did. Nothing is written anew: every word stands in the spans (or in the subject line).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from data.types import Channel, Highlight, Role, Turn
from nlp import wording
from nlp.mail import bare_subject
from nlp.spans import span_of
from nlp.text import sentences, words

WORDS_CALL = 45
WORDS_TEXT = 60
"""More would dilute what the contact is about in its embedding."""
TURNS_SEARCHED = 12
"""A customer who has not said why after that many turns will hardly do so in one sentence."""
TELLING = 2
"""Fewer words than that, courtesy and names left out, state nothing ("the second one")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence, or the part of it that says something; ``weight`` grows with what it says."""

    turn: Turn
    begin: int
    end: int
    weight: float

    @property
    def text(self) -> str:
        return self.turn.text[self.begin : self.end]

    @property
    def size(self) -> int:
        return len(words(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoIssue:
    """Why no issue could be taken: ``text.junk`` or ``text.no_statement``."""

    reason_code: str


def find_issue(turns: Sequence[Turn], *, channel: Channel, subject: str | None) -> Highlight | NoIssue:
    """The issue of one contact, from redacted turns."""
    spoken = _customers(turns)
    chosen = _chosen(spoken, channel)
    line = _telling_subject(subject)
    if not chosen and not line:
        return NoIssue(reason_code="text.junk" if all(is_junk(turn.text) for turn in spoken) else "text.no_statement")
    parts = [line] if line and line.lower() not in " ".join(part.text for part in chosen).lower() else []
    return Highlight(
        kind="issue",
        text=" ".join(_closed(part) for part in [*parts, *(statement.text for statement in chosen)]),
        spans=tuple(span_of(statement.turn, statement.begin, statement.end) for statement in chosen),
        confidence=_confidence(chosen, line),
    )


def is_junk(text: str) -> bool:
    """Whether an answer answers nothing: "n/a", "-", "nothing", "…", or no letter at all."""
    bare = re.sub(r"[\s.!?,;:。！]+$", "", text.strip().lower()).replace("’", "'")
    return bare in wording.JUNK or not words(bare) or (len(bare) < 3 and bare.isascii())


def _customers(turns: Sequence[Turn]) -> list[Turn]:
    """The customer's turns; where no role is known, all but the machine's."""
    customer = [turn for turn in turns if turn.role is Role.CUSTOMER]
    return customer or [turn for turn in turns if turn.role is not Role.SYSTEM]


def _chosen(turns: Sequence[Turn], channel: Channel) -> list[Statement]:
    """The statements that make the issue, in the order of the text."""
    if channel in (Channel.VOICE, Channel.CHAT):
        return _first_matter(list(_statements(turns[:TURNS_SEARCHED], _sentence_parts)))
    parts = _note_parts if channel is Channel.NOTE else _sentence_parts
    return _weightiest(list(_statements(turns, parts)))


def _first_matter(statements: Sequence[Statement]) -> list[Statement]:
    """The first statement that is about as weighty as any, and what is said right after it."""
    if not statements:
        return []
    best = max(statement.weight - 0.1 * number for number, statement in enumerate(statements))
    first = next(number for number, statement in enumerate(statements) if statement.weight >= 0.5 * best)
    chosen = [statements[first]]
    for statement in statements[first + 1 : first + 4]:
        near = statement.turn.position - chosen[-1].turn.position <= 2
        if not near or statement.weight < 1 or sum(part.size for part in chosen) + statement.size > WORDS_CALL:
            break
        chosen.append(statement)
    return chosen


def _weightiest(statements: Sequence[Statement]) -> list[Statement]:
    """All where they are few; else the weightiest, earlier ones first among equals."""
    ranked = sorted(enumerate(statements), key=lambda pair: (-pair[1].weight * (0.97 ** pair[0]), pair[0]))
    chosen: dict[int, Statement] = {}
    room = WORDS_TEXT
    for number, statement in ranked:
        if statement.size <= room or not chosen:
            chosen[number] = statement
            room -= statement.size
    return [chosen[number] for number in sorted(chosen)]


def _statements(turns: Sequence[Turn], parts: Callable[[str], Iterator[tuple[int, int]]]) -> Iterator[Statement]:
    for turn in turns:
        for begin, end in parts(turn.text):
            text = turn.text[begin:end]
            weight = _weight(text)
            scripted = turn.role is not Role.CUSTOMER and wording.AGENT.search(text)
            if weight and not scripted and not is_junk(text):
                yield Statement(turn=turn, begin=begin, end=end, weight=weight)


def _sentence_parts(text: str) -> Iterator[tuple[int, int]]:
    """Each sentence without greeting, filler and the caller's name in front."""
    for sentence in sentences(text):
        begin = sentence.begin + _lead(sentence.text)
        if begin < sentence.end and not wording.IDENTIFICATION.match(text[begin : sentence.end]):
            yield begin, sentence.end


def _note_parts(text: str) -> Iterator[tuple[int, int]]:
    """The clauses of a note up to the first that says what the agent did."""
    begin = match.end() if (match := wording.NOTE_LEAD.match(text)) else 0
    for end, after in [*(mark.span() for mark in wording.CLAUSE.finditer(text, begin)), (len(text), len(text))]:
        if wording.NOTE_ACTION.match(text[begin:end]):
            return
        if begin < end:
            yield begin, end
        begin = after


def _lead(text: str) -> int:
    """How many characters in front say nothing."""
    position = 0
    for _ in range(6):
        rest = text[position:]
        match = wording.CALLER.match(rest) or wording.LEAD_IN.match(rest)
        if not match or not match.end():
            break
        position += match.end()
    return position


def _weight(text: str) -> float:
    """0 for courtesy and fragments; else more for a problem, a wish or a question, and for words that say something."""
    found = words(text)
    telling = [word for word in found if word not in wording.COURTESY]
    cues = min(2, len(set(wording.CUES.findall(text))))
    if len(telling) < TELLING and not (cues and len(found) > 1):
        return 0.0
    return cues + min(len(telling), 10) / 10


def _telling_subject(subject: str | None) -> str:
    line = bare_subject(subject)
    plain = line.lower().strip(" .!?:") in wording.PLAIN_SUBJECTS
    return "" if plain or is_junk(line) or len(words(line)) < 2 else line


def _closed(text: str) -> str:
    """With a full stop, so that parts that were apart do not run together."""
    text = text.strip().rstrip(",;:–-")
    return text if not text or text[-1] in ".!?…。！？" else f"{text}."


def _confidence(chosen: Sequence[Statement], subject: str) -> float:
    weight = max((statement.weight for statement in chosen), default=0.0)
    return round(min(0.95, 0.35 + 0.2 * weight + (0.1 if subject else 0.0)), 2)
