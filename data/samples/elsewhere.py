"""Contacts of the same fortnight and the same reasons in other languages, always the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from data.samples.people import Customer, customer, customers
from data.samples.plan import FIRST_DAY, Contact
from data.samples.texts import Answer, Elsewhere, elsewhere, statements

_SEED = 20261006
_DAYS = 14
_OPEN_S = (7 * 3600, 23 * 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """The contacts in other languages than English; ids name the language."""

    mails: tuple[Contact, ...]
    answers: tuple[Contact, ...]


def others() -> Others:
    first = len(customers()) + 1
    drawn = []
    for written in elsewhere():
        drawn.append(_Draw(written, first))
        first += len(written.customers)
    return Others(
        mails=tuple(mail for draw in drawn for mail in draw.mails()),
        answers=tuple(answer for draw in drawn for answer in draw.answers()),
    )


class _Draw:
    """The chance behind the contacts of one language."""

    def __init__(self, written: Elsewhere, first: int) -> None:
        self.written = written
        self.random = Random(f"{_SEED} {written.language}")  # noqa: S311  # chance for a demonstration, no secret
        known = enumerate(written.customers, start=first)
        self.customers = [customer(number, name, mailbox) for number, (name, mailbox) in known]

    def mails(self) -> Iterator[Contact]:
        for number, (reason, letter) in enumerate(self.written.letters, start=1):
            yield Contact(
                id=f"mail-{self.written.language}-{number:03d}",
                reason=reason,
                text=letter.body,
                subject=letter.subject,
                at=self.moment(),
                customer=self.customer(),
                queue=statements(reason).queue,
                language=self.written.language,
            )

    def answers(self) -> Iterator[Contact]:
        for number, (reason, answer) in enumerate(self.written.answers, start=1):
            yield self.answer(f"answer-{self.written.language}-{number:03d}", reason, answer)

    def answer(self, answer_id: str, reason: str, answer: Answer) -> Contact:
        return Contact(
            id=answer_id,
            reason=reason,
            text=answer.text,
            at=self.moment(),
            customer=self.customer(),
            queue=statements(reason).queue,
            csat=self.random.choice((4, 5) if answer.pleased else (1, 2)),
            nps=self.random.choice((8, 9, 10) if answer.pleased else (0, 2, 4, 6)),
            language=self.written.language,
        )

    def moment(self) -> dt.datetime:
        return FIRST_DAY + dt.timedelta(
            days=self.random.randrange(_DAYS), seconds=self.random.randrange(25_200, 82_800)
        )

    def customer(self) -> Customer:
        return self.random.choice(self.customers)
