from __future__ import annotations

import pytest

from data.errors import AudioEmpty, AudioUnreadable, InputEmpty, InputTypeRefused
from ingest import sniff
from ingest.kinds import CSV, JSON, JSONL, MAIL, TEXT, TSV, VCON
from tests.ingest.audio_samples import encoded, tone, wav

MAIL_HEAD = b"From: a@example.com\r\nSubject: Hello\r\n\r\nHi"


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(50),
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
        b"<!DOCTYPE html><html></html>",
        b"  \n<html><body>404</body></html>",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"WEBVTT\n\n00:00.000 --> 00:01.000\nhi\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 5004 RTP/AVP 0\r\n",
        b"[playlist]\nFile1=http://127.0.0.1/\n",
        b'<?xml version="1.0"?><MPD></MPD>',
        b";FFMETADATA1\ntitle=x\n",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20),
        b"PK\x03\x04\x14\x00\x00\x00\x08\x00readme.txt",
        b"\x1f\x8b\x08\x00" + bytes(20),
        b"just some words",
    ],
)
def test_f26_what_is_no_recording_is_refused_by_content(content: bytes) -> None:
    with pytest.raises(InputTypeRefused):
        sniff(content, "call.wav")


@pytest.mark.parametrize("name", ["call.wav", "call.mp3", "CALL.OGG"])
def test_f16_an_empty_recording_has_its_own_code(name: str) -> None:
    with pytest.raises(AudioEmpty):
        sniff(b"", name)


def test_an_empty_file_of_another_name_is_empty() -> None:
    with pytest.raises(InputEmpty):
        sniff(b"", "note.txt")


def test_f21_noise_named_as_a_recording_is_unreadable() -> None:
    noise = bytes((7919 * place * place + 31 * place) % 251 for place in range(5000))
    with pytest.raises(AudioUnreadable):
        sniff(noise, "call.mp3")
    with pytest.raises(InputTypeRefused):
        sniff(noise, "data.bin")


def test_the_name_does_not_decide_what_a_recording_is() -> None:
    assert sniff(wav(tone(0.1)), "report.pdf") == "audio/wav"
    assert sniff(encoded(tone(0.5), container="mp3", codec="libmp3lame"), "call.wav") == "audio/mpeg"


def test_an_mp3_without_a_tag_is_found_by_its_frames() -> None:
    content = encoded(tone(1), container="mp3", codec="libmp3lame")
    untagged = content[content.index(b"\xff", 45) :]
    assert sniff(untagged, "upload") == "audio/mpeg"


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (MAIL_HEAD, "message.eml", MAIL),
        (MAIL_HEAD, "exported.txt", MAIL),
        (b"From me Mon Jan  1 00:00:00 2026\n" + MAIL_HEAD, "box", MAIL),
        (b"no headers at all", "odd.eml", MAIL),
        (b"A note: the customer called.\nSubject: none", "note.txt", TEXT),
        (b"a,b\n1,2\n", "table.csv", CSV),
        (b"a\tb\n1\t2\n", "table.tsv", TSV),
        (b'{"text": "x"}\n', "rows.jsonl", JSONL),
        (b'{"uuid": "1", "parties": [], "dialog": []}', "talk.json", VCON),
        (b'{"queue": "billing"}', "call.json", JSON),
        ("Größe".encode("cp1252"), "note.txt", TEXT),
        ("Hello there".encode("utf-16"), "note.txt", TEXT),
        (b"with\0nul in a note", "note.txt", TEXT),
    ],
)
def test_text_is_told_apart_by_content_then_by_name(content: bytes, name: str, expected: str) -> None:
    assert sniff(content, name) == expected


def test_text_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(InputTypeRefused):
        sniff(b"int main() {}", "main.c")
