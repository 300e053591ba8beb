"""Spoken and spelled-out e-mail addresses and names: "j dot smith forty two at g m x dot net", "S, M, I, T, H"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.detection import Detection
from nlp.redaction.digits import DIGIT_WORDS, TENS, TIMES
from nlp.text import vocabulary

LINK = vocabulary("dot punkt point punto underscore unterstrich dash hyphen minus bindestrich plus guion tiret")
"""What is said for the marks inside an address."""
NOT_LOCAL = vocabulary("""
    is it's its the at to on my your an email e-mail mail address adresse ist lautet that's thats that so and
    or yes yeah okay ok no sure it under send contact reach me us you this from with for was be will can
    please um uh well it'd
    called name correo es est und meine meiner me're know we i'm account username login same still also or
    """)
_LETTER = r"(?:(?:capital|double|upper\s?case|lower\s?case)\s)?[a-z](?:[\s,]+(?:as\sin|for|like|wie)\s\w+)?"
_AT = r"(?:at(?:\s(?:sign|symbol))?|the\sat\s(?:sign|symbol)|ät|klammeraffe|arroba|arobase|@)"
_TLD = (
    r"(?:com|org|net|edu|gov|info|biz|io|me|co|uk|de|at|ch|fr|es|it|nl|eu|us|ca|au|in|cn|jp|br|ie|nz"
    r"|c\so\sm|n\se\st|d\se|d\sot\scom)"
)
_DOT = r"(?:dot|punkt|point|punto|\.)"
DOMAIN = re.compile(
    rf"[\s,]{{1,3}}{_AT}[\s,]{{1,3}}(?:(?:[\w-]{{1,40}}|{_LETTER})[\s,]{{1,3}}){{1,12}}?{_DOT}\s?{_TLD}(?:\s{_DOT}\s?{_TLD})*\b"
    rf"|[\s,]{{1,3}}{_AT}\s(?:[\w-]{{1,40}}\.){{1,5}}{_TLD}\b",
    re.IGNORECASE,
)
CHINESE = re.compile(
    r"[a-z0-9][a-z0-9\s点]{0,60}(?:艾特|圈a)\s?[a-z0-9]+(?:\s?(?:点|dot)\s?[a-z]{2,6})+", re.IGNORECASE
)
LOCAL = re.compile(
    rf"(?P<letter>(?<![\w'’]){_LETTER}(?![\w'’]))|(?P<word>[\w+'’-]+(?:\.[\w+-]+)*)|(?P<end>[^\s\w,-]+)", re.IGNORECASE
)
NUMERAL = frozenset(DIGIT_WORDS) | frozenset(TENS) | frozenset(TIMES)
WORDS = 3
"""A name in an address is said in so many words at most, between two marks."""
SPELLED = re.compile(
    r"\b[a-zA-Z](?:(?:[\s,.]{1,2}|-)(?:double\s)?[a-zA-Z](?:\s(?:as\sin|for|like|wie)\s\w+)?(?![\w'’]))+"
)
ASKED = re.compile(r"\b(?:spell|name|surname|buchstabier\w*|épeler|deletrear)\b", re.IGNORECASE)
NEAR = 80


def find_spelled(text: str, previous: str) -> Iterator[Detection]:
    """Addresses said aloud, and names in single letters where a name or its spelling was spoken of."""
    for match in DOMAIN.finditer(text):
        begin = _local(text, match.start())
        if begin is not None:
            yield Detection(type="EMAIL_ADDRESS", begin=begin, end=match.end(), score=0.9)
    for match in CHINESE.finditer(text) if "艾特" in text or "圈" in text else ():
        yield Detection(type="EMAIL_ADDRESS", begin=match.start(), end=match.end(), score=0.9)
    for match in SPELLED.finditer(text):
        asked = ASKED.search(text[max(0, match.start() - NEAR) : match.start()]) or ASKED.search(previous[-NEAR:])
        letters = len(re.findall(r"(?<![^\W_])[a-zA-Z](?![\w])", match.group()))
        if letters >= (3 if asked else 5):
            yield Detection(type="PERSON", begin=match.start(), end=match.end(), score=0.6)


def _local(text: str, at: int) -> int | None:
    """Where the part before the "at" begins: letters, numbers, and words joined by marks; None where there is none."""
    begin, words = None, 0
    for match in reversed(list(LOCAL.finditer(text, max(0, at - 120), at))):
        said = match.group().lower()
        if match["end"]:
            break
        if match["word"] and said not in LINK and not said.isdecimal() and said not in NUMERAL:
            words += 1
            if said in NOT_LOCAL or words > WORDS:
                break
        elif said in LINK:
            words = 0
        begin = match.start()
    return begin
