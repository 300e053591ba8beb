"""What people say around the reason of a contact, by language: tables of phrases, and how they are read.

A slot of a phrase is a word; ``a|b`` is either, ``*`` the rest of a word, ``…`` up to three words, ``^`` the begin of
the sentence. An apostrophe may be missing, as speech recognisers and hurried writers leave it out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from nlp.text import is_unspaced

NOTHING = re.compile(r"(?!)")
LETTERS = r"[\w']"
CATEGORIES = ("wish", "problem", "question", "another", "invite", "more", "details", "handling")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """The phrases of one language, each kind as one pattern over text in lower case with straight apostrophes."""

    wish: re.Pattern[str]
    order: re.Pattern[str]
    """Tells or asks the other side to do something."""
    problem: re.Pattern[str]
    question: re.Pattern[str]
    another: re.Pattern[str]
    invite: re.Pattern[str]
    more: re.Pattern[str]
    details: re.Pattern[str]
    handling: re.Pattern[str]
    vague: frozenset[str]
    everyday: frozenset[str]


@cache
def cues(language: str) -> Cues:
    """Those of a BCP-47 language; for a language without a table, none: there the words alone decide."""
    name = f"{language.partition('-')[0].lower()}.toml"
    file = resources.files(__name__) / name
    table = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return Cues(
        **{kind: _pattern(table.get(kind, ())) for kind in CATEGORIES},
        order=_orders(table.get("order", ()), table.get("you", ())),
        vague=frozenset(table.get("vague", ())),
        everyday=frozenset(word for line in table.get("everyday", ()) for word in line.split()),
    )


def folded(text: str) -> str:
    """The text as the patterns read it, character by character where it was."""
    lower = text.lower().replace("’", "'")
    return lower if len(lower) == len(text) else text.replace("’", "'")


def _orders(verbs: Sequence[str], you: Sequence[str]) -> re.Pattern[str]:
    """A sentence that begins with one of the verbs, or has one right after "could you" or "please"."""
    verb = "|".join(verbs)
    return _pattern([f"^{verb}", *(f"{asking} {verb}" for asking in you)] if verbs else ())


def _pattern(phrases: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_phrase, phrases))) if phrases else NOTHING


def _phrase(phrase: str) -> str:
    if is_unspaced(phrase):
        return re.escape(phrase)
    begin = "^" if phrase.startswith("^") else f"(?<!{LETTERS})"
    pattern = ""
    for slot in phrase.removeprefix("^").split():
        if slot == "…":
            pattern += rf"(?:[\s,]+{LETTERS}+){{0,3}}"
        else:
            pattern += (r"[\s,]+" if pattern else "") + f"(?:{'|'.join(map(_word, slot.split('|')))})"
    return f"{begin}{pattern}(?!{LETTERS})"


def _word(word: str) -> str:
    # Of "*n't" the apostrophe must be there: without it, "want" and "account" would be negations.
    apostrophe = "'" if word.startswith("*") else "'?"
    return re.escape(word).replace(r"\*", f"{LETTERS}*").replace("'", apostrophe)
