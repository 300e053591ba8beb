"""Whatever comes in, an answer comes out: nothing raises, and every refusal has a code."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import InputRefused
from data.types import Delivery, Refusal, Sidecar
from ingest import read_bytes, sniff
from ingest.audio import decode
from ingest.csv_records import RecordBroken
from ingest.documents import open_document
from ingest.mail import read_mail
from ingest.text import clean
from ingest.text import decode as decode_text
from tests.ingest.audio_samples import encoded, tone, wav

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)

NAMES = st.sampled_from(
    ["a.wav", "a.mp3", "a.eml", "a.txt", "a.csv", "a.tsv", "a.jsonl", "a.xlsx", "a.vcon", "a.json", "a", "metadata.csv"]
)
MAGIC = st.sampled_from(
    [
        b"",
        b"RIFF\xff\xff\xff\xffWAVE",
        b"OggS\0\2",
        b"fLaC\0\0\0\x22",
        b"ID3\4\0\0",
        b"\0\0\0\x18ftypM4A ",
        b"\x1a\x45\xdf\xa3",
        b"FORM",
        b"caff\0\1",
        b".snd\0\0\0\x18",
        b"#!AMR\n",
        b"\xff\xfb\x90\0",
        b"\xff\xf1\x50\x80",
        b"PK\3\4xl/",
        b"From: a@b\r\nTo: c\r\n",
        b"text,csat\n",
        b'{"parties":[],"dialog":[',
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"Content-Type: multipart/mixed; boundary=b\r\nFrom: x\r\n\r\n--b\r\n",
    ]
)
SOUND = {
    "wav": wav(tone(0.3, channels=2)),
    "mp3": encoded(tone(0.5), container="mp3", codec="libmp3lame"),
    "ogg": encoded(tone(0.5, rate=48_000), container="ogg", codec="libopus", rate=48_000),
    "m4a": encoded(tone(0.5), container="ipod", codec="aac"),
    "flac": encoded(tone(0.3), container="flac", codec="flac"),
}


def check(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "content"
        path.write_bytes(content)
        for found in read_bytes(name, path):
            assert isinstance(found, Delivery | Sidecar | Refusal)
            assert not isinstance(found, Refusal) or found.code
            if isinstance(found, Delivery) and isinstance(found.payload, bytes) and found.media_type.endswith("+json"):
                open_document(found.media_type, found.payload)
                found.payload.decode()


@quick
@given(name=NAMES, magic=MAGIC, content=st.binary(max_size=2000))
def test_no_bytes_raise(name: str, magic: bytes, content: bytes) -> None:
    check(name, magic + content)


@quick
@given(
    kind=st.sampled_from(sorted(SOUND)),
    at=st.integers(0, 4000),
    noise=st.binary(min_size=1, max_size=300),
    cut=st.integers(20, 6000),
)
def test_no_damaged_recording_raises(kind: str, at: int, noise: bytes, cut: int) -> None:
    content = bytearray(SOUND[kind])
    content[at : at + len(noise)] = noise
    for broken in (bytes(content), SOUND[kind][:cut]):
        check(f"call.{kind}", broken)
        with suppress(InputRefused):
            decode(broken, end_s=60)


@quick
@given(rows=st.lists(st.lists(st.text(max_size=20), max_size=5), max_size=8), end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_no_table_raises(rows: list[list[str]], end: str) -> None:
    text = end.join(["text,id,csat", *(",".join(row) for row in rows)])
    check("a.csv", text.encode(errors="surrogatepass"))
    check("a.csv", text.encode("utf-16", errors="surrogatepass"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "text",
        "id",
        "csat",
        "customer",
        "phone",
        "email",
        "date",
        "channel",
        "channels",
        "lang",
        "hold_s",
        "direction",
        "x",
    ]
)


@quick
@given(rows=st.lists(st.dictionaries(KEYS, VALUES), min_size=1, max_size=5))
def test_no_object_raises(rows: list[dict[str, object]]) -> None:
    check("rows.jsonl", "\n".join(json.dumps(row) for row in rows).encode())
    check("call.json", json.dumps(rows[0]).encode())


PARTIES = st.lists(
    st.dictionaries(st.sampled_from(["tel", "mailto", "name", "role"]), VALUES, max_size=4) | VALUES, max_size=3
)
DIALOGS = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["text", "recording", "transfer"])},
        optional=dict.fromkeys(("body", "encoding", "parties", "start", "mediatype", "originator", "url"), VALUES),
    )
    | VALUES,
    max_size=3,
)


@quick
@given(parties=PARTIES | VALUES, dialogs=DIALOGS | VALUES, critical=VALUES)
def test_no_vcon_raises(parties: object, dialogs: object, critical: object) -> None:
    check("a.vcon", json.dumps({"uuid": "u", "parties": parties, "dialog": dialogs, "critical": critical}).encode())


@quick
@given(header=st.binary(max_size=200), body=st.binary(max_size=500))
def test_no_mail_raises(header: bytes, body: bytes) -> None:
    for content in (
        header + b"\r\n\r\n" + body,
        b"Subject: " + header + b"\r\nContent-Type: text/html; charset=" + header + b"\r\n\r\n" + body,
    ):
        with suppress(InputRefused):
            read_mail(content)


@quick
@given(text=st.text(max_size=200) | st.text(alphabet="a1\u200d\u202e\ud800\0\r\n é", max_size=50))
def test_clean_text_can_be_stored_and_is_clean(text: str) -> None:
    found = clean(text)
    found.encode()
    assert "\0" not in found
    assert clean(found) == found


@quick
@given(content=st.binary(max_size=300), charset=st.none() | st.text(max_size=12))
def test_any_bytes_are_some_text(content: bytes, charset: str | None) -> None:
    assert isinstance(decode_text(content, charset)[0], str)


@quick
@given(head=st.binary(max_size=600), name=st.text(max_size=12))
def test_sniffing_answers_or_refuses(head: bytes, name: str) -> None:
    with suppress(InputRefused):
        assert "/" in sniff(head, name)


def test_a_broken_record_is_not_an_error_of_the_product() -> None:
    assert not issubclass(RecordBroken, InputRefused)
