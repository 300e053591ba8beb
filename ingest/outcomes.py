"""Outcomes out of a table, as a CRM exports them: a row each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from data.errors import InputRefused, MetadataInvalid, TableColumnMissing
from data.types import NewOutcome, OutcomeKind, Refusal
from ingest.fields import is_given, number, read_customers, read_email, read_phone, read_text, read_time, squeezed
from ingest.files import display_name, open_regular
from ingest.kinds import HEAD_BYTES, sniff
from ingest.tables import Row, open_table

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "customer": ("customers", "customer_id", "crm_id", "crm"),
    "customer_phone": ("phone", "phone_number"),
    "customer_email": ("email", "email_address"),
    "kind": ("outcome", "type", "event"),
    "at": ("date", "datetime", "timestamp", "time", "occurred_at", "created_at"),
    "value": ("amount", "revenue", "total"),
    "campaign": ("campaign_name", "campaign_id"),
    "source": ("system",),
    "external_id": ("id", "outcome_id", "event_id", "order_id"),
}
"""What the columns of exports call each field; case and punctuation do not matter."""
WHO = {"customer": read_customers, "customer_phone": read_phone, "customer_email": read_email}
SAID = {
    "churn": "churned",
    "cancelled": "churned",
    "canceled": "churned",
    "renewal": "renewed",
    "purchase": "bought",
    "purchased": "bought",
    "order": "bought",
    "response": "campaign_response",
}
"""Other words for the kinds."""


def read_outcomes(path: Path, *, source: str = "", zone: dt.tzinfo = dt.UTC) -> Iterator[NewOutcome | Refusal]:
    """Every row of a CSV, TSV, XLSX or JSONL table as an outcome, or why it is none.

    ``source`` is for rows that name none; a time without an offset is one of ``zone``. Raises InputRefused with its
    code (permanent) for the table as a whole.
    """
    name = display_name(path.name)
    with open_regular(path.resolve()) as stream:
        media_type = sniff(stream.read(HEAD_BYTES), name)
        stream.seek(0)
        with open_table(stream, media_type) as table:
            columns = _columns(table.columns)
            for place, row in table.rows:
                try:
                    yield _outcome(row, columns, source, zone)
                except InputRefused as error:
                    yield Refusal(name=name, code=error.code, message=error.message, row=place)


def _columns(header: Sequence[str]) -> dict[str, str]:
    """The column of each field. Raises TableColumnMissing (permanent)."""
    by_name = {squeezed(column): column for column in reversed(header)}
    found = {
        field: by_name[squeezed(name)]
        for field, names in SYNONYMS.items()
        for name in reversed((field, *names))
        if squeezed(name) in by_name
    }
    missing = [field for field in ("kind", "at") if field not in found]
    missing += [] if found.keys() & WHO.keys() else ["customer"]
    if missing:
        raise TableColumnMissing(f"no column for {', '.join(missing)}")
    return found


def _outcome(row: Row | InputRefused, columns: Mapping[str, str], source: str, zone: dt.tzinfo) -> NewOutcome:
    if isinstance(row, InputRefused):
        raise row
    given = {field: row[column] for field, column in columns.items() if is_given(row.get(column))}
    customers = [ref for field, read in WHO.items() if field in given for ref in read(field, given[field])]
    for field in ("kind", "at"):
        if field not in given:
            raise MetadataInvalid(f"{field}: missing")
    if not customers:
        raise MetadataInvalid("customer: missing")
    texts = {name: read_text(name, given[name]) for name in ("campaign", "source", "external_id") if name in given}
    return NewOutcome(
        customer=customers[0],
        kind=_kind(given["kind"]),
        at=read_time("at", given["at"], zone),
        value=_value(given.get("value")),
        campaign=texts.get("campaign"),
        source=texts.get("source", source),
        external_id=texts.get("external_id"),
    )


def _kind(value: object) -> OutcomeKind:
    word = read_text("kind", value).casefold().replace(" ", "_").replace("-", "_")
    try:
        return OutcomeKind(SAID.get(word, word))
    except ValueError as error:
        raise MetadataInvalid(f"kind: not one of {', '.join(OutcomeKind)}") from error


def _value(value: object) -> float | None:
    if value is None:
        return None
    found = number(value)
    if found is None:
        raise MetadataInvalid("value: not a number; write it without currency and thousands separators")
    return found
