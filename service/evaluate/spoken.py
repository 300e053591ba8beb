"""Made-up conversations in which numbers and addresses are said aloud, whole or a few digits at a turn, from a seed.

Cards of every scheme and length, a fifth misheard (the check digit is wrong), telephone numbers and e-mail addresses;
and what only looks like them: order numbers, amounts, times and years.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

WORDS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "de": ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"],
    "zh": list("零一二三四五六七八九"),
}
TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
GO_ON = {
    "en": [
        "Okay.",
        "Mm-hmm.",
        "Go on.",
        "Yes, got it.",
        "Uh huh, next please.",
        "All right, and then?",
        "okay go ahead",
    ],
    "de": ["Okay.", "Ja.", "Weiter bitte.", "Gut, und dann?"],
    "zh": ["好的。", "嗯。", "请继续。"],
}
ASKS = {
    "card": {
        "en": ["Could I have the long number on your card, please?", "What's the card number?", "Which Visa was it?"],
        "de": ["Wie lautet Ihre Kartennummer?"],
        "zh": ["请告诉我您的卡号。"],
    },
    "phone": {"en": ["What's the best phone number for you?", "Can I take a number to call you back on?"]},
    "email": {"en": ["And your email address?", "What email do we have on file?", "Where should we send it?"]},
}
LEADS = {
    "card": {
        "en": ["sure, it's ", "yes so my card number is ", "um okay ", "it's ", ""],
        "de": ["ja, die ist ", ""],
        "zh": ["是", ""],
    },
    "phone": {"en": ["it's ", "sure, you can reach me at ", "my mobile is ", ""]},
    "email": {"en": ["it's ", "my email is ", "sure that's ", "yeah it is ", "you can send it to ", ""]},
}
SCHEMES: Sequence[tuple[str, int]] = (
    ("4", 16), ("4", 16), ("4", 13), ("4", 19), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15),
    ("37", 15), ("6011", 16), ("65", 16), ("36", 14), ("3530", 16), ("6304", 19), ("5018", 13), ("62", 19),
)  # fmt: skip
"""Visa, Mastercard with its second series, American Express, Discover, Diners, JCB, Maestro, UnionPay."""
NAMES = ("jane", "tom", "maria", "smith", "okafor", "weber", "li", "ana", "singh", "jones", "peter", "nguyen", "ida")
HOSTS = ["gmail", "yahoo", "hotmail", "outlook", "g m x", "proton mail", "alder insurance", "b t internet", "icloud"]
ENDS = ["com", "net", "org", "co dot uk", "de", "io"]

Kind = Literal["card", "phone", "email", "lookalike"]
Role = Literal["agent", "customer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A turn; ``secrets`` are the characters of it that must be masked."""

    role: Role
    text: str
    secrets: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A conversation about one number or address."""

    kind: Kind
    language: str
    turns: tuple[Said, ...] = field(default=())


def conversations(kind: Kind, count: int, *, seed: int = 7) -> Iterator[Spoken]:
    """The same for the same seed."""
    random = Random(f"{seed}/{kind}")  # noqa: S311  # made-up data, the same each time
    for number in range(count):
        yield MAKERS[kind](random, number)


def _card(random: Random, number: int) -> Spoken:
    language = "de" if number % 10 == 8 else "zh" if number % 10 == 9 else "en"
    prefix, length = random.choice(SCHEMES)
    digits = _with_check_digit(prefix + _digits(random, length - len(prefix) - 1))
    if random.random() < 0.2:
        digits = digits[:-1] + str((int(digits[-1]) + random.randint(1, 9)) % 10)
    return _dialogue(random, "card", language, digits)


def _phone(random: Random, _: int) -> Spoken:
    digits = random.choice(("415", "0161", "07", "1800", "0049", "212", "020")) + _digits(random, 7)
    return _dialogue(random, "phone", "en", digits)


def _dialogue(random: Random, kind: Literal["card", "phone"], language: str, digits: str) -> Spoken:
    """Asked for, said in one turn or several, with answers between, now and then read back."""
    say = _style(random, language)
    chunks = _chunks(random, digits)
    split = random.random() < 0.6
    turns = [Said(role="agent", text=random.choice(ASKS[kind][language]))]
    lead = random.choice(LEADS[kind][language])
    if split:
        turns += _in_pieces(random, language, lead, chunks, say)
    else:
        joint = "" if language == "zh" else random.choice([" ", ", ", " um ", " uh ", " and then "])
        turns.append(
            _said("customer", lead, joint.join(say(chunk) for chunk in chunks), random.choice([".", "", " please"]))
        )
    if random.random() < 0.5:
        again = _style(random, language)
        lead = random.choice(["so that's ", "let me repeat that, ", ""]) if language == "en" else ""
        turns.append(_said("agent", lead, again(digits), "?"))
    turns.append(Said(role="customer", text={"en": "yes", "de": "ja", "zh": "对"}[language]))
    return Spoken(kind=kind, language=language, turns=tuple(turns))


def _in_pieces(
    random: Random, language: str, lead: str, chunks: Sequence[str], say: Callable[[str], str]
) -> Iterator[Said]:
    for at, chunk in enumerate(chunks):
        yield _said("customer", lead if at == 0 else "", say(chunk), random.choice(["", ".", "..."]))
        if at < len(chunks) - 1:
            if random.random() < 0.35:
                yield _said("agent", random.choice(["", "okay, "]) if language == "en" else "", say(chunk), "")
            else:
                yield Said(role="agent", text=random.choice(GO_ON[language]))


def _said(role: Role, lead: str, secret: str, end: str) -> Said:
    return Said(role=role, text=f"{lead}{secret}{end}", secrets=((len(lead), len(lead) + len(secret)),))


def _chunks(random: Random, digits: str) -> list[str]:
    size = random.choice([3, 4, 4, 4, 5, len(digits)])
    return [digits[at : at + size] for at in range(0, len(digits), size)]


def _style(random: Random, language: str) -> Callable[[str], str]:
    """One way of saying digits: as words, doubled, in pairs, or as a recogniser writes them."""
    words = WORDS[language]
    if language == "zh":
        return random.choice([lambda digits: "".join(words[int(digit)] for digit in digits), lambda digits: digits])
    zero = random.choice(["oh", "zero"]) if language == "en" else "null"
    plain = [zero, *words[1:]]
    between = random.choice([" ", " ", ", ", "-"])
    return random.choice([
        lambda digits: between.join(plain[int(digit)] for digit in digits),
        lambda digits: " ".join(_doubled(digits, plain) if language == "en" else [plain[int(one)] for one in digits]),
        lambda digits: " ".join(_pairs(digits, plain) if language == "en" else [plain[int(one)] for one in digits]),
        lambda digits: " ".join(digits),
        lambda digits: random.choice([" ", "-", ", "]).join(_chunked(digits, 4)),
        lambda digits: digits,
    ])  # fmt: skip


def _doubled(digits: str, plain: Sequence[str]) -> Iterator[str]:
    at = 0
    while at < len(digits):
        size = next((size for size in (3, 2) if digits[at : at + size] == digits[at] * size), 1)
        yield f"{('', 'double ', 'triple ')[size - 1]}{plain[int(digits[at])]}"
        at += size


def _pairs(digits: str, plain: Sequence[str]) -> Iterator[str]:
    """ "forty one eleven oh seven"."""
    for pair in _chunked(digits, 2):
        if len(pair) == 1 or pair[0] == "0":
            yield " ".join(plain[int(digit)] for digit in pair)
        elif pair[0] == "1":
            yield TEENS[int(pair[1])]
        else:
            yield TENS[int(pair[0])] + ("" if pair[1] == "0" else f" {plain[int(pair[1])]}")


def _email(random: Random, _: int) -> Spoken:
    first, last = random.sample(NAMES, 2)
    number = random.choice(["four two", "ninety nine", "1984", "double seven"])
    local = random.choice([
        f"{first} dot {last}", f"{first[0]} dot {last}", f"{first} underscore {last}", f"{first} {last}", first,
        f"{' '.join(first)} dot {' '.join(last)}", f"{first} {number}",
        f"{first[0]} as in {first}, {last}", f"{last} hyphen {first}", f"{first[0]} {last[0]} {last}",
    ])  # fmt: skip
    host = random.choice(HOSTS)
    written = random.random() < 0.3 and " " not in host
    domain = f"{host}.com" if written else f"{host} dot {random.choice(ENDS)}"
    secret = f"{local} {random.choice(['at', 'at', 'at sign'] if not written else ['at'])} {domain}"
    secret = secret if random.random() < 0.7 else secret.capitalize()
    turns = [
        Said(role="agent", text=random.choice(ASKS["email"]["en"])),
        _said("customer", random.choice(LEADS["email"]["en"]), secret, random.choice([".", "", " thanks"])),
    ]
    if random.random() < 0.4:
        turns.append(_said("agent", random.choice(["so that's ", "okay, "]), secret, "?"))
    return Spoken(kind="email", language="en", turns=tuple(turns))


def _lookalike(random: Random, _: int) -> Spoken:
    say = _style(random, "en")
    order = _digits(random, random.choice([6, 7, 8, 9, 10, 12, 20]))
    amount = random.randint(11, 99)
    hour = random.randint(1, 12)
    text = random.choice([
        f"my order number is {say(order)}",
        f"the tracking number says {say(order)} and nothing moves",
        f"the invoice reference is {order}, from 2026",
        f"you charged {amount} dollars and {random.randint(1, 99)} cents, then {amount * 2} dollars",
        f"I paid ${amount},{random.randint(100, 999)}.{random.randint(10, 99)} in March and €{amount}.99 in May",
        f"it was {TENS[2 + amount % 8]} {WORDS['en'][1 + amount % 9]} euros in 2023, 2024, 2025 and 2026",
        f"I called at {hour}:15, {hour}:30, {hour}:45 and {hour + 1}:10 on 12/11/2026 and 13/11/2026",
        f"between {hour} and {hour + 1} pm I waited {TENS[2 + amount % 8]} minutes, twice, on 3 of 5 days",
        f"two thousand five hundred and {TENS[2 + amount % 8]} pounds over {hour} months",
        f"the numbers 1, 2, 3, 4 and 5 work, {amount} percent of the time",
    ])  # fmt: skip
    asked = random.choice(["How can I help?", "What is your order number?", "When was that?", "How much was it?"])
    turns = [Said(role="agent", text=asked), Said(role="customer", text=text)]
    if random.random() < 0.4:
        turns += [Said(role="agent", text=random.choice(GO_ON["en"])), Said(role="customer", text=f"and {hour} more")]
    return Spoken(kind="lookalike", language="en", turns=tuple(turns))


def _digits(random: Random, count: int) -> str:
    return "".join(random.choice("0123456789") for _ in range(count))


def _with_check_digit(digits: str) -> str:
    """ISO/IEC 7812-1."""
    doubled = (int(digit) * (2 - position % 2) for position, digit in enumerate(reversed(digits)))
    total = sum(number - 9 if number > 9 else number for number in doubled)
    return f"{digits}{-total % 10}"


def _chunked(digits: str, size: int) -> Iterator[str]:
    return (digits[at : at + size] for at in range(0, len(digits), size))


MAKERS: dict[Kind, Callable[[Random, int], Spoken]] = {
    "card": _card,
    "phone": _phone,
    "email": _email,
    "lookalike": _lookalike,
}
