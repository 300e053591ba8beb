"""Days as people name them, and which day is meant: ISO 8601, with as much of it as is known.

"3 March 2026" is 2026-03-03, "next week" 2026-W43, "in August" 2026-08, each seen from the day of the contact. Without
that day, only what names its year has a value.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import TypeVar

from nlp.entities.date_words import DateWords, date_words
from nlp.entities.found import Named, without_overlaps

ISO = re.compile(r"(?<![\w-])(?P<year>(?:19|20)\d\d)-(?P<month_number>\d{1,2})-(?P<day>\d{1,2})(?![\w-])")
NUMERIC = re.compile(r"(?<![\w./-])(\d{1,2})([./-])(\d{1,2})\2((?:19|20)?\d\d)(?![\w/-]|\.\d)")
BLANKS = str.maketrans("\t\n\r\u00a0\u202f’", "     '")
T = TypeVar("T")
BEFORE, AFTER = 40, 15
"""Characters in which a word says whether what is meant is over or to come."""


def find_dates(text: str, language: str, day: dt.date | None) -> list[Named]:
    """In order of place; none in a language without a table but those in digits."""
    words = date_words(language)
    folded = text.lower() if len(text.lower()) == len(text) else text
    found = [*_digits(text, words)]
    if words is not None and words.any_word.search(folded):
        found += _words(folded.translate(BLANKS), words, day)
    return without_overlaps(found)


def _digits(text: str, words: DateWords | None) -> Iterator[Named]:
    for match in ISO.finditer(text):
        yield _named(match, _date(int(match["year"]), int(match["month_number"]), int(match["day"])))
    for match in NUMERIC.finditer(text):
        yield _named(match, _numeric(int(match[1]), int(match[3]), int(match[4]), words))


def _numeric(first: int, second: int, year: int, words: DateWords | None) -> str | None:
    """Day, month, year; where a language also writes the month first, only if it can be told."""
    year += 0 if year > 99 else 2000 if year < 70 else 1900
    either = words is None or words.ambiguous_order
    if second > 12:
        return _date(year, first, second)
    return None if either and first <= 12 and first != second else _date(year, second, first)


def _words(text: str, words: DateWords, day: dt.date | None) -> Iterator[Named]:
    for pattern in words.patterns:
        for match in pattern.finditer(text):
            meant = _Meant(match, words, text)
            if meant.is_day:
                yield _named(match, meant.value(day))


def _named(match: re.Match[str], value: str | None) -> Named:
    return Named(type="date", begin=match.start(), end=match.end(), value=value)


class _Meant:
    """What the parts of a match say."""

    def __init__(self, match: re.Match[str], words: DateWords, text: str) -> None:
        self._said = {name: part for name, part in match.groupdict().items() if part is not None}
        self._words = words
        kinds = [kind for kind in ("which", "which_before", "which_after") if kind in self._said]
        self._which = self._known(kinds[0]) if kinds else None
        around = (text[max(0, match.start() - BEFORE) : match.start()], text[match.end() : match.end() + AFTER])
        self._direction = self._which or _direction(around, words)

    @property
    def is_day(self) -> bool:
        """Not "the last day", which is of something else."""
        counted = self._said.keys() & {"count", "digits"}
        return "unit" not in self._said or bool(counted) or self._unit() != "day"

    def value(self, day: dt.date | None) -> str | None:
        year = self._number("year")
        month = self._number("month_number") or self._known("month")
        number = self._number("day") or self._known("ordinal")
        if month:
            return self._of_month(year, month, number, day)
        if day is None:
            return None
        if "relative" in self._said:
            return (day + dt.timedelta(days=self._known("relative") or 0)).isoformat()
        if number:
            return self._of_day(number, day)
        if "weekday" in self._said:
            return self._of_weekday(self._known("weekday") or 1, day)
        if "relative_year" in self._said:
            return str(day.year + (self._known("relative_year") or 0))
        return self._of_unit(day) if "unit" in self._said else None

    def _of_month(self, year: int | None, month: int, number: int | None, day: dt.date | None) -> str | None:
        if year is None and day is None:
            return None
        if year is None:
            assert day is not None
            # Of a month, its begin is over when "since March" is said, its end to come in "by March".
            anchor = min(number or {-1: 1, 0: 15, 1: 28}[self._direction], 28)
            years = [day.year + step for step in (0, -1, 1)]
            year = self._closest([(dt.date(one, month, anchor), one) for one in years], day)
        return f"{year}-{month:02d}" if number is None else _date(year, month, number)

    def _of_day(self, number: int, day: dt.date) -> str | None:
        months = [(day.year * 12 + day.month - 1 + step) for step in (0, -1, 1)]
        dates = [found for one in months if (found := _date(one // 12, one % 12 + 1, number))]
        return self._closest([(dt.date.fromisoformat(one), one) for one in dates], day) if dates else None

    def _of_weekday(self, weekday: int, day: dt.date) -> str:
        monday = day - dt.timedelta(days=day.weekday())
        own = monday + dt.timedelta(days=weekday - 1)
        if self._which is not None and not (self._which < 0 and own < day):
            return (own + dt.timedelta(weeks=self._which)).isoformat()
        dates = [own + dt.timedelta(weeks=step) for step in (0, -1, 1)]
        return self._closest([(one, one.isoformat()) for one in dates if one != day or not self._direction], day)

    def _of_unit(self, day: dt.date) -> str | None:
        unit = self._unit()
        counted = "count" in self._said or "digits" in self._said
        steps = (self._number("digits") or self._known("count") or 1) if counted else 1
        steps *= (-1 if "ago" in self._said else 1) if counted else (self._which or 0)
        try:
            return _moved(day, unit, steps, exact=counted)
        except (OverflowError, ValueError):
            return None

    def _unit(self) -> str:
        return next(unit for pattern, unit in self._words.units if pattern.fullmatch(self._said["unit"]))

    def _closest(self, dated: list[tuple[dt.date, T]], day: dt.date) -> T:
        """The nearest; where words say that it is over or to come, the nearest of those."""
        side = [pair for pair in dated if self._direction and (pair[0] - day).days * self._direction >= 0]
        return min(side or dated, key=lambda pair: abs((pair[0] - day).days))[1]

    def _number(self, name: str) -> int | None:
        return int(self._said[name]) if name in self._said else None

    def _known(self, kind: str) -> int | None:
        said = self._said.get(kind)
        spellings = self._words.values.get(kind, ())
        return next((value for words, value in spellings if said is not None and words.fullmatch(said)), None)


def _moved(day: dt.date, unit: str, steps: int, *, exact: bool) -> str:
    """ "two weeks ago" is a day, "last week" a week; of months and years the month or year is what is meant."""
    if unit == "day" or (unit == "week" and exact):
        return (day + dt.timedelta(days=steps * (7 if unit == "week" else 1))).isoformat()
    if unit == "week":
        year, week, _ = (day + dt.timedelta(weeks=steps)).isocalendar()
        return f"{year}-W{week:02d}"
    if unit == "year":
        return f"{day.replace(year=day.year + steps, day=1).year:04d}"
    months = day.year * 12 + day.month - 1 + steps
    return f"{dt.date(months // 12, months % 12 + 1, 1):%Y-%m}"


def _direction(around: tuple[str, str], words: DateWords) -> int:
    """−1 where it is over, 1 where it is to come, 0 where nothing tells."""
    said = [(match.end(), sign) for sign, cues in _cues(words) for match in cues.finditer(around[0])]
    if said:
        return max(said)[1]
    return max((sign for sign, cues in _cues(words) if cues.search(around[1])), default=0)


def _cues(words: DateWords) -> tuple[tuple[int, re.Pattern[str]], ...]:
    return ((-1, words.past), (1, words.future))


def _date(year: int, month: int, number: int) -> str | None:
    try:
        return dt.date(year, month, number).isoformat()
    except ValueError:
        return None
