"""E-mail: the text a reader would see, and what the header says of the contact (RFC 5322, 2045–2049).

Headers are read with the tolerant policy of the standard library and by its small functions: its strict one raises
half a dozen different errors on real headers. Attachments are named by type, never opened.
"""

from __future__ import annotations

import datetime as dt
import email
import email.header
import email.utils
import io
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.message import Message
from email.policy import compat32
from typing import BinaryIO

from data.errors import CustomerRefInvalid, MailUnreadable
from data.types import CustomerRef, Direction, Document, Metadata
from ingest.flowed import unflowed
from ingest.mail_limits import within_limits
from ingest.markup import html_text
from ingest.text import bounded, clean_line, decode

MAX_HEADER_CHARS = 4_000
MAX_LISTED = 20
MAX_TEXT_PARTS = 50
STUB_LETTERS = 500
"""A plain text with as many is no stub that stands for a message in HTML."""


def read_mail(content: bytes | BinaryIO) -> tuple[Document, Message]:
    """The text, with flags ``partial``, ``charset_guessed``, ``html_unreadable`` and ``attachment:TYPE``.

    A stream is never held as a whole. Raises MailUnreadable (permanent): there is no text in it within the limits.
    """
    message, cut = _parsed(io.BytesIO(content) if isinstance(content, bytes) else content)
    texts: list[str] = []
    flags = ["partial"] if cut else []
    for part in _readable(message, flags):
        text, found = _text_of(part)
        texts.append(text)
        flags += found
    text, too_long = bounded("\n\n".join(one.strip("\r\n") for one in texts if one.strip()))
    subject = clean_line(header(message, "Subject"))
    if not text and not subject:
        raise MailUnreadable()
    document = Document(text=text, subject=subject or None, flags=tuple(dict.fromkeys((*flags, *too_long))))
    return document, message


def mail_metadata(message: Message, direction: Direction | None) -> Metadata:
    """Who wrote, when, and under which id; the customer is the recipient of what went out, else the sender."""
    other_side = "To" if direction is Direction.OUTBOUND else "From"
    return Metadata(
        external_id=clean_line(header(message, "Message-ID")).strip("<>")[:200] or None,
        customers=_address(header(message, other_side)),
        started_at=_date(header(message, "Date")),
    )


def header(message: Message, name: str) -> str:
    """A header field decoded by best effort; empty where it is not there. At most MAX_HEADER_CHARS count."""
    raw = str(message.get(name, ""))[:MAX_HEADER_CHARS].replace("\r", "").replace("\n", "")
    try:
        pieces = email.header.decode_header(raw)
    except (HeaderParseError, ValueError, AssertionError):
        return raw
    return "".join(piece if isinstance(piece, str) else _decoded(piece, charset) for piece, charset in pieces)


def _decoded(piece: bytes, charset: str | None) -> str:
    return decode(piece, charset or "utf-8")[0]


def _parsed(content: BinaryIO) -> tuple[Message, bool]:
    kept, cut = within_limits(content)
    try:
        return email.message_from_bytes(kept, policy=compat32), cut
    except Exception as error:  # the parser promises to raise nothing, and does on some malformed headers
        raise MailUnreadable() from error


def _readable(message: Message, flags: list[str]) -> Iterator[Message]:
    """The parts a reader sees, in order; attachments go into the flags by their type."""
    found = 0
    for part in _shown(message):
        if part.get_content_type() in ("text/plain", "text/html") and not _is_attached(part) and found < MAX_TEXT_PARTS:
            found += 1
            yield part
        elif len(flags) < MAX_LISTED:
            # The type only: a file's name may be a person's.
            flags.append(f"attachment:{clean_line(part.get_content_type())[:80]}")


def _shown(message: Message) -> Iterator[Message]:
    """Of alternatives the plain one, where there is something in it; a message within the message stays closed."""
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        parts = [part for part in message.get_payload() if isinstance(part, Message)]
        if message.get_content_subtype() == "alternative":
            parts = _best(parts)
        for part in parts:
            yield from _shown(part)
    else:
        yield message


def _best(parts: list[Message]) -> list[Message]:
    """The plain one where it is whole, else the one in HTML, else the last, which the sender liked best."""
    plain = next((part for part in parts if part.get_content_type() == "text/plain" and _bytes_of(part).strip()), None)
    rich = next((part for part in reversed(parts) if _html_in(part) is not None), None)
    if plain is not None and (rich is None or _is_whole(plain, rich)):
        return [plain]
    return [rich] if rich is not None else parts[-1:]


def _html_in(part: Message) -> Message | None:
    """The HTML that the part is or, with its pictures, begins with."""
    inner = part.get_payload() if part.get_content_type() == "multipart/related" else [part]
    found = inner[0] if isinstance(inner, list) and inner else None
    return found if isinstance(found, Message) and found.get_content_type() == "text/html" else None


def _is_whole(plain: Message, rich: Message) -> bool:
    """No stub such as "your program cannot show this message": it has at least half of the letters."""
    letters = _letters(plain)
    markup = _html_in(rich)
    return letters >= STUB_LETTERS or markup is None or 2 * letters >= _letters(markup)


def _letters(part: Message) -> int:
    return sum(map(str.isalnum, _text_of(part)[0]))


def _is_attached(part: Message) -> bool:
    return str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")


def _bytes_of(part: Message) -> bytes:
    """The decoded body; as it stands where its transfer encoding is none."""
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, AssertionError, LookupError):
        payload = None
    if isinstance(payload, bytes):
        return payload
    raw = part.get_payload()
    return raw.encode("utf-8", errors="surrogateescape") if isinstance(raw, str) else b""


def _text_of(part: Message) -> tuple[str, list[str]]:
    text, flags = decode(_bytes_of(part), _charset(part))
    if part.get_content_type() != "text/html":
        return _unwrapped(part, text), list(flags)
    visible, found = html_text(text)
    return visible, [*flags, *found]


def _unwrapped(part: Message, text: str) -> str:
    if _parameter(part, "format") != "flowed":
        return text
    return unflowed(text, delete_space=_parameter(part, "delsp") == "yes")


def _parameter(part: Message, name: str) -> str:
    try:
        found = part.get_param(name)
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    return found.strip().casefold() if isinstance(found, str) else ""


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset("utf-8")
    except (ValueError, LookupError, TypeError, AttributeError):
        return "utf-8"


def _address(value: str) -> tuple[CustomerRef, ...]:
    address = clean_line(email.utils.parseaddr(value)[1]).casefold()
    if address.count("@") != 1 or " " in address:
        return ()
    try:
        return (CustomerRef.parse(f"email:{address}"),)
    except CustomerRefInvalid:
        return ()


def _date(value: str) -> dt.datetime | None:
    """The time in UTC; None where it cannot be read: a wrong clock is no reason to refuse a mail."""
    try:
        moment = email.utils.parsedate_to_datetime(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
