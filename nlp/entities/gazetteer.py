"""A tenant's own names: its products, its competitors, its places, found in any of the ways they are written.

Case, hyphens and a plural make no difference. A name of one word with at most five letters ("Three"), or that is a word
of every day, must be written as it was entered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from data.types import VocabularyEntry
from nlp.entities.found import Named
from nlp.issue_cues import cues

KINDS = ("product", "competitor", "place")
"""What is named: of a person's name or of anything else nothing is known."""
UNSPACED = "\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f"
PART = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
SHORT = 5
"""Letters; a word of so few stands for many things."""
PLURAL = 4


class _Part(NamedTuple):
    begin: int
    end: int
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to write an entry: its parts, and whether their case counts."""

    entry: VocabularyEntry
    keys: tuple[str, ...]
    exact: str | None


class Gazetteer:
    """A tenant's names, ready to be found. Immutable."""

    def __init__(self, entries: Iterable[VocabularyEntry] = ()) -> None:
        self._forms: dict[str, list[_Form]] = {}
        for entry in entries:
            for written in (entry.phrase, *entry.spoken) if entry.kind in KINDS else ():
                form = _form(entry, written)
                self._forms.setdefault(form.keys[0], []).append(form)
        for forms in self._forms.values():
            forms.sort(key=lambda form: -len(form.keys))

    def find(self, text: str, language: str) -> Iterator[Named]:
        """The longest name at each place, with the way it is to be written as its value."""
        parts = _parts(text) if self._forms else []
        at = 0
        while at < len(parts):
            form = self._longest(parts, at, language)
            if form is not None:
                begin, end = parts[at].begin, parts[at + len(form.keys) - 1].end
                yield Named(type=form.entry.kind, begin=begin, end=end, value=form.entry.phrase)
            at += len(form.keys) if form else 1

    def _longest(self, parts: list[_Part], at: int, language: str) -> _Form | None:
        for form in self._forms.get(parts[at].key, ()):
            said = parts[at : at + len(form.keys)]
            if tuple(part.key for part in said) == form.keys and _fits(form, said, language):
                return form
        return None


@lru_cache(maxsize=64)
def gazetteer(entries: tuple[VocabularyEntry, ...]) -> Gazetteer:
    """One for the same entries."""
    return Gazetteer(entries)


def _form(entry: VocabularyEntry, written: str) -> _Form:
    parts = _parts(written)
    alone = len(parts) == 1 and (len(parts[0].text) <= SHORT or _everyday(parts[0].text, entry.language or "en"))
    return _Form(entry, tuple(part.key for part in parts), parts[0].text if alone else None)


def _fits(form: _Form, said: list[_Part], language: str) -> bool:
    spoken = form.entry.language is None or form.entry.language.partition("-")[0] == language.partition("-")[0]
    return spoken and (form.exact is None or said[0].text == form.exact)


def _everyday(word: str, language: str) -> bool:
    return word.lower() in cues(language).everyday


def _parts(text: str) -> list[_Part]:
    return [_Part(match.start(), match.end(), _key(match[0]), match[0]) for match in PART.finditer(text)]


def _key(word: str) -> str:
    """The word in lower case and, where it may be a plural, without its s."""
    folded = word.casefold()
    return folded[:-1] if len(folded) > PLURAL and folded.endswith("s") and not folded.endswith("ss") else folded
