"""Shorthand of agents' notes, written out for whatever reads them, with the way back to what stands there.

"Cust cld re pymt decl" becomes "Customer called regarding payment declined". What is stored, shown and searched is the
note as it was written: places found in the long text are moved back by ``Expanded.place``.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources

from data.types import VocabularyEntry
from nlp.text import TOKEN

NEAR = 5
"""Words on either side among which another entry tells that an ambiguous one is shorthand, too."""
REACH = 100
"""Characters in which that many words stand."""
LANGUAGES = ("en", "de")
_BEFORE = r"(?:(?<![\w@.&/'’-])|(?<=\b[wW]/))"
_AFTER = r"(?P<plural>s)?(?![\w@&/#-]|['’]\w{2}|\.\w)"
"""A word with a hyphen or an apostrophe, an address and a path are never opened up."""


@dataclass(frozen=True, slots=True)
class Swap:
    """What was written, and what is read there: characters of either text."""

    begin: int
    end: int
    read_begin: int
    read_end: int


@dataclass(frozen=True, slots=True)
class Expanded:
    """The text as it reads in full; ``swaps`` are in order, and ``begins`` where they begin in it."""

    text: str
    swaps: tuple[Swap, ...] = ()
    begins: tuple[int, ...] = ()

    def place(self, begin: int, end: int) -> tuple[int, int]:
        """Where characters of ``text`` stand in what was written; a shortened word is never cut."""
        return self._written(begin, at_end=False), self._written(end, at_end=True)

    def _written(self, position: int, *, at_end: bool) -> int:
        number = bisect_right(self.begins, position - at_end) - 1
        if number < 0:
            return position
        swap = self.swaps[number]
        if position - at_end < swap.read_end:
            return swap.end if at_end else swap.begin
        return position - swap.read_end + swap.end


@dataclass(frozen=True, slots=True)
class _Entry:
    full: str
    sure: bool


class Shorthand:
    """The entries of one language and those that a tenant added. Immutable."""

    def __init__(self, entries: Mapping[str, _Entry], *, capital_nouns: bool = False) -> None:
        self._entries = entries
        self._capital_nouns = capital_nouns

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._entries, key=lambda short: (-len(short), short))
        words = "|".join(_spelled(short) for short in longest_first if short[-1].isalnum())
        marked = "|".join(_spelled(short) for short in longest_first if not short[-1].isalnum())
        found = rf"(?P<word>{words}){_AFTER}" + (rf"|(?P<marked>{marked})" if marked else "")
        return re.compile(rf"{TOKEN.pattern}|\S+@\S+|\w+://\S+|{_BEFORE}(?:{found})", re.IGNORECASE)

    def expand(self, text: str) -> Expanded:
        """The text in full."""
        if not self._entries:
            return Expanded(text)
        found = [match for match in self._pattern.finditer(text) if match.lastgroup]
        sure = [self._entry(match).sure for match in found]
        near = _near(text, found, sure)
        meant = [one for one, by_itself, by_another in zip(found, sure, near, strict=True) if by_itself or by_another]
        ends = [one.end() + self._dot(text, one.end()) for one in meant]
        return _swapped(text, [(one.start(), end, self._full(one)) for one, end in zip(meant, ends, strict=True)])

    def _dot(self, text: str, end: int) -> int:
        """Whether the full stop behind belongs to the short form: the sentence goes on."""
        rest = text[end : end + 3]
        return int(rest.startswith(". ") and len(rest) > 2 and (self._capital_nouns or rest[2].islower()))

    def _entry(self, match: re.Match[str]) -> _Entry:
        return self._entries[" ".join(_short(match).lower().split())]

    def _full(self, match: re.Match[str]) -> str:
        full = self._entry(match).full + ("s" if match["plural"] else "")
        short = _short(match)
        return full[0].upper() + full[1:] if short[0].isupper() and not (len(short) > 1 and short.isupper()) else full


NO_SHORTHAND = Shorthand({})


def shorthand(language: str, vocabulary: Iterable[VocabularyEntry] = ()) -> Shorthand:
    """That of a BCP-47 language, and the entries of the kind ``shorthand`` that a tenant has for it."""
    code = language.partition("-")[0].lower()
    own = frozenset(one for one in vocabulary if one.kind == "shorthand" and (one.language or code) == code)
    return _shorthand(code, own)


@lru_cache(maxsize=64)  # a tenant's entries change, and a worker stays
def _shorthand(code: str, own: frozenset[VocabularyEntry]) -> Shorthand:
    added = {short.lower(): _Entry(one.phrase, sure=True) for one in own for short in one.spoken}
    entries = {**_shipped(code), **added}
    return Shorthand(entries, capital_nouns=code == "de") if entries else NO_SHORTHAND


@cache
def _shipped(code: str) -> dict[str, _Entry]:
    if code not in LANGUAGES:
        return {}
    table = tomllib.loads((resources.files(__name__) / f"{code}.toml").read_text(encoding="utf-8"))
    return {
        short: _Entry(full, sure=part == "plain")
        for part in ("beside", "plain")
        for full, shorts in table[part].items()
        for short in shorts
    }


def _spelled(short: str) -> str:
    return r"\s+".join(map(re.escape, short.split()))


def _short(match: re.Match[str]) -> str:
    return match["word"] or match["marked"]


def _near(text: str, found: Sequence[re.Match[str]], sure: Sequence[bool]) -> list[bool]:
    """Whether an entry that is certain stands near each, on either side; a name with a capital is none."""
    forward = _within_reach(text, found, sure)
    backward = _within_reach(text, found[::-1], sure[::-1])[::-1]
    return [
        (before or after) and not (_short(one)[0].isupper() and not _short(one).isupper() and one.start() > 0)
        for one, before, after in zip(found, forward, backward, strict=True)
    ]


def _within_reach(text: str, found: Sequence[re.Match[str]], sure: Sequence[bool]) -> list[bool]:
    last: re.Match[str] | None = None
    near: list[bool] = []
    for match, is_sure in zip(found, sure, strict=True):
        near.append(last is not None and _words_between(text, match, last) <= NEAR)
        last = match if is_sure else last
    return near


def _words_between(text: str, one: re.Match[str], other: re.Match[str]) -> int:
    begin, end = min(one.end(), other.end()), max(one.start(), other.start())
    return len(text[begin:end].split()) if end - begin <= REACH else NEAR + 1


def _swapped(text: str, found: Iterable[tuple[int, int, str]]) -> Expanded:
    parts: list[str] = []
    swaps: list[Swap] = []
    at = length = 0
    for begin, end, full in found:
        kept = text[at:begin]
        read = f"{full} " if text[end : end + 1].isalnum() else full
        parts += [kept, read]
        length += len(kept) + len(read)
        swaps.append(Swap(begin, end, length - len(read), length))
        at = end
    return Expanded("".join([*parts, text[at:]]), tuple(swaps), tuple(swap.read_begin for swap in swaps))
