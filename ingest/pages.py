"""Which page of a site was looked at: its address without what may say who looked."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from data.errors import MetadataInvalid
from ingest.fields import MAX_FIELD_CHARS
from ingest.text import clean_line

_MAX_CHARS = 8_000
OWN = "*"
"""In place of a part of the path that is one customer's own: an order, an account, an address."""
_OWN_PART = re.compile(r".*@.*|.*\d{4,}.*|(?=.*\d)[\w-]{16,}", re.DOTALL)


def read_page(field: str, value: object) -> str:
    """Host and path of an address, or a page's name. Query, fragment and sign-in are left out, and of the path what
    looks like a number or an address of one's own, so that alike pages are one."""
    if not isinstance(value, str) or len(value) > _MAX_CHARS:
        raise MetadataInvalid(f"{field}: not an address of a page")
    try:
        parts = urlsplit(unquote(clean_line(value)))
        host = (parts.hostname or "") if parts.netloc else ""
    except ValueError as error:
        raise MetadataInvalid(f"{field}: not an address of a page") from error
    path = "/".join(OWN if _OWN_PART.fullmatch(part) else part for part in parts.path.split("/"))
    page = clean_line(host + path)[:MAX_FIELD_CHARS]
    if not page:
        raise MetadataInvalid(f"{field}: not an address of a page")
    return page.rstrip("/") or "/"
