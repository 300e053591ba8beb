"""Postal addresses of some thirty countries, in one line or in several: patterns over kinds of words.

Each word, number, comma and line break of a text becomes one letter (`KINDS`), and the forms of addresses are regular
expressions over these letters. A street, a box or a part of a house is found first; what belongs to it follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.redaction import address_words as words
from nlp.redaction.detection import Detection
from nlp.redaction.places import LONGEST, countries

KINDS = """
    n number of a house   z postcode   d five digits: either   B box at a post office
    S street behind its name   A the same, if written with a capital   J joined to it   L behind it, number last
    F before it   G the same, if written with a capital   U unit   V unit beside a street only
    C word with a capital   w other word   p particle   x word of a sentence   & and   Q corner   K country
    , comma   / line break, with the marks that a quoted line begins with   . full stop   ? anything else
"""
TOKEN = re.compile(
    rf"(?P<box>(?i:{words.BOX.pattern}))|(?P<code>(?<![\w-]){words.POSTCODE}(?![\w-]))"
    r"|(?P<number>\d+(?:[-/]\d{1,4})?(?:[a-zA-Z]|\s(?:[a-dA-D]|bis|ter)\b(?!\.))?(?!\w))"
    r"|(?P<word>[Cc]/|[^\W\d_]+(?:['’.-][^\W\d_]+)*|&)"
    r"|(?P<line>[^\S\n]{0,20}\n[^\w\n(+]*(?:\n[^\w\n(+]*)*)|(?P<comma>,)|(?P<stop>[.])|(?P<other>[^\s\w]|\w+)"
)
N = "[nd]"
NAME = r"(?:[CwpAGVJLFK]\.?)"
LOOSE = r"(?:[CwpAGVJLFKSx&]\.?)"
STREETS = (
    rf"{N},?(?:[CwpAGVLSK]\.?){{1,4}}[SA]\.?",  # 22 Old Oak Street
    rf"J\.?{N}\.?",  # Hauptstraße 12
    rf"{N},?[FGS]\.?(?:p*[CK]){{1,4}}(?:{N}\.?)?",  # 12 rue de la Paix
    rf"F\.?[CwpAGVLx]{{1,5}}?{N}\.?",  # Calle de Alcalá 3
    rf"G\.?C[Cwp]{{0,4}}?{N}\.?",
    rf"{N},?[FG]\.?[CwpLx]{{1,4}}?{N}",
    rf"C{{1,3}}L\.?{N}\.?",  # Rákóczi út 81.
    rf"(?:{N},?{LOOSE}{{1,7}}(?:{N}\.?)?|C\.?{LOOSE}{{0,4}}{N}\.?|B)[,/]{{0,2}}U\.?[nd]",  # … Apt. 4
    rf"U\.?[nd],?/?(?:{N}/?)?{NAME}{{1,5}}{N}\.?",  # Apt. 4, 27 Sorlaskeid 32
    rf"(?:^|(?<=/)){N}{NAME}{{1,5}}{N}\.?(?=/|$)",  # 17 Tylova 12, alone in its line
    rf"(?<=,){N}C\.?{NAME}{{0,4}}{N}\.?(?=,)",
    rf"x?Qp(?:[CwpAGVJLFSnd]\.?){{1,6}}&(?:[CGJFpnd]\.?){{1,4}}[SA]?|x?Qp[CwpJSnd]{{1,4}}&[wJ]{{1,3}}(?:S|{N})",
    "B(?:[,/]{0,2}B)*",
)
STREET = re.compile("|".join(STREETS))
CUED = re.compile(
    rf"{N},?{NAME}{{1,5}}{N}\.?|C\.?{NAME}{{0,4}}{N}\.?|{N},?C(?:\.?p*[CAJLS])*(?=[,/.]|$)"
    rf"|[Cw]{{1,2}}&(?:{N},?)?{NAME}{{0,5}}(?:S|A|J?{N}|B)"
)
"""What is an address after words such as "my address is" only."""
LEADING = re.compile(rf"(?:(?:U\.?[nd],?|V[nd],?))?(?:{N}[,/]?){{0,2}}$")
_TOWN = "[CAGFJ](?:[pL]*[CAGJ]){0,4}n?"
TAIL = re.compile(
    r"[,.]?/?(?:[UV]\.?[ndC])|[,/]/?nn?(?=C)|,?/{0,2}[CwA]?[zd](?![?])|,?/?[wC]{0,2}K(?:[zd])?"  # unit, code, country
    rf"|,/?{_TOWN}(?=[,/.zdK?x]|$)|/{_TOWN}(?=[,/zd.K]|$)|(?<=[ndz.B]){_TOWN}(?=[,/.zdKx?]|$)"  # a town
    r"|(?<=[ndB])[CG]{1,3}[SA]"
    r"|,[wCp]{1,3}(?=,?/?K)|/[wCpA]{1,5}(?=/(?:K|[wC]{1,4})[zd])|/[wC]{1,4}[zd]"  # in lower case, before a postcode
)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    begin: int
    end: int


def find_addresses(text: str, previous: str = "") -> Iterator[Detection]:
    """The addresses of one text, and postcodes that are said to be such or asked for; they may overlap."""
    if words.POSTCODE_ASKED.search(previous[-80:]):
        yield from (_address(*match.span()) for match in words.POSTCODE_GIVEN.finditer(text[:80]))
    for pattern, group in ((words.POSTCODE_SAID, "code"), (words.CHINESE, 0)):
        for match in pattern.finditer(text):
            yield _address(*match.span(group))
    if any(map(str.isdecimal, text)):
        tokens = list(_tokens(text))
        kinds = "".join(token.kind for token in tokens)
        for first, end in _streets(text, tokens, kinds):
            last = _end(kinds, end) - 1
            yield _address(tokens[_begin(kinds, first)].begin, tokens[last].end)


def _address(begin: int, end: int) -> Detection:
    return Detection(type="ADDRESS", begin=begin, end=end, score=0.8)


def _streets(text: str, tokens: list[Token], kinds: str) -> Iterator[tuple[int, int]]:
    """The tokens of each street, box or unit: by its form, or by the words before it."""
    for match in STREET.finditer(kinds):
        yield match.span()
    cued = {match.end() for match in words.CUE.finditer(text)}
    for at, token in enumerate(tokens):
        if token.begin in cued and (told := CUED.match(kinds, at)):
            yield told.span()


def _begin(kinds: str, first: int) -> int:
    """With the part of a house, or its number, before it."""
    found = LEADING.search(kinds[max(0, first - 6) : first])
    return first - len(found.group()) if found else first


def _end(kinds: str, end: int) -> int:
    """With town, region, postcode and country behind it."""
    for _ in range(5):
        tail = TAIL.match(kinds, end)
        if not tail or tail.end() == end:
            break
        end = tail.end()
    return end


def _tokens(text: str) -> Iterator[Token]:
    found = [(match.lastgroup or "", match) for match in TOKEN.finditer(text)]
    at = 0
    while at < len(found):
        name, match = found[at]
        width = _country(found, at) if name == "word" else 0
        if width:
            yield Token("K", match.start(), found[at + width - 1][1].end())
        else:
            yield Token(_kind(name, match.group()), match.start(), match.end())
        at += width or 1


def _country(found: list[tuple[str, re.Match[str]]], at: int) -> int:
    """How many of the words from here are the name of a country; 0 where none begins."""
    some: list[str] = []
    for name, match in found[at : at + LONGEST]:
        if name != "word":
            break
        some.append(match.group().lower())
    for width in range(len(some), 0, -1):
        if " ".join(some[:width]) in countries():
            return width
    return 0


FIXED = {"box": "B", "line": "/", "comma": ",", "stop": ".", "other": "?"}


def _kind(name: str, value: str) -> str:
    if name == "code":
        return "d" if value.isdecimal() and len(value) == 5 else "z"
    if name == "number":
        return "n" if len(value) <= 9 and len(re.findall(r"\d", value)) <= 7 else "?"
    return FIXED.get(name) or _word(value)


CLASSES = (
    (words.UNIT, "U"),
    (words.WEAK_UNIT, "V"),
    (words.STREET, "S"),
    (words.FIRST, "F"),
    (words.NEVER, "x"),
)
CAPITAL = ((words.STREET_CAPITAL, "A"), (words.FIRST_CAPITAL, "G"))


def _word(value: str) -> str:
    low = value.lower()
    if value[0].isupper():
        if value.isupper() and len(value) == 2:
            return "C"  # a region: ON, ME, IN
        return next((kind for some, kind in (*CLASSES, *CAPITAL) if low in some), None) or _name(value) or "C"
    kinds = (*CLASSES, (words.PARTICLE, "p"), (frozenset({"and", "&"}), "&"), (frozenset({"corner"}), "Q"))
    return next((kind for some, kind in kinds if low in some), None) or _name(value) or "w"


def _name(value: str) -> str | None:
    if value.lower() in words.LAST:
        return "L"
    return "J" if words.JOINED.match(value) else None
