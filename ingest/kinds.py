"""What a file is, by its content: the name only chooses among kinds of plain text, and never opens a decoder.

Everything that is not on a list here is refused (fault F26): playlists, subtitles and session descriptions would
make a decoder open other files or sockets.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from data.errors import AudioEmpty, AudioUnreadable, InputEmpty, InputTypeRefused
from ingest.frames import adts_chain, mpeg_chain
from ingest.raw import Raw, raw_named, raw_of
from ingest.text import guess_encoding, is_utf8

HEAD_BYTES = 16_384
"""How much of a file ``sniff`` wants to see."""

MAIL = "message/rfc822"
TEXT = "text/plain"
CSV = "text/csv"
TSV = "text/tab-separated-values"
JSONL = "application/jsonl"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VCON = "application/vcon+json"
JSON = "application/json"
ROW = "application/vnd.reasonance.row+json"
"""One row of a table: ``{"text": …}`` and what tells it from a row with the same text."""
TURNS = "application/vnd.reasonance.turns+json"
"""A written conversation: ``{"turns": [{"role": …, "text": …}]}``."""

DEMUXERS = {
    "audio/wav": "wav",
    "audio/x-w64": "w64",
    "audio/aiff": "aiff",
    "audio/basic": "au",
    "audio/x-caf": "caf",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/mp4": "mov",
    "video/mp4": "mov",
    "audio/webm": "matroska",
    "audio/x-ms-wma": "asf",
    "video/x-msvideo": "avi",
    "video/x-flv": "flv",
    "video/mp2t": "mpegts",
    "video/mpeg": "mpeg",
    "audio/ac3": "ac3",
    "audio/x-wavpack": "wv",
    "audio/x-voc": "voc",
    "audio/x-gsm": "gsm",
    "audio/g722": "g722",
}
"""The recordings that are taken, and the one reader each may be given to."""
HEADERLESS = {".gsm": "audio/x-gsm", ".g722": "audio/g722"}
"""Bare frames, as Asterisk keeps them: nothing in them says what they are, so their name is believed."""

_AUDIO_SUFFIXES = (
    ".wav .wave .w64 .rf64 .aif .aiff .aifc .au .snd .caf .flac .ogg .oga .opus .spx .mp3 .mp2 .mpga .aac "
    ".amr .awb .m4a .m4b .mp4 .m4v .mov .3gp .3g2 .webm .weba .mka .mkv .wma .wmv .asf .avi .flv .ts .mpg "
    ".mpeg .ac3 .wv .voc .gsm .g722 .g726 .g729 .ulaw .alaw .ul .al .sln .sln16 .raw .pcm .vox .dss .ds2"
)
_AUDIO_NAMES = frozenset(_AUDIO_SUFFIXES.split())
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb", "audio/x-w64"),
    (8, b"AIFF", "audio/aiff"),
    (8, b"AIFC", "audio/aiff"),
    (0, b".snd", "audio/basic"),
    (0, b"caff", "audio/x-caf"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"#!AMR", "audio/amr"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (4, b"moov", "video/mp4"),
    (4, b"mdat", "video/mp4"),
    (4, b"wide", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "audio/webm"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "audio/x-ms-wma"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"\x00\x00\x01\xba", "video/mpeg"),
    (0, b"\x0b\x77", "audio/ac3"),
    (0, b"wvpk", "audio/x-wavpack"),
    (0, b"Creative Voice File\x1a", "audio/x-voc"),
)
_REFUSED_BINARY = (
    (b"%PDF", "a PDF"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old Office or Outlook file"),
    (b"\x1f\x8b", "compressed"),
)
_REFUSED_TEXT = (
    ("#extm3u", "a playlist"),
    ("[playlist]", "a playlist"),
    ("ffconcat", "a playlist"),
    ("webvtt", "subtitles"),
    (";ffmetadata", "decoder metadata"),
    ("v=0", "a session description"),
    ("{\\rtf", "RTF"),
    ("%!ps", "PostScript"),
    ("#!", "a script"),
    ("<?xml", "XML"),
    ("<?php", "a script"),
    ("<!doctype", "a web page"),
    ("<html", "a web page"),
    ("<head", "a web page"),
    ("<script", "a web page"),
    ("<svg", "a drawing"),
)
_TEXT_NAMES = {
    "": TEXT,
    ".txt": TEXT,
    ".text": TEXT,
    ".csv": CSV,
    ".tsv": TSV,
    ".jsonl": JSONL,
    ".ndjson": JSONL,
    ".eml": MAIL,
}
_HEADER = re.compile(rb"([!-9;-~]{1,100}):")
_MAIL_HEADERS = frozenset(
    b"from to cc subject date received return-path message-id mime-version content-type delivered-to reply-to sender "
    b"in-reply-to references content-transfer-encoding".split()
)
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x1b")


def is_recording(media_type: str) -> bool:
    """Whether this type is heard rather than read."""
    return media_type in DEMUXERS or raw_of(media_type) is not None


def demuxer(media_type: str) -> str:
    """The one reader that a recording of this type may be given to."""
    raw = raw_of(media_type)
    return raw.reader if raw else DEMUXERS[media_type]


def sniff(head: bytes, name: str, raw: Raw | None = None) -> str:
    """The media type of a file that begins with ``head`` (HEAD_BYTES of it); ``raw`` is what headerless ones hold.

    Raises InputEmpty, AudioEmpty, AudioUnreadable or InputTypeRefused (permanent).
    """
    suffix = PurePath(name).suffix.lower()
    if not head:
        raise AudioEmpty() if suffix in _AUDIO_NAMES or raw_named(suffix, raw) else InputEmpty()
    if (samples := raw_named(suffix, raw)) and not _is_marked(head):
        return samples.media_type
    if found := _recording(head):
        return found
    if suffix == ".eml" or _has_mail_headers(head):
        return MAIL
    _refuse_binary(head)
    if head.startswith(b"PK\x03\x04"):
        return _workbook(head)
    return _text_kind(head, suffix) if _is_text(head) else _binary_kind(head, suffix)


def _is_marked(head: bytes) -> bool:
    """Whether it begins as no samples do: shorter marks than four bytes may be sound by chance."""
    marks = (b"RIFF", b"RF64", b"BW64", b"PK\x03\x04", b"%PDF", b"\x7fELF", b"\xd0\xcf\x11\xe0")
    signed = any(head.startswith(magic, at) for at, magic, _ in _SIGNATURES if len(magic) > 3)
    return signed or head.startswith(marks) or (is_utf8(head) and _is_text(head))


def _recording(head: bytes) -> str | None:
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and (head[8:12] == b"WAVE" or len(head) < 12):
        return "audio/wav"
    for offset, magic, media_type in _SIGNATURES:
        if head.startswith(magic, offset):
            return media_type
    if head.startswith(b"ID3"):
        return _after_id3(head)
    if adts_chain(head):
        return "audio/aac"
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return "video/mp2t"
    return None


def _after_id3(head: bytes) -> str:
    """An ID3 tag stands before MP3, and sometimes before FLAC or AAC; its length is four times seven bits."""
    if len(head) < 10:
        raise AudioUnreadable()
    size = 10 + sum((byte & 0x7F) << 7 * (3 - place) for place, byte in enumerate(head[6:10]))
    rest = head[size:]
    return "audio/aac" if adts_chain(rest) else "audio/mpeg"


def _refuse_binary(head: bytes) -> None:
    for magic, what in _REFUSED_BINARY:
        if head.startswith(magic) and not (magic == b"MZ" and _is_text(head)):
            raise InputTypeRefused(f"it is {what}")


def _workbook(head: bytes) -> str:
    if b"xl/" in head:
        return XLSX
    raise InputTypeRefused("it is an archive: unpack it first")


def _binary_kind(head: bytes, suffix: str) -> str:
    """An MP3 without a tag has no mark of its own; what is known to be something else is not searched for one."""
    import filetype

    found = filetype.guess(head)
    if found and not found.mime.startswith(("audio/", "video/")):
        raise InputTypeRefused(f"it is {found.mime}")
    if suffix in HEADERLESS:
        return HEADERLESS[suffix]
    if mpeg_chain(head):
        return "audio/mpeg"
    raise AudioUnreadable() if suffix in _AUDIO_NAMES else InputTypeRefused("unknown binary content")


def _is_text(head: bytes) -> bool:
    """Few controls, and fewer still where it is not UTF-8: random bytes hold one in eight."""
    encoding = guess_encoding(head)
    if encoding.startswith(("utf-16", "utf-32")):
        return True
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls <= len(head) * (0.3 if is_utf8(head) else 0.02)


def _has_mail_headers(head: bytes) -> bool:
    """At least two of the header fields that every message has stand before the first empty line."""
    lines = head.lstrip(b"\xef\xbb\xbf\r\n").splitlines()[:60]
    if lines and lines[0].startswith((b"From ", b">From ")):
        lines = lines[1:]
    known = set()
    for line in lines:
        if not line.strip():
            break
        if line[:1] not in b" \t":
            if not (field := _HEADER.match(line)):
                break
            known.add(field[1].lower())
    return len(known & _MAIL_HEADERS) > 1


def _text_kind(head: bytes, suffix: str) -> str:
    text = head.decode(guess_encoding(head), errors="replace").lstrip("\ufeff \t\r\n")
    _refuse_text(text, suffix)
    if text.startswith("{") and suffix in (".json", ".vcon", ""):
        return VCON if suffix == ".vcon" or _has_vcon_keys(text) else JSON
    if suffix in _TEXT_NAMES:
        return _TEXT_NAMES[suffix]
    raise InputTypeRefused(f"plain text named {suffix[:20]}")


def _refuse_text(text: str, suffix: str) -> None:
    start = text[:20].lower()
    what = next((what for magic, what in _REFUSED_TEXT if start.startswith(magic)), None)
    # A note or a table may begin with any of the shorter marks by chance: only a recording's name makes them a trap.
    if what and not (start.startswith(("v=0", "#!")) and suffix not in _AUDIO_NAMES):
        raise InputTypeRefused(f"it is {what}")


def _has_vcon_keys(text: str) -> bool:
    return '"vcon"' in text or ('"parties"' in text and '"dialog"' in text) or '"payload"' in text[:100]
