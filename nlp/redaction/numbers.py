"""What a run of digits is: a card, an account, a phone number, a secret code, or nothing to hide.

A valid check digit names a card, but its absence clears none: recognisers and people mishear digits, so every run of
13 digits or more is masked. Shorter ones are masked where the words before them, or the question before them, say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.detection import Detection
from nlp.redaction.digits import CARD_LENGTHS, ISSUERS, Run, holds_card, runs

LONG = CARD_LENGTHS.start
NEAR = 60
"""Characters before a run in which a word explains it."""
CARD = re.compile(
    r"\b(?:card|visa|master\s?card|amex|american express|maestro|kredit\w*|karten?\w*|carte|tarjeta)\b|卡",
    re.IGNORECASE,
)
SOCIAL = re.compile(r"\b(?:social(?: security)?|ssn)\b", re.IGNORECASE)
PHONE = re.compile(
    r"\b(?:phone|telephone|cell(?:phone)?|mobile|landline|fax|call|answering at|reach (?:me|you|us)|text me"
    r"|telefon\w*|handy\w*|rufnummer|téléphone|portable|teléfono|móvil)\b|电话|手机",
    re.IGNORECASE,
)
ACCOUNT = re.compile(
    r"\b(?:account|acct|policy|member(?:ship)?|customer (?:id|number)|sort code|routing|licen[cs]e|passport"
    r"|national insurance|medicare|sin|tax|konto\w*|kundennummer|compte|cuenta)\b|账号|身份证",
    re.IGNORECASE,
)
LICENCE = re.compile(r"\bdriv\w+(?:'s|s)? licen[cs]e\b", re.IGNORECASE)
SECRET = re.compile(
    r"\b(?:pin|pass\s?word|passwort|kennwort|cvv2?|cvc2?|security (?:code|number)|one[- ]time|passcode"
    r"|verification code|otp|back of (?:the|your|my) card|prüfnummer|sicherheitscode|code secret|clave)\b|验证码|密码",
    re.IGNORECASE,
)
REFERENCE = re.compile(
    r"\b(?:order|reference|ref|ticket|case|tracking|confirmation|invoice|booking|parcel|serial"
    r"|bestell\w*|commande|pedido)\b|订单",
    re.IGNORECASE,
)
MONEY = re.compile(r"[$€£¥]\s*$")
"""What follows is an amount, unless it has as many digits as a card: nobody owes so much."""


EXTENSION = re.compile(r"\s?(?:x|ext\.?|extension|durchwahl|poste)\s?\d{1,6}\b", re.IGNORECASE)
LABEL = re.compile(r"[\s\-–(]{0,3}(?:office|fax|mobile|cell|home|work|phone|tel|direct|mobil|büro)\b", re.IGNORECASE)
"""What stands behind a telephone number in a signature."""


EXPIRY = re.compile(
    r"\b(?:expir\w*|valid (?:until|thru|through|to)|good thr(?:u|ough)|gültig bis|ablaufdatum|caduca\w*)\b|有效期",
    re.IGNORECASE,
)
AMOUNT = re.compile(
    r"\s?(?:dollars?|bucks|euros?|pounds?|quid|cents?|pence|percent|per cent|minutes?|hours?|days?|weeks?"
    r"|months?|years?|times|people|units|miles|km|gb|mb|o'clock|am|pm|a\.m|p\.m)\b|\s?[%€£$元块]",
    re.IGNORECASE,
)
"""What is counted, behind a number: then it is an amount."""
TOPIC = re.compile(
    "|".join(one.pattern for one in (CARD, SOCIAL, PHONE, ACCOUNT, SECRET, REFERENCE, EXPIRY)), re.IGNORECASE
)
"""What a number is said to be."""


def find_numbers(text: str, previous: str) -> Iterator[Detection]:
    """The numbers of a turn that are personal; ``previous`` is what was said before it ("your card number, please")."""
    for run in runs(text, at_least=3):
        begin = max(0, run.begin - NEAR)
        cue = text[begin : run.begin] if run.begin > NEAR / 2 else f"{previous[-2 * NEAR :]} {text[: run.begin]}"
        kind = _dialled(text, run) or classify(run, cue, grouped_by_four=_by_four(run))
        if kind and (len(run.digits) >= LONG or not counts(text, run)):
            extension = EXTENSION.match(text, run.end) if kind == "PHONE_NUMBER" else None
            end = extension.end() if extension else run.end
            begin = run.begin - (kind == "PHONE_NUMBER" and text[run.begin - 1 : run.begin] == "+")
            yield Detection(type=kind, begin=begin, end=end, score=0.9)


def counts(text: str, run: Run) -> bool:
    """Whether it says how much or how many."""
    return bool(MONEY.search(text[max(0, run.begin - 8) : run.begin]) or AMOUNT.match(text, run.end))


def _dialled(text: str, run: Run) -> str | None:
    """A number with an international prefix, or with what a signature writes behind one."""
    size = len(run.digits)
    prefixed = text[max(0, run.begin - 1) : run.begin] == "+" or (
        run.digits.startswith("00") and size < CARD_LENGTHS[3]
    )
    plausible = (prefixed and 8 <= size <= 15) or (6 <= size < LONG and LABEL.match(text, run.end))
    return "PHONE_NUMBER" if plausible and not holds_card(run) and "\n" not in text[run.begin : run.end] else None


def classify(run: Run, cue: str, *, grouped_by_four: bool) -> str | None:
    """The type of a run after the words ``cue``, or None where it may stay."""
    size = len(run.digits)
    if run.years:
        return None
    if size >= LONG:
        return _long(run, cue, grouped_by_four)
    if size <= 6 and EXPIRY.search(cue):
        return "CARD_EXPIRY"
    if size <= 8 and SECRET.search(cue):
        return "CREDENTIAL"
    if size == 9 and SOCIAL.search(cue):
        return "US_SSN"
    if size < 6 or (REFERENCE.search(cue) and not ACCOUNT.search(cue)):
        return None
    if PHONE.search(cue) or (_north_american(run) and not ACCOUNT.search(cue)):
        return "PHONE_NUMBER"
    if LICENCE.search(cue):
        return "US_DRIVER_LICENSE"
    if ACCOUNT.search(cue) or CARD.search(cue):
        return "ACCOUNT_NUMBER"
    return _said_digit_by_digit(run, size)


def _north_american(run: Run) -> bool:
    """Ten digits in the groups of the North American plan, whether or not the area is assigned: 555-123-4567."""
    return tuple(map(len, run.groups)) in ((3, 3, 4), (1, 3, 3, 4)) and not run.spoken


def _long(run: Run, cue: str, grouped_by_four: bool) -> str:
    """As many digits as a card has are masked whatever they are; near words for an order they are no card's."""
    if CARD.search(cue):
        return "CREDIT_CARD"
    if REFERENCE.search(cue) or ACCOUNT.search(cue):
        return "ACCOUNT_NUMBER"
    return "CREDIT_CARD" if holds_card(run) or (grouped_by_four and ISSUERS.match(run.digits)) else "ACCOUNT_NUMBER"


def _said_digit_by_digit(run: Run, size: int) -> str | None:
    if size < 7 or not run.single:
        return None
    return "PHONE_NUMBER" if size >= 10 else "ACCOUNT_NUMBER"


def _by_four(run: Run) -> bool:
    return len(run.groups) == 4 and all(len(group) == 4 for group in run.groups)
