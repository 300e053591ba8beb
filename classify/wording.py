"""The words of a text, for names and for telling a text from none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

MASKED = re.compile(r"\[[A-Z][A-Z_]*(?:_\d+)?\]|https?://\S+|\S+@\S+")
TOKEN = re.compile(r"[぀-ヿ㐀-鿿가-힯]|[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
CLAUSE = re.compile(r"[.!?,;:\n()\"“”…。，！？；：、]+")
WIDE = re.compile(r"[぀-ヿ㐀-鿿]")
BE_NOT = re.compile(r"\b(?:is|are|was|were)(?:n['’]?t| not)\b")
DO_NOT = re.compile(r"\b(has|have|had|does|do|did|could|would|should|wo)(?:n['’]?t| not)\b")
NOT_BEEN = re.compile(r"\b(?:has|have|had)(?:n['’]?t| not)(?: yet)? been\b")
UNABLE = re.compile(r"\b(?:can(?: not|not|['’]?t)|(?:am |is |are |was )?(?:unable|not able) to)\b")


def words(text: str) -> list[str]:
    """Its words in lower case, without masked details and addresses; each sign of a script without spaces is one."""
    return TOKEN.findall(MASKED.sub(" ", text).lower())


def clauses(text: str) -> Iterator[list[str]]:
    """The words of each stretch between punctuation marks or masked details, with one spelling for each negation."""
    for stretch in CLAUSE.split(MASKED.sub(".", text)):
        found = TOKEN.findall(_negations(stretch.lower()))
        if found:
            yield found


def phrase(tokens: Sequence[str]) -> str:
    """The words as they are written: with spaces, but for scripts that have none."""
    joined = " ".join(tokens)
    return re.sub(r"(?<=[぀-ヿ㐀-鿿]) (?=[぀-ヿ㐀-鿿])", "", joined)


def as_written(name: str, texts: Sequence[str]) -> str:
    """The name with capitals where the texts have them amid a clause: "Apple Pay", "Vertrag kündigen"."""
    wanted = set(words(name))
    forms: Counter[str] = Counter()
    for text in texts:
        for stretch in CLAUSE.split(MASKED.sub(".", text)):
            if not stretch.isupper():
                forms.update(form for form in TOKEN.findall(stretch)[1:] if form.lower() in wanted)
    usual: dict[str, str] = {}
    for form in sorted(forms, key=lambda form: (-forms[form], form)):
        usual.setdefault(form.lower(), form)
    return TOKEN.sub(lambda found: usual.get(found[0], found[0]), name)


def size(tokens: Sequence[str]) -> float:
    """In words; two signs of a script without spaces are about one."""
    return sum(0.5 if WIDE.match(token) else 1.0 for token in tokens)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The same for "charge", "charges", "charged" and "charging": enough to tell that two names are one."""
    for ending in ("ing", "ies", "ed", "es", "s", "y"):
        if len(word) > len(ending) + 2 and word.endswith(ending) and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    word = word.removesuffix("e") if len(word) > 3 else word
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def says_something(text: str) -> bool:
    """Whether a reason could be in it: it has two letters. Junk is known before: it has no issue."""
    found = words(text)
    return sum(map(len, found)) > 1 and not "".join(found).isdigit()


def _negations(text: str) -> str:
    """ "isn't working" → "not working", "unable to pay" → "can't pay", "has not come" → "hasn't come"."""
    text = UNABLE.sub("can't", BE_NOT.sub("not", NOT_BEEN.sub("not", text)))
    return DO_NOT.sub(r"\1n't", text).replace("’", "'")
