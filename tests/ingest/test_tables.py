from __future__ import annotations

import datetime as dt
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import InputRefused, MetadataInvalid, TableColumnMissing, TableUnreadable
from data.types import Channel, CustomerRef, Delivery, Refusal
from ingest import ColumnMap, ReadOptions, read
from ingest.csv_records import MAX_RECORD_CHARS, RecordBroken, records
from ingest.documents import open_document
from ingest.kinds import ROW


def table(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def deliveries(path: Path, **options: object) -> list[Delivery]:
    found = list(read(path, ReadOptions(**options)))  # type: ignore[arg-type]
    assert all(isinstance(one, Delivery) for one in found), found
    return found  # type: ignore[return-value]


def texts(path: Path, **options: object) -> list[str]:
    return [open_document(one.media_type, one.payload).text for one in deliveries(path, **options)]  # type: ignore[arg-type]


def test_a_mapped_row_is_a_contact_with_its_metadata(tmp_path: Path) -> None:
    path = table(tmp_path, "when,who,what,score\n2026-10-05T12:30:00Z,17,The app crashes,2\n")
    mapping = ColumnMap.parse("text=what,customer=who,started_at=when,csat=score")
    (found,) = deliveries(path, columns=mapping)
    assert found.name == "table.csv#1"
    assert found.media_type == ROW
    assert found.channel is Channel.SURVEY
    assert found.metadata.customers == (CustomerRef(scheme="crm", value="17"),)
    assert found.metadata.started_at == dt.datetime(2026, 10, 5, 12, 30, tzinfo=dt.UTC)
    assert found.metadata.csat == 2
    assert json.loads(found.payload)["text"] == "The app crashes"  # type: ignore[arg-type]


def test_usual_names_of_columns_need_no_map(tmp_path: Path) -> None:
    path = table(tmp_path, "Ticket ID,Created At,Notes,Wrap-up Code,Email\n9,2026-10-05,Card lost,CARD,a@b.example\n")
    (found,) = deliveries(path)
    assert found.channel is Channel.NOTE
    assert found.metadata.external_id == "9"
    assert found.metadata.wrap_up_code == "CARD"
    assert found.metadata.customers == (CustomerRef(scheme="email", value="a@b.example"),)


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    path = table(tmp_path, "id,words\n1,hello\n")
    (refused,) = read(path, ReadOptions(columns=ColumnMap.parse("text=body")))
    assert isinstance(refused, Refusal)
    assert refused.code == TableColumnMissing.code
    assert "'body' is not there; there are: id, words" in refused.message
    (refused,) = read(path)
    assert isinstance(refused, Refusal)
    assert refused.code == TableColumnMissing.code


@pytest.mark.parametrize("text", ["text", "nothing=a", "text=", "text=a,text=b", "=a"])
def test_a_map_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(MetadataInvalid):
        ColumnMap.parse(text)


def test_a_map_may_name_a_column_with_a_comma() -> None:
    assert ColumnMap.parse('"text=Why, in a word?",csat=Score').columns == {"text": "Why, in a word?", "csat": "Score"}


def test_the_channel_comes_from_the_column_then_the_options(tmp_path: Path) -> None:
    path = table(tmp_path, "text,channel\na,chat\nb,\n")
    assert [found.channel for found in deliveries(path, channel=Channel.EMAIL)] == [Channel.CHAT, Channel.EMAIL]


def test_a_bad_row_is_refused_by_number_and_the_others_are_taken(tmp_path: Path) -> None:
    path = table(tmp_path, "text,csat\ngood,5\nodd,eleven\n,\ntoo,1,many\n,3\nfine,4\n ,\n")
    found = list(read(path))
    refused = [(one.row, one.code) for one in found if isinstance(one, Refusal)]
    assert refused == [(2, "input.metadata_invalid"), (4, "table.row_invalid"), (7, "text.empty")]
    assert sum(isinstance(one, Delivery) for one in found) == 3


def test_a_score_without_a_word_is_a_contact(tmp_path: Path) -> None:
    assert texts(table(tmp_path, "comment,nps\n,9\n")) == [""]


@pytest.mark.parametrize(
    "content",
    [
        "text;id\nGrüße;1\n".encode("cp1252"),
        "text,id\nGrüße,1\n".encode("utf-8-sig"),
        "text\tid\r\nGrüße\t1\r\n".encode("utf-16"),
        "text,id\rGrüße,1\r".encode(),
        '"text","id"\n"Grüße",1'.encode(),
    ],
)
def test_f32_encodings_delimiters_and_line_ends_are_found_out(tmp_path: Path, content: bytes) -> None:
    path = table(tmp_path, content)
    assert texts(path) == ["Grüße"]
    assert deliveries(path)[0].metadata.external_id == "1"


def test_f32_one_late_letter_of_latin_1_does_not_spoil_the_rest(tmp_path: Path) -> None:
    rows = b"".join(b"row %d,%d\n" % (number, number) for number in range(60_000))
    found = texts(table(tmp_path, b"text,id\n" + rows + "Grüße,x\n".encode("latin-1")))
    assert found[0] == "row 0"
    assert found[-1] == "Grüße"


def test_f32_a_doubled_column_is_refused_where_it_is_used(tmp_path: Path) -> None:
    (refused,) = read(table(tmp_path, "text,text\na,b\n"))
    assert isinstance(refused, Refusal)
    assert refused.code == TableUnreadable.code
    assert texts(table(tmp_path, "text,x,x\na,1,2\n")) == ["a"]


def test_f32_a_quote_that_nobody_closes_costs_its_own_row(tmp_path: Path) -> None:
    path = table(tmp_path, 'text,id\nfirst,1\n"never closed,2\nthird,3\nfourth,4\n')
    found = list(read(path))
    assert [one.code for one in found if isinstance(one, Refusal)] == ["table.row_invalid"]
    assert [one.metadata.external_id for one in found if isinstance(one, Delivery)] == ["1", "3", "4"]


def test_f32_a_field_over_the_limit_costs_its_own_row(tmp_path: Path) -> None:
    long = "x" * (MAX_RECORD_CHARS + 10)
    fits = "y" * 200_000
    found = list(read(table(tmp_path, f"text\na\n{long}\n{fits}\n")))
    assert [type(one).__name__ for one in found] == ["Delivery", "Refusal", "Delivery"]


def test_quoted_line_ends_and_quotes_within_words_are_kept() -> None:
    content = b'a,b\n"one\r\ntwo",5" pipe\n\n"say ""hi""",x\n'
    assert list(records(io.BytesIO(content))) == [["a", "b"], ["one\ntwo", '5" pipe'], [], ['say "hi"', "x"]]


@pytest.mark.parametrize("rows", [100_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_f32_a_million_rows_take_no_more_memory_than_a_few(rows: int) -> None:
    tracemalloc.start()
    count = sum(not isinstance(one, RecordBroken) for one in records(_Endless(rows)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == rows
    assert peak < 16 * 2**20


class _Endless(io.RawIOBase):
    """A table that is made as it is read."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._parts: Iterator[bytes] = iter(())

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._parts = (b'%d,"a line, quoted"\n' % number * 1000 for number in range(self._rows // 1000))
        self._rest = b""
        return offset

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        piece = self._rest or next(self._parts, b"")
        view[: len(piece)] = piece[: len(view)]
        self._rest = piece[len(view) :]
        return min(len(piece), len(view))

    def read(self, size: int = -1) -> bytes:
        piece = self._rest or next(self._parts, b"")
        self._rest = piece[size:] if size >= 0 else b""
        return piece[:size] if size >= 0 else piece


def test_jsonl_rows_may_differ_in_their_keys(tmp_path: Path) -> None:
    lines = ['{"text": "a"}', '{"text": "b", "csat": 5}', "not json", "[1]", "", '{"text": NaN}', '{"csat": 1}']
    found = list(read(table(tmp_path, "\n".join(lines), "rows.jsonl")))
    assert [one.metadata.csat for one in found if isinstance(one, Delivery)] == [None, 5, 1]
    assert [one.row for one in found if isinstance(one, Refusal)] == [3, 4, 6]


def test_a_workbook_gives_dates_and_whole_numbers(tmp_path: Path) -> None:
    (found,) = deliveries(table(tmp_path, _workbook(), "survey.xlsx"), time_zone="Europe/Berlin")
    assert found.channel is Channel.SURVEY
    assert found.metadata.external_id == "12"
    assert found.metadata.csat == 4
    assert found.metadata.started_at == dt.datetime(2026, 10, 5, 12, 30, tzinfo=dt.UTC)


def _workbook() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["id", "date", "comment", "csat"])
    sheet.append([12, dt.datetime(2026, 10, 5, 14, 30), "Quick answer", 4.0])  # noqa: DTZ001
    sheet.append([None, None, None, None])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_f27_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", bytes(300 * 2**20))
    (refused,) = read(table(tmp_path, target.getvalue(), "bomb.xlsx"))
    assert isinstance(refused, Refusal)
    assert refused.code == TableUnreadable.code


def test_equal_words_of_different_people_stay_different_contacts(tmp_path: Path) -> None:
    path = table(tmp_path, "text,customer,date\nno,1,2026-10-05\nno,2,2026-10-05\nno,,\nno,,\n")
    payloads = [one.payload for one in deliveries(path)]
    assert len(set(payloads)) == 4
    assert payloads == [one.payload for one in deliveries(path)]


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    for name, content in (("a.csv", "\n\n"), ("b.jsonl", "[]\n"), ("c.csv", '"')):
        (refused,) = read(table(tmp_path, content, name))
        assert isinstance(refused, Refusal)
        assert refused.code == TableUnreadable.code


def test_a_voice_row_is_refused() -> None:
    with pytest.raises(InputRefused):
        ColumnMap.parse("text=a").resolve(["b"])
