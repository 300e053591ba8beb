"""Notes and survey answers in clauses, and which of them may say why the customer got in touch."""

from __future__ import annotations

from collections.abc import Iterator

from nlp import wording
from nlp.issue_statements import sentence_parts


def note_parts(text: str) -> Iterator[tuple[int, int]]:
    """The clauses of a note up to the first that says what the agent did; the others where it begins with that."""
    clauses = list(_clauses(text))
    done = [bool(wording.NOTE_ACTION.match(text[begin:end])) for begin, end in clauses]
    first = next((number for number, action in enumerate(done) if not action), len(done))
    for number in range(first, len(done)):
        if done[number]:
            return
        yield clauses[number]


def answer_parts(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of an answer, cut where it turns: "the agent was kind, but my line is still dead"."""
    for begin, end in sentence_parts(text):
        for turn in wording.CONTRAST.finditer(text, begin, end):
            if turn.start() > begin:
                yield begin, turn.start()
            begin = turn.end()
        if begin < end:
            yield begin, end


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    begin = match.end() if (match := wording.NOTE_LEAD.match(text)) else 0
    for end, after in [*(mark.span() for mark in wording.CLAUSE.finditer(text, begin)), (len(text), len(text))]:
        if begin < end:
            yield begin, end
        begin = after
