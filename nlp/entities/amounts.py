"""Amounts of money as people write and say them, and what they come to: an ISO 4217 code and a number ("EUR 49.90").

A bare "$" is taken for US dollars, unless the language's region says otherwise; "¥" for yuan in Chinese, else yen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from nlp.entities.found import Named, without_overlaps

CODES = "USD|EUR|GBP|CHF|CNY|RMB|JPY|CAD|AUD|NZD|INR|SEK|NOK|DKK|PLN|MXN|BRL|SGD|HKD|ZAR"
SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "US$": "USD",
    "C$": "CAD",
    "A$": "AUD",
    "HK$": "HKD",
    "元": "CNY",
    "RMB": "CNY",
    "块": "CNY",
}
DOLLARS = {"CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "MX": "MXN"}
"""What "$" is, by the region of a language."""
WORDS = {
    "USD": "dollars?|bucks?|dólares|dolares|美元",
    "EUR": "euros?|欧元",
    "GBP": "pounds?|quid|pfund|libras|livres sterling|英镑",
    "CHF": "franken|francs suisses",
    "CNY": "yuan",
    "INR": "rupees?",
}
SMALL = "cents?|pence|p|céntimos|centimes"
TIMES = {
    "k": 1000,
    "thousand": 1000,
    "tausend": 1000,
    "mil": 1000,
    "mille": 1000,
    "万": 10_000,
    "million": 1_000_000,
    "millionen": 1_000_000,
}
NUMBER = r"\d{1,3}(?:[.,'’\u00a0 ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d)"
_SIGN = r"(?:US|HK|C|A)?\$|[€£¥₹]"
_TIMES = rf"(?:\s?(?P<times>{'|'.join(sorted(TIMES, key=len, reverse=True))})(?![a-zà-ÿ]))?"
_WORD = "|".join(WORDS.values())
BEFORE = re.compile(rf"(?P<sign>{_SIGN}|\b(?:{CODES})\b)\s?(?P<number>{NUMBER}){_TIMES}", re.IGNORECASE)
AFTER = re.compile(
    rf"(?<![\d.,])(?P<number>{NUMBER}){_TIMES}\s?(?P<sign>{_SIGN}|元|块|(?:{CODES}|{_WORD})(?![^\W\d_]))"
    rf"(?:,?\s(?:and\s|und\s|et\s|con\s)?(?P<small>\d\d?)(?:\s(?:{SMALL})\b|(?=[.,;!?]|$)))?",
    re.IGNORECASE,
)
SAID = re.compile(rf"(?<![^\W\d_])(?P<sign>{_WORD})(?![^\W\d_])", re.IGNORECASE)
AND_SMALL = re.compile(
    rf",?\s(?:and\s)?(?P<words>[a-zäöüß]+(?:[ -][a-zäöüß]+)?)(?P<unit>\s(?:{SMALL})\b|(?=[.,;!?]|$))", re.IGNORECASE
)
LAST_WORDS = re.compile(r"(?:[^\W\d_]+[\s-]+){1,7}$")
NUMERAL = 80
"""Characters of the longest number in words that is looked for."""
NUMERALS = ("en", "de", "es", "fr")
"""Languages whose number words are read."""


def find_amounts(text: str, language: str) -> list[Named]:
    """In order of place, each with its value."""
    said = _said(text, language) if language.partition("-")[0] in NUMERALS else ()
    return without_overlaps([*_written(text, language), *said])


def _written(text: str, language: str) -> Iterator[Named]:
    taken = 0
    for match in sorted([*BEFORE.finditer(text), *AFTER.finditer(text)], key=lambda one: one.start()):
        if match.start() >= taken:
            number = _number(match["number"]) * TIMES.get((match["times"] or "").lower(), 1)
            small = match.groupdict().get("small")
            value = number + Decimal(small) / 100 if small else number
            yield _named(match.start(), match.end(), match["sign"], value, language)
            taken = match.end()


def _said(text: str, language: str) -> Iterator[Named]:
    """ "forty nine dollars and ninety nine cents"."""
    for match in SAID.finditer(text):
        if (said := _numeral_before(text, match.start(), language)) is not None:
            begin, value = said
            end, small = _small_after(text, match.end(), language)
            yield _named(begin, end, match["sign"], value + small, language)


def _numeral_before(text: str, end: int, language: str) -> tuple[int, Decimal] | None:
    """The longest run of words up to there that is one number, and where it begins."""
    last = LAST_WORDS.search(text, max(0, end - NUMERAL), end)
    if last is None:
        return None
    for word in re.finditer(r"[^\W\d_]+", last[0]):
        value = _numeral(last[0][word.start() :], language)
        if value is not None:
            return last.start() + word.start(), Decimal(value)
    return None


def _small_after(text: str, end: int, language: str) -> tuple[int, Decimal]:
    """Cents where they are named, or where a number from ten on ends what is said: "nine pounds fifty."""
    match = AND_SMALL.match(text, end)
    value = _numeral(match["words"], language) if match else None
    if match is None or value is None or value > 99 or (value < 10 and not match["unit"]):
        return end, Decimal(0)
    return match.end(), Decimal(value) / 100


def _numeral(words: str, language: str) -> int | None:
    from text_to_num import text2num

    plain = " ".join(words.lower().replace("-", " ").split())
    plain = plain.removeprefix("a ") if plain.startswith(("a hundred", "a thousand")) else plain
    try:
        return int(text2num(plain, language.partition("-")[0]))
    except ValueError:
        return None


def _number(written: str) -> Decimal:
    """A mark before one or two last digits is the decimal one; any other parts thousands."""
    whole, mark, rest = written, "", ""
    if len(written) > 2 and (at := max(written.rfind("."), written.rfind(","))) >= len(written) - 3 and at > 0:
        whole, mark, rest = written[:at], ".", written[at + 1 :]
    return Decimal(re.sub(r"\D", "", whole) + mark + rest)


def _named(begin: int, end: int, sign: str, value: Decimal, language: str) -> Named:
    return Named(type="amount", begin=begin, end=end, value=f"{_currency(sign, language)} {_plain(value)}")


def _plain(value: Decimal) -> str:
    return f"{value:.0f}" if value == value.to_integral() else f"{value:.2f}"


def _currency(sign: str, language: str) -> str:
    base, _, region = language.partition("-")
    if sign == "$":
        return DOLLARS.get(region.upper(), "USD")
    if sign == "¥":
        return "CNY" if base == "zh" else "JPY"
    if (known := SIGNS.get(sign.upper())) is not None:
        return known
    named = (code for code, words in WORDS.items() if re.fullmatch(words, sign, re.IGNORECASE))
    return next(named, sign.upper())
