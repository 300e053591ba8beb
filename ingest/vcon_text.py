"""The text of one vCon dialog, in whichever of its encodings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from data.errors import MailUnreadable, VConInvalid
from ingest.mail import read_mail
from ingest.text import bounded, decode
from ingest.vcon_base64 import decode_base64


def body_text(at: int, dialog: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The cleaned text, empty where the dialog holds none, and what is to be known of it, as ``read_mail`` says it.

    Raises VConInvalid (permanent).
    """
    body = dialog.get("body")
    encoding = dialog.get("encoding") or "none"
    if body is None:
        return "", ()
    if encoding in ("base64url", "base64"):
        body = decode(decode_base64(body))[0]
    elif encoding == "json":
        body = _from_json(body)
    if not isinstance(body, str):
        raise VConInvalid(f"dialog {at}: its body is no text")
    return _of_type(body, str(dialog.get("mediatype") or dialog.get("mimetype") or "text/plain"))


def _from_json(body: object) -> object:
    """JSON comes as a value, and as a string that holds one; of an object its ``text`` is what was said."""
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except (ValueError, RecursionError):
            return body
    return body.get("text", body.get("body")) if isinstance(body, dict) else body


def _of_type(body: str, media_type: str) -> tuple[str, tuple[str, ...]]:
    if media_type.casefold().startswith("text/plain"):
        return bounded(body)
    header = " ".join(media_type.split())[:1000]
    content = f"Content-Type: {header}\r\n\r\n{body}".encode(errors="replace")
    try:
        document = read_mail(content)[0]
    except MailUnreadable:
        return "", ()
    return document.text, document.flags
