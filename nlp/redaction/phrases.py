"""Details that the words around them give away: names after "my name is", street addresses, passwords, spoken e-mail.

Patterns only, so they work in languages without a trained model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.detection import Detection
from nlp.text import vocabulary

NO_NAME = vocabulary("""
    a an and as at but calling correct for from go here i i'm in is it just not of on or our so speaking the
    there to very well with yes your my he she you we they this that what going trying having looking sorry
    still also ok okay when if back before after once later again today tomorrow asap anytime please who which has
    was please and under or registered account und ich von aus bei hier et je de y soy nur der die das
    """)
_REST = r"[^\W\d_]*(?:['’-][^\W\d_]+)*"
_WORD = rf"[^\W\d_]{_REST}"
NAME = re.compile(
    r"\b(?:(?:my|the|his|her|your)\s(?:full\s|first\s|last\s|maiden\s|sur)?name(?:'s|\sis|,)|(?<=\n)name:|calls? me"
    r"|named (?:him|her|them|me)"
    r"|mein name ist|ich heiße"
    rf"|je m'appelle|mon nom est|me llamo|mi nombre es)\s+(?P<name>{_WORD}(?:\s{_WORD}){{0,2}})"
    r"|(?:我叫|我的名字是|我是)(?P<han>[\u4e00-\u9fff]{2,3})(?=[，。,.!！\s]|$)",
    re.IGNORECASE,
)
TITLED = re.compile(
    r"\b(?:[Mm]rs?|[Mm]s|Miss|Dr|Prof|Herrn?|Frau|Madame|Monsieur|Mme|Señora?|Sra?)\.?\s"
    rf"(?P<name>[A-ZÀ-Þ]{_REST}(?:\s[A-ZÀ-Þ]{_REST}){{0,2}})"
)
CAPITAL = re.compile(
    r"\b(?:[Tt]his is|[Ii]t's|[Ss]igned|[Hh]ier ist)\s(?P<name>[A-Z][a-zà-ÿ]+(?:\s[A-Z][a-zà-ÿ'-]+){1,2})\b"
)
ASKED = re.compile(
    r"\b(?:your|full|first|last|middle|maiden|whose|the|a|account holder'?s?)\s?(?:sur)?name\b[^.?!]*[.?!]?\s*$"
    r"|\bwho (?:am i|do i have the pleasure of) (?:speaking|talking)[^.?!]*[.?!]?\s*$"
    r"|\b(?:(?:ihr|ihren|ihrem) (?:vor|nach)?namen?|votre nom|su nombre)\b[^.?!]*[.?!]?\s*$",
    re.IGNORECASE,
)
ANSWER = re.compile(
    r"\W*(?:(?:yes|yeah|sure|okay|ok|well|hi|hello|it's|it is|that's|that is|this is|i'm|i am"
    r"|(?:my|the) (?:full |first |last )?name(?:'s| is)|name is|it's under|under|of course"
    r"|ja|ich bin|oui|sí|user|customer)\b[\s,.:]*)*"
    rf"(?P<name>{_WORD}(?:\s{_WORD}){{0,3}})"
    r"[.,!]?(?:\s*$|(?=[.,!?]))",
    re.IGNORECASE,
)
"""A short answer to a question for a name is the name."""
NEAR = 160
"""Characters of what was said before in which a name may be asked for."""
QUESTION = re.compile(r"\bname\?\s+(?=\S)", re.IGNORECASE)
NO_PERSON = vocabulary("""
    There Team All Everyone Sir Sirs Madam Customer Support Service Again So Guys Folks Friend Colleagues Agent And For
    """)
GREETED = re.compile(
    r"\b(?:(?:[Hh]i|[Hh]ello|[Hh]ey|[Dd]ear|[Tt]hanks|[Tt]hank you),? (?P<name>[A-ZÀ-Þ][a-zà-ÿ]+)(?=[,.!;:]|$)"
    r"|[Tt]his is (?P<caller>[A-ZÀ-Þ][a-zà-ÿ]+)(?=[,.!;]|$| (?:and|from|calling|speaking|here)\b))"
)
"""Who is greeted by name, and who says hers: a model needs more of a sentence to see that."""

PASSWORD = re.compile(
    r"(?:\b(?:pass\s?word|pass\s?phrase|passwort|kennwort|mot de passe|contraseña)|密码|密碼)\s?"
    r"(?:is|ist|est|es|was|war|[:=：]|是)\s?[\"'“]?"
    r"(?!(?:not|no|wrong|incorrect|invalid|expired|required|reset|being|the|a|too|still|never|locked"
    r"|falsch|nicht|incorrecta?|que|pas)\b)(?P<secret>[^\s\"'”]{3,40})",
    re.IGNORECASE,
)
IBAN = re.compile(
    r"\biban(?:\s(?:is|number|no\.?|number is|lautet|ist|est|es))?\s?:?\s"
    r"(?P<iban>[a-z]{2}\s?\d{2}(?:\s?[a-z0-9]{2,4}){3,8})\b",
    re.IGNORECASE,
)
"""Beside its own name an IBAN needs no valid check digits: people and recognisers mishear them."""
CHINESE_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


def find_phrases(text: str, previous: str = "") -> Iterator[Detection]:
    """Names, spoken e-mail addresses, passwords and resident ids of one text, said after ``previous``."""
    yield from _names(text)
    yield from _answered(text, previous)
    yield from _greeted(text)
    for match in CHINESE_ID.finditer(text):
        yield Detection(type="CN_ID", begin=match.start(), end=match.end(), score=0.8)
    for match in IBAN.finditer(text):
        yield Detection(type="IBAN_CODE", begin=match.start("iban"), end=match.end("iban"), score=1.0)
    for match in PASSWORD.finditer(text):
        begin, end = match.span("secret")
        yield Detection(type="CREDENTIAL", begin=begin, end=end - (text[end - 1] in ".,!?"), score=1.0)


def _names(text: str) -> Iterator[Detection]:
    for pattern in (NAME, TITLED, CAPITAL):
        for match in pattern.finditer(text):
            group = "han" if pattern is NAME and match["han"] else "name"
            begin = match.start(group)
            end = begin + len(_until_no_name(match[group]))
            if end > begin:
                yield Detection(type="PERSON", begin=begin, end=end, score=0.8)


def _answered(text: str, previous: str) -> Iterator[Detection]:
    begins = [match.end() for match in QUESTION.finditer(text)]
    for at in [0, *begins] if ASKED.search(previous[-NEAR:]) else begins:
        match = ANSWER.match(text, at)
        if match and (name := _until_no_name(match["name"])):
            begin = match.start("name")
            yield Detection(type="PERSON", begin=begin, end=begin + len(name), score=0.7)


def _greeted(text: str) -> Iterator[Detection]:
    for match in GREETED.finditer(text):
        begin, end = match.span("name" if match["name"] else "caller")
        if text[begin:end] not in NO_PERSON:
            yield Detection(type="PERSON", begin=begin, end=end, score=0.5)


def _until_no_name(words: str) -> str:
    """The words up to the first that is part of a sentence, not of a name: "Ana and I call" gives "Ana"."""
    end = 0
    for match in re.finditer(r"\S+", words):
        if match.group().lower() in NO_NAME:
            break
        end = match.end()
    return words[:end]
