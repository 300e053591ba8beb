"""Who contacted the company about what, when and how: all of it drawn from one seed, so always the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from data.samples.people import AGENTS, Agent, Customer, customers
from data.samples.texts import NO_REASON, REASONS, RISING, Answer, Letter, Statements, empty_answers, statements

FIRST_DAY = dt.datetime(2026, 10, 5, tzinfo=dt.UTC)
"""A Monday; the fortnight ends on Sunday the 18th."""
_SEED = 20261005
_EARLY = {"mail": 2, "note": 4, "answer": 6}
"""How many of the rising reason's texts, the first of each list, fall in the first week."""
_WEEKDAYS = (6, 5, 5, 5, 5, 3, 1)
_KNOWN_SHARE = {"mail": 1.0, "note": 0.94, "answer": 0.93}
_LEANING_SHARE = 0.7
_CODES = tuple(statements(reason).wrap_up_code for reason in REASONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One written contact; ``customer`` is None where nobody noted who it was."""

    id: str
    reason: str
    text: str
    at: dt.datetime
    customer: Customer | None
    queue: str
    subject: str = ""
    agent: Agent | None = None
    wrap_up_code: str | None = None
    csat: int | None = None
    nps: int | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fortnight:
    """The written contacts, each kind in order of time."""

    mails: tuple[Contact, ...]
    notes: tuple[Contact, ...]
    answers: tuple[Contact, ...]


def fortnight() -> Fortnight:
    known = tuple(statements(reason) for reason in REASONS)
    mails, notes, answers = (_Draw(kind) for kind in ("mail", "note", "answer"))
    return Fortnight(
        mails=_ordered(mails.mails(known), "mail"),
        notes=_ordered(notes.notes(known), "note"),
        answers=_ordered(answers.answers(known), "answer"),
    )


def week_of(at: dt.datetime) -> int:
    return 1 + (at - FIRST_DAY).days // 7


def _ordered(contacts: Iterator[Contact], kind: str) -> tuple[Contact, ...]:
    """By time, numbered in that order."""
    found = sorted(contacts, key=lambda contact: (contact.at, contact.text))
    return tuple(replace(contact, id=f"{kind}-{number:03d}") for number, contact in enumerate(found, start=1))


class _Draw:
    """The chance behind one kind of contact; a new text in one kind leaves the other kinds as they are."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.random = Random(f"{_SEED} {kind}")  # noqa: S311  # chance for a demonstration, no secret
        self.customers = customers()
        self.zeal = [self.random.choice((1, 1, 2, 3, 5)) for _ in self.customers]

    def mails(self, known: Sequence[Statements]) -> Iterator[Contact]:
        for about in known:
            for letter, week in zip(about.letters, self.weeks(about.key, len(about.letters)), strict=True):
                yield self.mail(about, letter, week)

    def mail(self, about: Statements, letter: Letter, week: int) -> Contact:
        at, customer = self.moment(week, 7, 23), self.customer(about.key)
        return Contact(
            id="",
            reason=about.key,
            text=letter.body,
            subject=letter.subject,
            at=at,
            customer=customer,
            queue=about.queue,
        )

    def notes(self, known: Sequence[Statements]) -> Iterator[Contact]:
        for about in known:
            for text, week in zip(about.notes, self.weeks(about.key, len(about.notes)), strict=True):
                yield self.note(about, text, week)

    def note(self, about: Statements, text: str, week: int) -> Contact:
        agent = self.random.choice([agent for agent in AGENTS if about.queue in agent.queues])
        return Contact(
            id="",
            reason=about.key,
            text=text,
            at=self.moment(week, 8, 20),
            customer=self.customer(about.key),
            queue=about.queue,
            agent=agent,
            wrap_up_code=self.code(about.wrap_up_code),
        )

    def answers(self, known: Sequence[Statements]) -> Iterator[Contact]:
        for about in known:
            for answer, week in zip(about.answers, self.weeks(about.key, len(about.answers)), strict=True):
                yield self.answer(about.key, about.queue, answer, week)
        empty = empty_answers()
        for answer, week in zip(empty, self.weeks(NO_REASON, len(empty)), strict=True):
            yield self.answer(NO_REASON, self.random.choice(known).queue, answer, week)

    def answer(self, reason: str, queue: str, answer: Answer, week: int) -> Contact:
        csat = self.random.choice((3, 4, 4, 5, 5) if answer.pleased else (1, 1, 2, 2, 3))
        nps = self.random.choice((7, 8, 9, 9, 10) if answer.pleased else (0, 1, 3, 4, 6, 7))
        return Contact(
            id="",
            reason=reason,
            text=answer.text,
            at=self.moment(week, 7, 23),
            customer=self.customer(reason),
            queue=queue,
            csat=csat if self.random.random() < 0.95 else None,
            nps=nps if self.random.random() < 0.85 else None,
        )

    def weeks(self, reason: str, count: int) -> list[int]:
        """The week of each text in its list: halves, except for the rising reason."""
        if reason == RISING:
            early = _EARLY[self.kind]
            return [1] * early + [2] * (count - early)
        weeks = [1 + place % 2 for place in range(count)]
        self.random.shuffle(weeks)
        return weeks

    def moment(self, week: int, opens: int, closes: int) -> dt.datetime:
        """Weekdays are busier than the weekend; ``opens`` and ``closes`` are hours."""
        day = self.random.choices(range(7), weights=_WEEKDAYS)[0]
        second = self.random.randrange(opens * 3600, closes * 3600)
        return FIRST_DAY + dt.timedelta(days=7 * (week - 1) + day, seconds=second)

    def customer(self, reason: str) -> Customer | None:
        """Mostly one whom this reason brings back; None where nobody noted who it was."""
        if self.random.random() >= _KNOWN_SHARE[self.kind]:
            return None
        leaning = self.random.random() < _LEANING_SHARE and reason != NO_REASON
        pool = [place for place, one in enumerate(self.customers) if not leaning or reason in one.leanings]
        return self.customers[self.random.choices(pool, weights=[self.zeal[place] for place in pool])[0]]

    def code(self, right: str) -> str:
        """Agents pick the right code most of the time."""
        return self.random.choices((right, "OTHER", self.random.choice(_CODES)), weights=(85, 10, 5))[0]
