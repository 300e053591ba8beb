"""Numbers as people write and say them: "4111 1111-1111 1111", "four double one, one …", "4, 1, 1, 1".

A run is digits, digit words and multipliers with nothing but blanks, commas, hyphens or hesitation between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

DIGIT_WORDS = {
    word: digits
    for digits, words in {
        "0": "zero oh o nought null zéro cero", "1": "one eins un une uno una", "2": "two zwei zwo deux dos",
        "3": "three drei trois tres", "4": "four vier quatre cuatro", "5": "five fünf cinq cinco",
        "6": "six sechs seis", "7": "seven sieben sept siete", "8": "eight acht huit ocho",
        "9": "nine niner neun neuf nueve", "10": "ten", "11": "eleven", "12": "twelve", "13": "thirteen",
        "14": "fourteen", "15": "fifteen", "16": "sixteen", "17": "seventeen", "18": "eighteen", "19": "nineteen",
    }.items()
    for word in words.split()
}  # fmt: skip
TENS = {
    "twenty": "2",
    "thirty": "3",
    "forty": "4",
    "fifty": "5",
    "sixty": "6",
    "seventy": "7",
    "eighty": "8",
    "ninety": "9",
}
_TENS_DE = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"
GERMAN_TENS = dict(zip(_TENS_DE.split(), "23456789", strict=True))
GERMAN_ONES = dict(zip(["ein", *"zwei drei vier fünf sechs sieben acht neun".split()], "123456789", strict=True))  # noqa: SIM905
DIGIT_WORDS |= {tens: digit + "0" for tens, digit in GERMAN_TENS.items()}
DIGIT_WORDS |= {f"{one}und{tens}": b + a for one, a in GERMAN_ONES.items() for tens, b in GERMAN_TENS.items()}
DIGIT_WORDS |= {
    "zehn": "10", "elf": "11", "zwölf": "12", "dreizehn": "13", "vierzehn": "14", "fünfzehn": "15", "sechzehn": "16",
    "siebzehn": "17", "achtzehn": "18", "neunzehn": "19",
}  # fmt: skip
TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4, "doppel": 2}
ROUND = {"hundred": "00", "thousand": "000"}
"""Behind a digit: "one eight hundred", "four thousand"."""
HAN = dict(zip("零〇一二三四五六七八九幺两", "0012345678912", strict=True))
FILLERS = (
    "um", "uh", "er", "erm", "and", "then", "dash", "hyphen", "space", "comma", "okay", "so", "that's", "plus",
    "äh", "ähm", "und", "dann", "euh", "et", "y",
)  # fmt: skip
_ALTERNATIVES = "|".join(sorted([*DIGIT_WORDS, *TENS, *TIMES, *ROUND], key=len, reverse=True))
ITEM = re.compile(rf"\d+|(?<![^\W\d_])(?:{_ALTERNATIVES})(?![^\W\d_])|[{''.join(HAN)}]", re.IGNORECASE)
_MARK = r"[\s,.;…()\-–—/，。、]"
GAP = re.compile(rf"{_MARK}{{0,5}}(?:(?:{'|'.join(FILLERS)}){_MARK}{{1,5}}){{0,3}}", re.IGNORECASE)
DATE = re.compile(
    r"(?<![\d.-])(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d{2}))(?![-./]?\d)|\d{1,2}:\d{2}(?::\d{2})?"
)
"""No part of a run: two dates in a row are not a card number."""
ISSUERS = re.compile(r"3[0-9]|4|5[0-9]|6[0-9]|2[2-7]")
"""How the numbers of the card schemes begin (ISO/IEC 7812)."""
CARD_LENGTHS = range(13, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Digits that belong together; ``groups`` are as written or said, ``spoken`` if any of them is a word."""

    begin: int
    end: int
    groups: tuple[str, ...]
    spoken: bool

    @property
    def digits(self) -> str:
        return "".join(self.groups)

    @property
    def years(self) -> bool:
        """Only years: "2023, 2024, 2025 and 2026"."""
        return all(len(group) == 4 and 1950 <= int(group) < 2040 for group in self.groups)

    @property
    def single(self) -> bool:
        """Said or written digit by digit, as numbers that identify are."""
        return self.spoken or (len(self.groups) > 3 and len(self.digits) <= 1.5 * len(self.groups))


def luhn(digits: str) -> bool:
    """Whether the check digit is right (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (1 + position % 2) for position, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def holds_card(run: Run) -> bool:
    """Whether the run, or neighbouring groups of it, is a number a card scheme could have issued."""
    for first in range(len(run.groups)):
        digits = ""
        for group in run.groups[first:]:
            digits += group
            if len(digits) in CARD_LENGTHS and ISSUERS.match(digits) and luhn(digits):
                return True
            if len(digits) >= CARD_LENGTHS.stop:
                break
    return False


def runs(text: str, *, at_least: int) -> Iterator[Run]:
    """The runs of at least that many digits, in order."""
    dates = [match.span() for match in DATE.finditer(text)]
    items: list[re.Match[str]] = []
    for item in ITEM.finditer(text):
        if any(begin <= item.start() < end for begin, end in dates):
            continue
        if items and not GAP.fullmatch(text, items[-1].end(), item.start()):
            yield from _closed(items, at_least)
            items = []
        items.append(item)
    yield from _closed(items, at_least)


def _closed(items: list[re.Match[str]], at_least: int) -> Iterator[Run]:
    groups = tuple(_groups([item.group().lower() for item in items]))
    if sum(map(len, groups)) >= at_least:
        spoken = any(not item.group().isdecimal() for item in items)
        yield Run(begin=items[0].start(), end=items[-1].end(), groups=groups, spoken=spoken)


def _groups(items: list[str]) -> Iterator[str]:
    """Each item as digits: "double four" is 44, "forty four" 44, "forty" alone 40."""
    times, tens = 1, ""
    for item in [*items, ""]:
        digits = item if item.isdecimal() else DIGIT_WORDS.get(item) or HAN.get(item) or ROUND.get(item, "")
        if tens:
            yield tens + digits if len(digits) == 1 and digits != "0" else tens + "0"
            digits = "" if len(digits) == 1 and digits != "0" else digits
        tens = TENS.get(item, "")
        if digits:
            yield digits * times
        times = TIMES.get(item, 1)
