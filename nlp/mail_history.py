"""Which lines of a mail its writer added, and which it only carries along.

A history begins at a separator, an attribution ("On … wrote:") or a block of headers. Where its lines are marked with
``>``, whoever answers may write below them and between them, and that is part of the answer; where they are not, all
that follows is history.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from nlp.mail_headers import block_end, block_start
from nlp.mail_wording import HEAD, QUOTE_MARKS, QUOTED

LANGUAGES = ("en", "de", "fr", "es", "zh", "it", "nl", "ja", "ko", "pl", "sv", "da", "cs")
"""Looked for in every mail: a quoted history may be in another language than the reply."""
SEARCHED = 300
"""Longer lines open no history; the patterns need time in the square of a line's length."""
HISTORIES = 50
"""More of them in one mail are not told apart."""
DATED = re.compile(r"\d|@")
WRAPPED = 60
"""A quoted line from this length on may have been broken, and its rest have lost the mark."""


def own_text(text: str, language: str) -> str:
    """What was added, as it stands in the text; where nothing was, all of it without the marks."""
    own = "\n".join(_own(text, language)).strip()
    return own or "\n".join(QUOTE_MARKS.sub("", line) for line in text.split("\n")).strip()


def _own(text: str, language: str) -> Iterator[str]:
    for _ in range(HISTORIES):
        begin, end = _history(text, language)
        yield from _unquoted(text[:begin].split("\n"))
        rest = text[end:].split("\n")
        if not _is_marked(rest):
            return
        text = "\n".join(_answers(rest))
    yield from _unquoted(text.split("\n"))


def _history(text: str, language: str) -> tuple[int, int]:
    """The characters of the first separator, attribution or block of headers; where there is none, behind the last."""
    searched = "\n".join(line if len(line) <= SEARCHED else "." * len(line) for line in text.split("\n"))
    heads = (pattern.search(searched) for pattern in (HEAD, _attributions(language)))
    found = [(_without_blanks(searched, *head.span())) for head in heads if head]
    return min([*found, *_block(text), *_any_attribution(text)], default=(len(text), len(text)))


def _without_blanks(text: str, begin: int, end: int) -> tuple[int, int]:
    inside = text[begin:end]
    return end - len(inside.lstrip()), begin + len(inside.rstrip())


def _block(text: str) -> Iterator[tuple[int, int]]:
    lines = text.split("\n")
    if (start := block_start(lines)) is not None:
        yield _characters(lines, start), _characters(lines, block_end(lines, start))


def _any_attribution(text: str) -> Iterator[tuple[int, int]]:
    """In any language: a line with a date or an address that ends with a colon, right above what is quoted."""
    lines = text.split("\n")
    for number, line in enumerate(lines[:-1]):
        dated = line.rstrip().endswith((":", "：")) and len(line) <= SEARCHED and DATED.search(line)
        if dated and _is_marked(lines[number + 1 : number + 3]):
            yield _characters(lines, number), _characters(lines, number + 1)
            return


def _characters(lines: Sequence[str], number: int) -> int:
    """Where the line begins in the text."""
    return sum(len(line) + 1 for line in lines[:number])


@cache
def _attributions(language: str) -> re.Pattern[str]:
    """The library's "On … wrote:" of thirteen languages; its blocks of headers would take a journey for one."""
    from mailparser_reply.constants import MAIL_LANGUAGES

    order = [language, *(other for other in LANGUAGES if other != language)]
    patterns = [MAIL_LANGUAGES[one]["wrote_header"] for one in order if one in MAIL_LANGUAGES]
    return re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)


def _is_marked(lines: Sequence[str]) -> bool:
    return next((line.lstrip().startswith(">") for line in lines if line.strip()), False)


def _answers(lines: Sequence[str]) -> Iterator[str]:
    """The lines below and between marked ones, without those that a program broke off a long quoted line."""
    for number, line in enumerate(lines):
        if QUOTED.match(line):
            continue
        before, after = lines[max(0, number - 1)], lines[min(len(lines) - 1, number + 1)]
        broken = line.strip() and QUOTED.match(before) and len(before) >= WRAPPED and QUOTED.match(after)
        if not broken:
            yield line


def _unquoted(lines: Sequence[str]) -> Iterator[str]:
    return (line for line in lines if not QUOTED.match(line))
