"""The text of a written contact, from the bytes in which it was accepted."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any, BinaryIO

from data.errors import InputTypeRefused, InputUnreadable, TextEmpty
from data.types import Document, JSONValue, Role, Turn, Word
from ingest.kinds import MAIL, ROW, TEXT, TURNS
from ingest.mail import read_mail
from ingest.text import MAX_TEXT_CHARS, bounded, clean_line, decode


def open_document(media_type: str, payload: bytes | BinaryIO) -> Document:
    """What was written, cleaned but with quotes and signatures still in it.

    A stream is read as far as there is text to be analysed. The text of a row that only gives a score is empty.
    Raises TextEmpty, MailUnreadable or InputTypeRefused (permanent).
    """
    try:
        return _OPEN[media_type](io.BytesIO(payload) if isinstance(payload, bytes) else payload)
    except KeyError as error:
        raise InputTypeRefused(media_type[:80]) from error


def plain(payload: bytes) -> Document:
    """A text file, in whatever encoding. Raises TextEmpty (permanent)."""
    decoded, guessed = decode(payload[: 4 * MAX_TEXT_CHARS])
    text, cut = bounded(decoded)
    if not text:
        raise TextEmpty()
    longer = ("partial",) if len(payload) > 4 * MAX_TEXT_CHARS else ()
    return Document(text=text, flags=tuple(dict.fromkeys((*guessed, *cut, *longer))))


def _text(payload: BinaryIO) -> Document:
    return plain(payload.read(4 * MAX_TEXT_CHARS + 1))


def _mail(payload: BinaryIO) -> Document:
    return read_mail(payload)[0]


def _row(payload: BinaryIO) -> Document:
    row = _content(payload)
    text, flags = bounded(str(row.get("text", "")))
    return Document(text=text, subject=_subject(row), flags=flags)


def _turns(payload: BinaryIO) -> Document:
    content = _content(payload)
    said = content.get("turns")
    turns = tuple(_turn(at, turn) for at, turn in enumerate(said if isinstance(said, list) else ()))
    lasts_s = content.get("duration_s")
    return Document(
        text="\n\n".join(turn.text for turn in turns),
        subject=_subject(content),
        turns=turns,
        duration_s=lasts_s if isinstance(lasts_s, float) else None,
    )


def _turn(position: int, turn: JSONValue) -> Turn:
    """Words point into the text, which was cleaned with them and is taken as it stands."""
    given = turn if isinstance(turn, dict) else {}
    text, words = str(given.get("text")), given.get("words")
    return Turn(
        position=position,
        role=Role(str(given.get("role", "unknown"))),
        text=text if words else bounded(text)[0],
        begin_ms=_whole(given.get("begin_ms")),
        end_ms=_whole(given.get("end_ms")),
        channel=_whole(given.get("channel")),
        words=tuple(_word(*word) for word in words if isinstance(word, list)) if isinstance(words, list) else (),
    )


def _word(
    text: Any, begin_ms: Any, end_ms: Any, confidence: Any, char_begin: Any, char_end: Any, heard: Any = None
) -> Word:
    return Word(
        text=str(text),
        begin_ms=int(begin_ms),
        end_ms=int(end_ms),
        confidence=float(confidence),
        char_begin=int(char_begin),
        char_end=int(char_end),
        heard=heard if isinstance(heard, str) else None,
    )


def _whole(given: JSONValue) -> int | None:
    return given if isinstance(given, int) else None


def _content(payload: BinaryIO) -> dict[str, JSONValue]:
    """Our own JSON, as ``ingest`` wrote it; anything else is no file of ours."""
    try:
        content = json.loads(payload.read())
    except (ValueError, RecursionError) as error:
        raise InputUnreadable() from error
    if not isinstance(content, dict):
        raise InputUnreadable()
    return content


def _subject(content: dict[str, JSONValue]) -> str | None:
    return clean_line(str(content.get("subject") or "")) or None


_OPEN: dict[str, Callable[[BinaryIO], Document]] = {MAIL: _mail, TEXT: _text, ROW: _row, TURNS: _turns}
