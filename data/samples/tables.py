"""The notes as CSV and the survey as a workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Sequence

from data.samples.people import Customer
from data.samples.plan import Contact

NOTE_COLUMNS = ("id", "date", "customer", "agent", "queue", "team", "wrap_up_code", "text")
ANSWER_COLUMNS = ("id", "date", "customer", "queue", "csat", "nps", "comment", "segment")

MAIL_COLUMNS = ("file", "customer", "customer_email", "customer_segment", "queue")

Cell = str | int | dt.datetime | None


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    sheet = io.StringIO()
    csv.writer(sheet, lineterminator="\n").writerows(rows)
    return sheet.getvalue().encode()


def notes_csv(notes: Sequence[Contact]) -> bytes:
    return csv_bytes([NOTE_COLUMNS, *(_note(note) for note in notes)])


def mail_csv(mails: Sequence[Contact]) -> bytes:
    """What the company's own mail system knows of each e-mail: whose address it is, and where it went."""
    return csv_bytes([MAIL_COLUMNS, *(_mail(mail) for mail in mails)])


def answer_rows(answers: Sequence[Contact]) -> list[tuple[Cell, ...]]:
    """The survey's rows, headings first; times are in UTC without saying so, as workbooks have them."""
    return [ANSWER_COLUMNS, *(_answer(answer) for answer in answers)]


def survey_xlsx(answers: Sequence[Contact]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.create_sheet("Responses", 0)
    book.remove(book.worksheets[1])
    for row in answer_rows(answers):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return _timeless(file)


def _timeless(workbook: io.BytesIO) -> bytes:
    """The workbook without the time of its making, which would make it another file each time."""
    file = io.BytesIO()
    with zipfile.ZipFile(workbook) as made, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            content = made.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2026-10-19T08:00:00Z", content)
            kept.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _note(note: Contact) -> tuple[str, ...]:
    agent = note.agent
    return (
        note.id,
        f"{note.at:%Y-%m-%dT%H:%M:%SZ}",
        _ref(note.customer),
        agent.name if agent else "",
        note.queue,
        agent.team if agent else "",
        note.wrap_up_code or "",
        note.text,
    )


def _answer(answer: Contact) -> tuple[Cell, ...]:
    return (
        answer.id,
        answer.at.replace(tzinfo=None),
        _ref(answer.customer) or None,
        answer.queue,
        answer.csat,
        answer.nps,
        answer.text,
        answer.customer.segment if answer.customer else None,
    )


def _mail(mail: Contact) -> tuple[str, ...]:
    sender = mail.customer
    known = (f"crm:{sender.id}", sender.email, sender.segment) if sender else ("", "", "")
    return (f"{mail.id}.eml", *known, mail.queue)


def _ref(customer: Customer | None) -> str:
    return f"crm:{customer.id}" if customer else ""
