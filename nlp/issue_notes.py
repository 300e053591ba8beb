"""Notes and survey answers in clauses, and which of them may say why the customer got in touch."""

from __future__ import annotations

from collections.abc import Iterator

from nlp import wording
from nlp.issue_statements import sentence_parts


def note_parts(text: str) -> Iterator[tuple[int, int]]:
    """The clauses of a note up to the first that says what the agent did; the others where it begins with that.

    Where the note itself says "reason:" or "issue:", what follows that.
    """
    labelled = wording.NOTE_REASON.search(text)
    begin = labelled.end() if labelled else 0
    rest = wording.NOTE_REST.search(text, begin)
    told = wording.NOTE_LEAD.match(text, begin)
    said = list(clauses(text, told.end() if told else begin, rest.start() if rest else len(text)))
    done = [bool(wording.NOTE_ACTION.match(text[begin:end])) for begin, end in said]
    # "Cust told by shop that …" is not what the agent told.
    first = 0 if told and text[begin : told.end()].strip() else next((at for at, it in enumerate(done) if not it), 0)
    for number in range(first, len(done)):
        if done[number] and number > first:
            return
        yield said[number]


def answer_parts(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of an answer, cut where it turns: "the agent was kind, but my line is still dead"."""
    for begin, end in sentence_parts(text):
        for turn in wording.CONTRAST.finditer(text, begin, end):
            if turn.start() > begin:
                yield begin, turn.start()
            begin = turn.end()
        if begin < end:
            yield begin, end


def clauses(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Where each clause of a note stands, as its writer set them apart."""
    marks = [mark.span() for mark in wording.CLAUSE.finditer(text, begin, end)]
    for stop, after in [*marks, (end, end)]:
        if begin < stop:
            yield begin, stop
        begin = after
