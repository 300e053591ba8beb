"""Spelling variants of a phrase: what differs only in case, plural, hyphen, British or American spelling, or a typo."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.text import vocabulary

PART = re.compile(r"[^\W_]+")
POSSESSIVE = re.compile(r"['’]s?\b")
LEFT_OUT = vocabulary("""
    a an the my your our his her their its this that these those some any der die das mein meine el la mi le ma mon
    """)
"""Words that change nothing of what a phrase is about: "cancel my contract", "cancel the contract"."""
AMERICAN = {
    "cheque": "check", "grey": "gray", "programme": "program", "licence": "license", "tyre": "tire", "enrol": "enroll",
    "defence": "defense", "offence": "offense", "jewellery": "jewelry", "catalogue": "catalog", "dialogue": "dialog",
    "instalment": "installment", "fulfil": "fulfill", "aeroplane": "airplane", "kerb": "curb",
    "storey": "story", "plough": "plow", "practise": "practice", "centre": "center", "litre": "liter",
    "metre": "meter", "fibre": "fiber", "theatre": "theater", "colour": "color", "favour": "favor", "honour": "honor",
    "labour": "labor", "neighbour": "neighbor", "behaviour": "behavior", "favourite": "favorite", "rumour": "rumor",
}  # fmt: skip
NO_PLURAL = vocabulary("news series lens plus gas sms gps dns always sometimes windows species means headphones")
ENDINGS = (
    (re.compile(r"(?<=[a-z]{3})is(?=(?:e[ds]?|ing|er|ations?)$)"), "iz"),
    (re.compile(r"(?<=[a-z]{2}[aeiou]l)l(?=(?:ed|ing|er)$)"), ""),
    (re.compile(r"(?<=[a-z]{2}l)yse(?=[ds]?$)"), "yze"),
)
"""-ise and -ize, cancelled and canceled, analyse and analyze."""
NOT_ISE = re.compile(
    r"(?:adv|surpr|exerc|prom|rev|superv|telev|comprom|disgu|ra|no|pra|prec|conc|exp|d|w|r|u)is(?:e[ds]?|ing|er)$"
)
JOINED = re.compile(r"\b(e|wi|log|sign|pay|pick|top|up|web|voice|pass|on)[ -](?=[a-z])")
TYPO = 7
"""Letters from which on a word with one wrong letter is still that word: "charge" is not "change"."""


def phrase_key(phrase: str) -> str:
    """The same for all variants of a phrase but typos; empty for one without a word."""
    folded = JOINED.sub(r"\1", POSSESSIVE.sub("", phrase.casefold()).replace("‐", "-"))
    words = [word for word in PART.findall(folded) if word not in LEFT_OUT] or PART.findall(folded)
    return " ".join(map(_plain, words))


def typo_of(key: str, other: str) -> bool:
    """Whether two keys differ in one letter of one long word."""
    from rapidfuzz.distance import OSA

    words, others = key.split(), other.split()
    differing = [pair for pair in zip(words, others, strict=False) if pair[0] != pair[1]]
    if len(words) != len(others) or len(differing) != 1:
        return False
    one, two = differing[0]
    same_begin = one[0] == two[0] and min(len(one), len(two)) >= TYPO and one.isalpha() and two.isalpha()
    return same_begin and OSA.distance(one, two, score_cutoff=1) <= 1


def merged_keys(keys: Sequence[str]) -> dict[str, str]:
    """By key, the one that stands for it: of two that differ by a typo the one that comes first."""
    kept: list[str] = []
    found: dict[str, str] = {}
    for key in keys:
        found[key] = next((other for other in kept if key == other or typo_of(key, other)), key)
        if found[key] == key:
            kept.append(key)
    return found


def _plain(word: str) -> str:
    """Singular, and as Americans write it."""
    single = _singular(word)
    for pattern, american in () if NOT_ISE.search(single) else ENDINGS:
        single = pattern.sub(american, single)
    return AMERICAN.get(single, single)


def _singular(word: str) -> str:
    if word in NO_PLURAL:
        return word
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
