"""The contacts in a table: a row each."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from data.errors import InputRefused, TableRowInvalid, TextEmpty
from data.types import Channel, Delivery, Metadata, Refusal
from ingest.columns import ColumnMap
from ingest.fields import is_given, read_seconds
from ingest.files import Source, open_regular
from ingest.kinds import ROW
from ingest.metadata import read_metadata
from ingest.options import Known
from ingest.pages import read_page
from ingest.tables import Row, open_table
from ingest.text import MAX_TEXT_CHARS, clean, clean_line

_SCORES = ("csat", "nps", "ces")


def read_table(source: Source, media_type: str, known: Known) -> Iterator[Delivery | Refusal]:
    """Every row as a contact, or why it is none; the table is read as the rows are asked for.

    Raises TableUnreadable, TableColumnMissing (permanent) for the table as a whole.
    """
    known = known.for_many()
    with open_regular(source.path) as stream, open_table(stream, media_type) as table:
        columns = (known.options.columns or ColumnMap()).resolve(table.columns)
        usual = Channel.SURVEY if columns.keys() & set(_SCORES) else Channel.NOTE
        for number, row in table.rows:
            try:
                yield _contact(source.name, number, row, columns, known, usual)
            except InputRefused as error:
                yield Refusal(name=source.name, code=error.code, message=error.message, row=number)


def _contact(
    name: str, number: int, row: Row | InputRefused, columns: Mapping[str, str], known: Known, usual: Channel
) -> Delivery:
    if isinstance(row, InputRefused):
        raise row
    values = {field: row.get(column) for field, column in columns.items()}
    own = read_metadata(values, known.options.zone())
    text = clean(_text(values.get("text"))).strip()
    if not text and own.csat is own.nps is own.ces is None:
        if is_given(values.get("page")):
            return _click(f"{name}#{number}", number, values, own, known)
        raise TextEmpty()
    payload = _payload(text, clean_line(_text(values.get("subject"))), own, number)
    return known.delivery(f"{name}#{number}", usual, ROW, payload, own)


def _click(name: str, number: int, values: Mapping[str, object], own: Metadata, known: Known) -> Delivery:
    """A page that somebody looked at, and said nothing."""
    dwell = values.get("dwell_s")
    own = replace(
        own,
        channel=Channel.WEB,
        page=read_page("page", values["page"]),
        dwell_s=read_seconds("dwell_s", dwell) if is_given(dwell) else None,
    )
    return known.delivery(name, Channel.WEB, ROW, _payload("", "", own, number), own)


def _text(value: object) -> str:
    if not is_given(value):
        return ""
    if isinstance(value, bool | list | dict | dt.date):
        raise TableRowInvalid("its text is no text")
    text = str(value)
    if len(text) > MAX_TEXT_CHARS:
        raise TableRowInvalid(f"its text is over {MAX_TEXT_CHARS} characters")
    return text


def _payload(text: str, subject: str, own: Metadata, number: int) -> bytes:
    """The row's original in one spelling, so that the same row is the same bytes on every delivery.

    Twenty customers may all answer "no": what tells their rows apart is part of it, and where nothing does, the
    row's place in its table.
    """
    content: dict[str, object] = {"text": text} if own.page is None else {"page": own.page}
    if subject:
        content["subject"] = subject
    if own.external_id:
        content["external_id"] = own.external_id
    elif own.customers and own.started_at:
        content |= {"customers": [str(ref) for ref in own.customers], "started_at": own.started_at.isoformat()}
    else:
        content["row"] = number
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
