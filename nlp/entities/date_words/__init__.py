"""The words for days in a language, and the patterns that they make: tables, and how they are read.

A pattern is a regular expression in which ``{month}``, ``{weekday}``, ``{ordinal}``, ``{count}``, ``{unit}`` and the
tables by value (``{relative}``, ``{which}``, ``{ago}`` …) stand for the words of the table, ``{day}``,
``{month_number}`` and ``{year}`` for digits, ``{marked}`` for a day with its ending ("3rd"). It is read in lower case
with plain blanks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

BY_VALUE = ("which", "which_before", "which_after", "relative", "relative_year", "ago")
LISTS = {"month": "months", "weekday": "weekdays", "ordinal": "ordinals", "count": "numbers"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DateWords:
    """``values`` has for each kind of word what it stands for: ``month`` 1–12, ``weekday`` 1–7 from Monday, …"""

    patterns: tuple[re.Pattern[str], ...]
    values: Mapping[str, tuple[tuple[re.Pattern[str], int], ...]]
    units: tuple[tuple[re.Pattern[str], str], ...]
    any_word: re.Pattern[str]
    """Finds nothing in a text that holds no date."""
    past: re.Pattern[str]
    future: re.Pattern[str]
    ambiguous_order: bool
    """Whether 3/4 may be the third of April or the fourth of March."""


@cache
def date_words(language: str) -> DateWords | None:
    """Those of a BCP-47 language; None where it has no table."""
    file = resources.files(__name__) / f"{language.partition('-')[0].lower()}.toml"
    return _read(tomllib.loads(file.read_text(encoding="utf-8"))) if file.is_file() else None


def _read(table: Mapping[str, Any]) -> DateWords:
    edges = (r"(?<![^\W_])", r"(?![^\W_])") if table["spaced"] else ("", "")
    tables = {kind: dict(enumerate(table[name], start=1)) for kind, name in LISTS.items()}
    tables |= {kind: {int(value): words for value, words in table.get(kind, {}).items()} for kind in BY_VALUE}
    parts = {kind: _group(kind, words.values()) for kind, words in tables.items() if words}
    parts["unit"] = _group("unit", table["units"].values())
    parts["count"] = rf"(?:(?P<digits>\d{{1,3}})|{parts['count']})"
    parts["day"] = rf"(?P<day>0?[1-9]|[12]\d|3[01]){table['day_mark']}?(?!\d)"
    parts["marked"] = rf"(?P<day>0?[1-9]|[12]\d|3[01]){table['day_mark']}"
    parts |= {"month_number": r"(?P<month_number>1[0-2]|0?[1-9])", "year": r"(?P<year>(?:19|20)\d\d)"}
    words = [re.sub(r"[?]P<[a-z]+>", "?:", parts[kind]) for kind in ("month", "weekday", "relative", "unit", "ordinal")]
    return DateWords(
        patterns=tuple(one for pattern in table["patterns"] for one in _patterns(pattern, parts, edges)),
        values={
            kind: tuple((re.compile(said), value) for value, said in words.items()) for kind, words in tables.items()
        },
        units=tuple((re.compile(words), unit) for unit, words in table["units"].items()),
        any_word=re.compile(rf"{edges[0]}(?:{'|'.join(words)})|\d"),
        past=_cues(table["past"], edges),
        future=_cues(table["future"], edges),
        ambiguous_order=table["ambiguous_order"],
    )


def _patterns(pattern: str, parts: Mapping[str, str], edges: tuple[str, str]) -> list[re.Pattern[str]]:
    """One for each alternative at the top, since a name may stand in a pattern once."""
    found = []
    for alternative in _alternatives(pattern):
        filled = re.sub(r"\{([a-z_]+)\}", lambda name: parts[name[1]], alternative)
        found.append(re.compile(f"{edges[0]}{filled}{edges[1]}"))
    return found


def _alternatives(pattern: str) -> list[str]:
    """``a(b|c)|d`` → ``a(b|c)``, ``d``."""
    found, depth = [""], 0
    for char in pattern:
        depth += (char in "([") - (char in ")]")
        if char == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += char
    return found


def _group(kind: str, words: Any) -> str:
    # Longer spellings first: "sept" before "sep", "twenty first" before "twenty".
    spellings = sorted((one for line in words for one in _alternatives(line)), key=len, reverse=True)
    return f"(?P<{kind}>{'|'.join(spellings)})"


def _cues(words: Sequence[str], edges: tuple[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"{edges[0]}{re.escape(word)}" for word in words))
