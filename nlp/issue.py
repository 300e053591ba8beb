"""What a contact is about, in its own words: ``highlights.issue``.

Of a call, the customer's statement of a problem, a wish or a question, not the greeting, the name or the account number
before it, and each further matter that comes up later. Of an e-mail, the subject and the sentences of the newest text
that say most. Of a note or a survey answer, the clauses that say why. Nothing is written anew: every word stands in the
spans (or in the subject line).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.types import Channel, Highlight, Turn
from nlp import wording
from nlp.issue_cues import cues
from nlp.issue_notes import answer_parts, note_parts
from nlp.issue_statements import Cut, Statement, sentence_parts, statements
from nlp.junk import is_junk, junk_in
from nlp.mail import bare_subject
from nlp.spans import span_of
from nlp.text import words

__all__ = ["NoIssue", "find_issues"]

WORDS_CALL = 45
WORDS_TEXT = 60
"""More would dilute what the contact is about in its embedding."""
FIRST = 0.6
"""The first statement that has this share of the best one's weight is the reason: what follows explains it."""
SEVERAL = 4
"""Reasons of one contact: who names more is listing, not asking."""
FURTHER = 1.5
UNMARKED = 2.5
"""The weight from which a statement may open a further matter, with and without a word that says so."""
NEW = 0.4
NEW_UNMARKED = 0.6
"""Of the telling words of a further matter, at least this share was not said before."""
EXPLAINS = 1.2
"""The weight from which what is said next explains what was said first."""
WEAK = 0.3
"""With less than this share of the best one's weight, a part of an answer is left out."""
TELLING = 3
"""With fewer telling words it is not clear what a statement is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoIssue:
    """Why no issue could be taken: ``text.empty``, ``text.junk`` or ``text.no_statement``."""

    reason_code: str


def find_issues(
    turns: Sequence[Turn], *, channel: Channel, subject: str | None = None, language: str = "en"
) -> tuple[Highlight, ...] | NoIssue:
    """The issues of one contact, from redacted turns: the primary one first, then the others as they come up."""
    table = cues(language)
    spoken = channel in (Channel.VOICE, Channel.CHAT)
    said = statements(turns, table, _cut(channel))
    if channel is Channel.SURVEY:
        said = _telling(said)
    line = _telling_subject(subject)
    if not said and not line:
        return NoIssue(reason_code=junk_in(turns) or "text.no_statement")
    groups = _matters(said, spoken=spoken)
    first = _highlight(groups[0] if groups else [], line)
    return (first, *(_highlight(group, "") for group in groups[1:]))


def _cut(channel: Channel) -> Cut:
    return {Channel.NOTE: note_parts, Channel.SURVEY: answer_parts}.get(channel, sentence_parts)


def _telling(said: Sequence[Statement]) -> list[Statement]:
    """Of an answer what says why: not the kind word beside the complaint, nor the aside."""
    best = max((statement.weight for statement in said), default=0.0)
    return [statement for statement in said if statement.weight >= WEAK * best]


def _matters(said: Sequence[Statement], *, spoken: bool) -> list[list[Statement]]:
    """The statements of each reason, the primary one's first."""
    if not said:
        return []
    begins = [_first(said) if spoken else 0]
    for number in range(begins[0] + 1, len(said)):
        if len(begins) < SEVERAL and _opens(said[number], said[begins[-1]], spoken=spoken):
            begins.append(number)
    stretches = [said[begin:end] for begin, end in zip(begins, [*begins[1:], len(said)], strict=True)]
    return [_told(stretch) for stretch in stretches] if spoken else [_weightiest(stretch) for stretch in stretches]


def _first(said: Sequence[Statement]) -> int:
    best = max(statement.weight for statement in said)
    return next(number for number, statement in enumerate(said) if statement.weight >= FIRST * best)


def _opens(statement: Statement, begun: Statement, *, spoken: bool) -> bool:
    """Whether another matter begins here: announced or asked for, and in words that nobody had said before.

    Where the agent is not heard, nobody asks "anything else?": there a plain wish in a later turn will do.
    """
    new = len(statement.new) / max(1, len(statement.stems))
    if statement.marked:
        told = statement.complains and statement.announced and spoken
        return new >= NEW and statement.weight >= FURTHER and (statement.wishes or told)
    later = spoken and statement.alone and statement.turn is not begun.turn
    return later and statement.wishes and new >= NEW_UNMARKED and statement.weight >= UNMARKED


def _told(stretch: Sequence[Statement]) -> list[Statement]:
    """The first and what explains it: said in one breath, or later while it is not clear yet what it is about."""
    chosen, between = [stretch[0]], list[Statement]()
    for statement in stretch[1:5]:
        breath = statement.turn is chosen[0].turn and statement.exchange == chosen[0].exchange
        clear = sum(one.telling for one in chosen) >= TELLING
        near = statement.turn.position - chosen[-1].turn.position <= 2
        if not breath and (clear or not near):
            break
        between.append(statement)
        if _size([*chosen, *between]) > WORDS_CALL:
            break
        if statement.weight >= EXPLAINS:
            chosen, between = [*chosen, *between], []
    return chosen


def _weightiest(stretch: Sequence[Statement]) -> list[Statement]:
    """All where they are few; else the weightiest, earlier ones first among equals."""
    ranked = sorted(enumerate(stretch), key=lambda pair: (-pair[1].weight * (0.97 ** pair[0]), pair[0]))
    chosen: dict[int, Statement] = {}
    room = WORDS_TEXT
    for number, statement in ranked:
        if statement.size <= room or not chosen:
            chosen[number] = statement
            room -= statement.size
    return [chosen[number] for number in sorted(chosen)]


def _size(chosen: Sequence[Statement]) -> int:
    return sum(statement.size for statement in chosen)


def _highlight(chosen: Sequence[Statement], subject: str) -> Highlight:
    said = " ".join(statement.text for statement in chosen)
    parts = [subject] if subject and subject.lower() not in said.lower() else []
    return Highlight(
        kind="issue",
        text=" ".join(_closed(part) for part in [*parts, *(statement.text for statement in chosen)]),
        spans=tuple(span_of(statement.turn, statement.begin, statement.end) for statement in chosen),
        confidence=_confidence(chosen, subject),
    )


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
    return round(min(0.95, 0.35 + 0.1 * weight + (0.1 if subject else 0.0)), 2)
