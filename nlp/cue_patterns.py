"""Phrases as people say them, and the patterns that find them.

A slot of a phrase is a word; ``a|b`` is either, ``a_b`` both in a row, ``*`` the rest of a word, ``…`` up to three
words, ``…1`` at most one, ``^`` the begin of the sentence, ``$`` an end or a comma, ``<name>`` any phrase of that list.
An apostrophe may be missing, as speech recognisers and hurried writers leave it out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from nlp.text import is_unspaced

Lists: TypeAlias = Mapping[str, Sequence[str]]

NOTHING = re.compile(r"(?!)")
LETTERS = r"[\w']"


def folded(text: str) -> str:
    """The text as the patterns read it, character by character where it was."""
    lower = text.lower().replace("’", "'")
    return lower if len(lower) == len(text) else text.replace("’", "'")


def pattern(phrases: Sequence[str], lists: Lists | None = None) -> re.Pattern[str]:
    """Finds any of the phrases in a folded text; ``lists`` are those that a phrase may name."""
    return re.compile("|".join(_phrase(phrase, lists or {}) for phrase in phrases)) if phrases else NOTHING


def _phrase(phrase: str, lists: Lists) -> str:
    if is_unspaced(phrase):
        return re.escape(phrase)
    begin = "^" if phrase.startswith("^") else f"(?<!{LETTERS})"
    end = r"(?=\s*(?:[,.;!]|$))" if phrase.endswith("$") else f"(?!{LETTERS})"
    return begin + _slots(phrase.removeprefix("^").removesuffix("$"), lists) + end


def _slots(phrase: str, lists: Lists) -> str:
    found = ""
    for slot in phrase.split():
        if slot.startswith("…"):
            found += rf"(?:[\s,]+{LETTERS}+){{0,{slot[1:] or 3}}}"
        else:
            either = "|".join(_either(part, lists) for part in slot.split("|"))
            found += (r"[\s,]+" if found else "") + f"(?:{either})"
    return found


def _either(part: str, lists: Lists) -> str:
    if part.startswith("<"):
        return "|".join(_slots(phrase, lists) for phrase in lists[part.strip("<>")])
    # Of "*n't" the apostrophe must be there: without it, "want" and "account" would be negations.
    apostrophe = "'" if part.startswith("*") else "'?"
    words = (re.escape(word).replace(r"\*", f"{LETTERS}*").replace("'", apostrophe) for word in part.split("_"))
    return r"[\s,]+".join(words)
