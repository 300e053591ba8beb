"""Plain text made safe and cut into sentences, in any script, without a model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

BREAKS = str.maketrans({"\r": "\n", "\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"})
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""What no reader sees and a database, a page or a terminal may act on: controls, bidi marks, lone surrogates.

The zero-width joiner and non-joiner stay: Persian, Hindi and emoji need them.
"""
ABBREVIATIONS = (
    "mr.",
    "mrs.",
    "ms.",
    "dr.",
    "st.",
    "no.",
    "e.g.",
    "i.e.",
    "approx.",
    "inc.",
    "ltd.",
    "z.b.",
    "ca.",
    "nr.",
    "str.",
    "sr.",
    "sra.",
)
END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|[。！？]+[”’」』）]*|\n\s*\n|\n")
WRAPPED = 45
"""Shorter lines were broken by the writer; longer ones may have been broken by a mail program."""
TOKEN = re.compile(r"\[[A-Z]+(?:_[A-Z]+)*_\d+(?::\d{4}|#[0-9a-f]{12})?\]")
"""What stands in a text for a masked value: ``[CARD_1]``, with its last four digits, or with a keyed hash."""
WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
"""A word without digits; apostrophes and hyphens inside it belong to it."""
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")


def vocabulary(words: str) -> frozenset[str]:
    """The words of a list that is written as running text."""
    return frozenset(words.split())


class Sentence(NamedTuple):
    """Characters of a text that stand together, surrounding blanks left out."""

    begin: int
    end: int
    text: str


def clean_text(text: str) -> str:
    """The text as a reader sees it: composed characters, one kind of line break, nothing invisible.

    Cleaning twice changes nothing, so that offsets into a cleaned text stay true.
    """
    lines = text.replace("\r\n", "\n").translate(BREAKS)
    visible = unicodedata.normalize("NFC", INVISIBLE.sub("", lines))
    return "\n".join(line.rstrip() for line in visible.split("\n")).strip()


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text in order. A masked value, a decimal or an abbreviation ends none."""
    begin = 0
    for match in END.finditer(text):
        if _is_boundary(text, begin, match):
            yield from _trimmed(text, begin, match.end())
            begin = match.end()
    yield from _trimmed(text, begin, len(text))


def _is_boundary(text: str, begin: int, match: re.Match[str]) -> bool:
    mark = match.group()
    if mark == "\n":
        return match.start() - max(begin, text.rfind("\n", 0, match.start()) + 1) < WRAPPED
    if mark != ".":
        return True
    last = text[text.rfind(" ", begin, match.start()) + 1 : match.end()].lower()
    return last not in ABBREVIATIONS


def _trimmed(text: str, begin: int, end: int) -> Iterator[Sentence]:
    part = text[begin:end]
    stripped = part.strip()
    if stripped:
        start = begin + len(part) - len(part.lstrip())
        yield Sentence(start, start + len(stripped), stripped)


def words(text: str) -> list[str]:
    """The words in lower case, masked values and numbers left out; in scripts without blanks, their characters."""
    found: list[str] = []
    for match in WORD.finditer(TOKEN.sub(" ", text)):
        word = match.group().lower().replace("’", "'")
        found.extend(word if is_unspaced(word) else [word])
    return found


def is_unspaced(text: str) -> bool:
    """Whether the text is in a script that writes no blanks between words (Han, kana, Thai)."""
    return not text.isascii() and UNSPACED.search(text) is not None


def pieces(text: str, longest: int) -> Iterator[tuple[int, int]]:
    """Where to cut a text so that no piece is longer: at a line's end, else after a blank, else anywhere.

    They cover the text without a gap; a short one is one piece, and so is an empty one.
    """
    begin = 0
    while len(text) - begin > longest:
        half = begin + longest // 2
        cut = max(text.rfind("\n", half, begin + longest), -1) + 1 or text.rfind(" ", half, begin + longest) + 1
        end = cut or begin + longest
        yield begin, end
        begin = end
    yield begin, len(text)
