"""HTML as the text a reader would see. Nothing it names is fetched."""

from __future__ import annotations

import html
import re

MAX_HTML_CHARS = 2_000_000

_HIDDEN = re.compile(r"<(script|style|head)\b[^<]*.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")


def html_text(markup: str) -> tuple[str, tuple[str, ...]]:
    """The visible text; the flag ``html_unreadable`` says that only the tags could be taken out."""
    plain = markup[:MAX_HTML_CHARS].replace("\0", "")
    if text := _rendered(plain):
        return text, ()
    # libxml drops whatever lies over 256 elements deep: the words are worth more than their order.
    rest = html.unescape(_TAG.sub(" ", _HIDDEN.sub(" ", plain))).strip()
    return rest, ("html_unreadable",) if rest else ()


def _rendered(markup: str) -> str:
    from inscriptis import get_text
    from inscriptis.css_profiles import STRICT_CSS_PROFILE
    from inscriptis.model.config import ParserConfig

    if not markup.strip():
        return ""
    try:
        text: str = get_text(markup, ParserConfig(css=STRICT_CSS_PROFILE))
    except Exception:  # lxml and inscriptis let several errors out, RecursionError too
        return ""
    return text.strip()
