"""Text as it may stand in a file that people look at: one line, nothing unseen, nothing that turns the direction."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
"""They shape Persian, Indic and emoji; every other format character is dropped."""
_BLANK = frozenset({"Cc", "Zs", "Zl", "Zp"})


def shown(text: str) -> str:
    """The text on one line, without control characters and direction overrides (Trojan Source, CVE-2021-42574)."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(map(_shown, text)).split())


def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category in _BLANK:
        return " "
    if category == "Cs":
        return "\ufffd"
    return "" if category == "Cf" and char not in _JOINERS else char


def columns(text: str) -> int:
    """How wide it is: a Chinese, Japanese or Korean character takes two columns (Unicode Annex 11)."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in ("W", "F")


def _columns(char: str) -> int:
    if unicodedata.combining(char) or char in _JOINERS:
        return 0
    return 2 if is_wide(char) else 1
