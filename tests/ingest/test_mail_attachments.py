"""Attachments are named and never opened, and what they and long texts take of memory is bounded."""

from __future__ import annotations

import base64
import email.message
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from data.types import Delivery
from ingest import read
from ingest.documents import open_document
from ingest.mail import read_mail
from tests.conftest import ROOT
from tests.ingest.test_mail import HEAD, PLAIN, multipart

ARCHIVES = {
    "winmail.dat": ("application/ms-tnef", b"\x78\x9f\x3e\x22"),
    "nested.zip": ("application/zip", None),
    "encrypted.zip": ("application/zip", b"PK\x03\x04\x14\x00\x01\x00" + b"\x07" * 60),
    "../../etc/passwd": ("application/zip", None),
    "C:\\\\Windows\\\\evil.exe": ("application/octet-stream", b"MZ"),
}


def _nested_zip() -> bytes:
    content = b"my card number is in here"
    for depth in range(5):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(f"../../../../tmp/level-{depth}.txt", content)
        content = packed.getvalue()
    return content


def _attached(name: str, media_type: str, content: bytes) -> bytes:
    return (
        f'Content-Type: {media_type}; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
    ).encode() + base64.encodebytes(content).replace(b"\n", b"\r\n")


def test_f31_archives_are_listed_and_nothing_in_them_is_unpacked_or_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*args: object, **options: object) -> None:
        raise AssertionError("an attachment was opened")

    parts = [_attached(name, kind, content or _nested_zip()) for name, (kind, content) in ARCHIVES.items()]
    path = tmp_path / "in" / "mail.eml"
    path.parent.mkdir()
    path.write_bytes(multipart("mixed", PLAIN + b"See attached", *parts, PLAIN + b"Thank you"))
    before = set(tmp_path.rglob("*"))
    monkeypatch.setattr(zipfile, "ZipFile", opened)
    monkeypatch.setattr(email.message.Message, "get_filename", opened)
    [delivery] = read(path)
    assert isinstance(delivery, Delivery)
    assert delivery.payload == path
    document = open_document(delivery.media_type, path.read_bytes())
    assert document.text == "See attached\n\nThank you"
    assert document.flags == tuple(dict.fromkeys(f"attachment:{kind}" for kind, _ in ARCHIVES.values()))
    assert set(tmp_path.rglob("*")) == before


def test_f31_an_attachment_alone_is_named_by_its_type_and_never_by_its_name() -> None:
    mail = HEAD + _attached("Jane Doe 4111111111111111.zip", "application/zip", _nested_zip())
    document, _ = read_mail(mail)
    assert (document.text, document.flags) == ("", ("attachment:application/zip",))
    assert document.subject == "Grüße"


PEAK = """
import sys
from pathlib import Path
from ingest import read
from ingest.documents import open_document

def resident_mb(name):
    return int(Path("/proc/self/status").read_text().partition(name + ":")[2].split()[0]) / 1024

def text_of(path):
    [delivery] = read(Path(path))
    with delivery.payload.open("rb") as stream:
        return open_document(delivery.media_type, stream)

text_of(sys.argv[1])  # loads the libraries
before = resident_mb("VmRSS")
document = text_of(sys.argv[2])
print(round(resident_mb("VmHWM") - before), "partial" in document.flags, len(document.text))
"""
LINE = b"My card was declined and nobody tells me why it was, so please do.\r\n"
FIFTY_MB = 800_000
"""Such lines."""


@pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc")
@pytest.mark.parametrize(
    ("kind", "before", "line", "peak_mb", "partial"),
    [
        # A mail's memory is that of what is kept of it: of an attachment its header …
        (
            "attachment",
            b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n" + PLAIN + b"My card was declined\r\n"
            b"--B\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n",
            b"QUJD" * 17 + b"\r\n",
            16,
            False,
        ),
        # … and of a text eight megabytes, with what it takes to decode them.
        ("text", PLAIN, LINE, 112, True),
        ("one line", PLAIN, LINE.replace(b"\r\n", b"  "), 144, True),
        ("html", b"Content-Type: text/html\r\n\r\n", b"<p>" + LINE, 160, True),
    ],
)
def test_f30_a_mail_of_50_mb_takes_bounded_memory(
    tmp_path: Path, kind: str, before: bytes, line: bytes, peak_mb: int, partial: bool
) -> None:
    """Measured in a process of its own, over what the interpreter and the libraries take."""
    small, large = tmp_path / "small.eml", tmp_path / "large.eml"
    small.write_bytes(HEAD + before.replace(b"\r\n\r\n", b"\r\n\r\nhello\r\n"))
    with large.open("wb") as file:
        file.write(HEAD + before)
        for _ in range(FIFTY_MB // 1000):
            file.write(line * 1000)
    assert large.stat().st_size > 50_000_000
    answer = subprocess.run(
        [sys.executable, "-c", PEAK, small, large], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert int(answer[0]) < peak_mb, kind
    assert answer[1] == str(partial)
    assert int(answer[2]) >= 20


def test_f30_what_stands_behind_a_large_attachment_is_read() -> None:
    large = b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + (b"QUJD" * 19 + b"\r\n") * 300_000
    document, _ = read_mail(multipart("mixed", PLAIN + b"Before", large, PLAIN + b"After"))
    assert document.text == "Before\n\nAfter"
    assert document.flags == ("attachment:image/png",)


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: foo\r\n",
        b"Content-Type: a/b/c\r\n",
        b"X: y\r\n",
        b"Content-Type:\r\n text/plain; charset=utf-8\r\n",
        b"Content-Type: TEXT/PLAIN\r\nContent-Type: image/png\r\n",
    ],
)
def test_f30_what_a_reader_would_see_is_never_taken_for_an_attachment(head: bytes) -> None:
    document, _ = read_mail(HEAD + head + b"\r\n" + b"My card was declined.\r\n" * 1000 + b"end")
    assert document.text.endswith("end")
    assert "partial" not in document.flags


def test_f30_an_over_long_header_line_does_not_swallow_the_body() -> None:
    document, _ = read_mail(b"X-Long: " + b"y" * 400_000 + b"\r\n" + PLAIN + b"My card was declined")
    assert document.text == "My card was declined"
    assert "partial" in document.flags
