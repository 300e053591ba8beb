"""The words of a text, for names and for telling a text from junk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

MASKED = re.compile(r"\[[A-Z][A-Z_]*(?:_\d+)?\]|https?://\S+|\S+@\S+")
TOKEN = re.compile(r"[぀-ヿ㐀-鿿가-힯]|[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
CLAUSE = re.compile(r"[.!?,;:\n()\"“”…。，！？；：、]+")
WIDE = re.compile(r"[぀-ヿ㐀-鿿]")


TELLING = frozenset({"bill", "cry", "empty", "find", "fire", "system"})
"""On the library's list of stop words, but reasons are made of them."""


def words(text: str) -> list[str]:
    """Its words in lower case, without masked details and addresses; each sign of a script without spaces is one."""
    return TOKEN.findall(MASKED.sub(" ", text).lower())


def clauses(text: str) -> Iterator[list[str]]:
    """The words of each stretch between punctuation marks or masked details."""
    for stretch in CLAUSE.split(MASKED.sub(".", text)):
        found = TOKEN.findall(stretch.lower())
        if found:
            yield found


def phrase(tokens: Sequence[str]) -> str:
    """The words as they are written: with spaces, but for scripts that have none."""
    joined = " ".join(tokens)
    return re.sub(r"(?<=[぀-ヿ㐀-鿿]) (?=[぀-ヿ㐀-鿿])", "", joined)


def says_something(text: str) -> bool:
    """Whether a reason could be in it: "n/a", a dot or a single letter says none."""
    found = words(text)
    spelled = " ".join(found)
    return sum(map(len, found)) > 1 and not spelled.replace(" ", "").isdigit() and spelled not in _listed("junk.txt")


@cache
def empty_words() -> frozenset[str]:
    """Words that carry no reason by themselves: a name neither begins nor ends with one."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return _listed("fillers.txt") | frozenset(ENGLISH_STOP_WORDS - TELLING)


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset((files("classify") / name).read_text(encoding="utf-8").splitlines())
