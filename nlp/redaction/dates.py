"""Dates and times of the calendar, ages, and dates of birth, as people write them in several languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.detection import Detection

_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\b\.?)?"
_MONTH = (
    r"(?:jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|févr(?:ier)?|mar(?:ch|s)?|märz|apr(?:il)?|avril|may|mai|mayo|june?|juin|juni"
    r"|junio|july?|juil(?:let)?|juli|aug(?:ust)?|août|agosto|sept?(?:ember|embre|iembre)?|o[ck]t(?:ober|obre|ubre)?"
    r"|nov(?:ember|embre|iembre)?|de[cz](?:ember)?|déc(?:embre)?|enero|febrero|marzo|abril)\b\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th|\.|er)?"
NUMERIC = (
    rf"(?<![\d.,/-])(?:\d{{4}}[-./]\d{{1,2}}[-./]\d{{1,2}}|\d{{1,2}}[-./]\d{{1,2}}[-./](?:\d{{4}}|\d{{2}}))(?![\d/-])"
    rf"(?:(?:T|,?\s){_TIME})?"
)
WORDED = (
    rf"\b{_DAY}\s(?:of\s|de\s)?{_MONTH}(?:,?\s(?:de\s)?\d{{4}}\b)?|\b{_MONTH}\s{_DAY}(?!\d)(?:,?\s\d{{4}}\b)?|\b{_MONTH}\s\d{{4}}\b"
    r"|\d{4}年\d{1,2}月\d{1,2}[日号]|\d{1,2}月\d{1,2}[日号]"
)
WEEKDAY = (
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
    r"|\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo)s?\b"
)
DATE = re.compile(f"{NUMERIC}|{WORDED}|{WEEKDAY}", re.IGNORECASE)
AGE = re.compile(
    r"\b(?:\d{1,3}|[a-z]+(?:ty|teen)(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?)"
    r"(?:[\s-]years?[\s-]old|[\s-]year[\s-]olds?|\syears?\sof\sage|\sjahre\salt|\sans\b(?=,|\.|$)|\saños\sde\sedad)"
    r"|\b(?:aged?|im\salter\svon)\s(?:of\s)?(?P<age>\d{1,3})\b(?!\s?(?:days|weeks|months|hours))|\d{1,3}岁",
    re.IGNORECASE,
)
BORN = re.compile(
    r"\b(?:date\sof\sbirth|d\.?o\.?b\b\.?|birth\s?(?:date|day)|born(?:\son)?|geburts(?:datum|tag)|geboren(?:\sam)?|né\sle|née\sle"
    r"|date\sde\snaissance|fecha\sde\snacimiento|naci(?:do|da)\sel)|出生(?:日期)?|生日",
    re.IGNORECASE,
)
NEAR = 45
"""Characters between what asks for a date of birth and the date."""


def find_dates(text: str, previous: str) -> Iterator[Detection]:
    """Dates, ages, and dates of birth: those after a word for it, or a question for it in what was said before."""
    for match in DATE.finditer(text):
        before = text[max(0, match.start() - NEAR) : match.start()]
        born = BORN.search(before) or (match.start() < NEAR and BORN.search(previous[-2 * NEAR :]))
        dated = any(map(str.isdecimal, match.group()))
        kind = "DATE_OF_BIRTH" if born and dated else "DATE_TIME"
        yield Detection(type=kind, begin=match.start(), end=match.end(), score=0.7)
    for match in AGE.finditer(text):
        yield Detection(type="AGE", begin=match.start(), end=match.end(), score=0.6)
