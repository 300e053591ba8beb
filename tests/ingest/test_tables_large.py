"""F32: a table that has every fault at once is streamed: memory does not grow, and each fault costs its own row."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

MEASURED = """
import json, sys
from pathlib import Path
from data.types import Refusal
from ingest import read

def resident_mb(name):
    return int(Path("/proc/self/status").read_text().partition(name + ":")[2].split()[0]) / 1024

list(read(Path(sys.argv[1])))  # loads the libraries
before, rows, refused, longest, last = resident_mb("VmRSS"), 0, [], 0, None
for one in read(Path(sys.argv[2])):
    if isinstance(one, Refusal):
        refused.append([one.row, one.code])
    else:
        rows, longest, last = rows + 1, max(longest, len(one.payload)), one.payload.decode()
print(json.dumps([rows, refused, longest, last, resident_mb("VmHWM") - before]))
"""
ENDS = (b"\n", b"\r\n", b"\r")
TORN, UNCLOSED, LONG = 100, 2_000, 3_000
LONG_CHARS = 200_000


def _write(path: Path, rows: int) -> None:
    with path.open("wb") as file:
        file.write("text;id;x;x\r\n".encode("cp1252"))
        for number in range(1, rows + 1):
            file.write(_row(number, rows) + ENDS[number % 3])


def _row(number: int, rows: int) -> bytes:
    if number == TORN:
        return b"torn;1;2;3;4;5"
    if number == UNCLOSED:
        return b'"nobody closes this;%d;;' % number
    if number == LONG:
        return b"y" * LONG_CHARS + b";%d;;" % number
    text = "Grüße" if number == rows else f"my parcel is late for the {number}th time"
    return f"{text};{number};a;b".encode("latin-1")


@pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc")
@pytest.mark.parametrize("rows", [20_000, pytest.param(1_000_000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_f32_a_table_with_every_fault_is_streamed_and_each_costs_its_own_row(tmp_path: Path, rows: int) -> None:
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    _write(small, 10)
    _write(large, rows)
    answer = subprocess.run(
        [sys.executable, "-c", MEASURED, small, large], capture_output=True, text=True, check=True, cwd=ROOT
    )
    taken, refused, longest, last, grown_mb = json.loads(answer.stdout)
    assert refused == [[TORN, "table.row_invalid"], [UNCLOSED, "table.row_invalid"]]
    assert taken == rows - len(refused)
    assert longest > LONG_CHARS
    assert json.loads(last) == {"text": "Grüße", "external_id": str(rows)}
    assert grown_mb < 24


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_f32_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "marked.csv"
    path.write_bytes("text,id\r\nGrüße,1\n".encode(mark))
    small = tmp_path / "small.csv"
    _write(small, 1)
    answer = subprocess.run(
        [sys.executable, "-c", MEASURED, small, path], capture_output=True, text=True, check=True, cwd=ROOT
    )
    taken, refused, _, last, _ = json.loads(answer.stdout)
    assert (taken, refused) == (1, [])
    assert json.loads(last) == {"text": "Grüße", "external_id": "1"}
