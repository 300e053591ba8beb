"""What the words of an English text say of its feeling: the part of the sentiment model's input that is no vector.

VADER's scores (Hutto & Gilbert 2014, MIT), the same with the product's own wording, what stands after a contrast
("but"), and hashed words and pairs of words (Weinberger et al. 2009, "Feature hashing"), marked where a negation
reaches them.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from string import punctuation
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nlp.lexicon import NEUTRAL, PHRASES, WORDS

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

BUCKETS = 2**15
NAMES = (
    *("vader", "vader_negative", "vader_neutral", "vader_positive", "vader_silent"),
    *("wording", "wording_negative", "wording_positive", "wording_silent"),
    *("before_contrast", "after_contrast", "contrast"),
    *("negations", "exclaims", "asks", "please", "length"),
)
"""Of the dense features, in order."""
CONTRAST = re.compile(r"\b(?:but|however|though|although|yet|except|nevertheless)\b", re.IGNORECASE)
NEGATION = re.compile(r"(?:n't|^(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|hardly|unable))$")
TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|[!?]+|[:;=8][-o^']?[()dp/\\]|<3|\d+|[^\sa-z0-9]")
CLAUSE_END = frozenset(".,;:!?") | {"but", "and", "however", "because"}
REACH = 4
"""So many words after a negation are negated, or up to the clause's end."""
FIRST = re.compile(r"[a-z']+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Of n texts: ``dense`` has shape (n, len(NAMES)); text ``rows[i]`` has something in ``buckets[i]``."""

    dense: NDArray[np.float32]
    rows: NDArray[np.int64]
    buckets: NDArray[np.int64]

    def of(self, chosen: NDArray[np.bool_]) -> Features:
        """Of those texts alone."""
        kept = chosen[self.rows]
        rows = np.cumsum(chosen)[self.rows[kept]] - 1
        return Features(dense=self.dense[chosen], rows=rows, buckets=self.buckets[kept])


def features(texts: Sequence[str]) -> Features:
    hashed = [_buckets(text) for text in texts]
    return Features(
        dense=np.array([_dense(text) for text in texts], dtype=np.float32).reshape(len(texts), len(NAMES)),
        rows=np.repeat(np.arange(len(texts)), [len(some) for some in hashed]),
        buckets=np.array([bucket for some in hashed for bucket in some], dtype=np.int64),
    )


def _dense(text: str) -> tuple[float, ...]:
    plain = text.replace("’", "'")
    told = _with_phrases_joined(plain)
    vader = _vader().polarity_scores(plain)
    # Without a word that is known to the second alone both say the same, and each costs as much as all the rest.
    wording = _with_wording().polarity_scores(told) if told != plain or _has_wording(plain) else vader
    tokens = TOKEN.findall(plain.lower())
    return (
        *(vader[name] for name in ("compound", "neg", "neu", "pos")),
        float(vader["compound"] == 0),
        *(wording[name] for name in ("compound", "neg", "pos")),
        float(wording["compound"] == 0),
        *_around_contrast(told),
        float(min(3, sum(NEGATION.search(token) is not None for token in tokens))),
        float("!" in plain),
        float("?" in plain),
        float("please" in tokens),
        float(np.log1p(len(tokens))),
    )


def _has_wording(text: str) -> bool:
    """Whether the product's wording may count in it; VADER reads words by blanks, and emojis by their names."""
    if not text.isascii():
        return True
    tokens = text.lower().split()
    return not _own_words().isdisjoint(tokens) or not _own_words().isdisjoint(map(_bare, tokens))


def _bare(token: str) -> str:
    return token.strip(punctuation)


def _around_contrast(text: str) -> tuple[float, float, float]:
    """How it sounds before the first and after the last "but", and whether there is one: the end is what is meant."""
    parts = CONTRAST.split(text)
    if len(parts) == 1:
        return 0.0, 0.0, 0.0
    first, last = (_with_wording().polarity_scores(part)["compound"] for part in (parts[0], parts[-1]))
    return float(first), float(last), 1.0


def _buckets(text: str) -> list[int]:
    """Of its words, and of its pairs of words: the checksum of "one two" goes on from that of "one"."""
    marked = [token.encode() for token in _negated(TOKEN.findall(text.lower().replace("’", "'")))]
    alone = [zlib.crc32(token) for token in marked]
    pairs = (zlib.crc32(b" " + token, before) for before, token in zip(alone, marked[1:], strict=False))
    return sorted({checksum % BUCKETS for checksum in (*alone, *pairs)})


def _negated(tokens: Sequence[str]) -> Iterator[str]:
    left = 0
    for token in tokens:
        if NEGATION.search(token):
            left = REACH
        elif token in CLAUSE_END:
            left = 0
        elif left:
            left -= 1
            token = f"not_{token}"
        yield token


@cache
def _vader() -> SentimentIntensityAnalyzer:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


@cache
def _with_wording() -> SentimentIntensityAnalyzer:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    vader = SentimentIntensityAnalyzer()
    vader.lexicon.update(_own_valences())
    return vader


def _own_valences() -> dict[str, float]:
    return WORDS | {_one_word(phrase): valence for phrase, valence in PHRASES.items()}


@cache
def _own_words() -> frozenset[str]:
    return frozenset(_own_valences())


def _one_word(phrase: str) -> str:
    return phrase.replace(" ", "_").replace("'", "")


@cache
def _phrases_by_first_word() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for phrase in sorted((*PHRASES, *NEUTRAL), key=lambda phrase: (-len(phrase), phrase)):
        found.setdefault(phrase.split()[0], []).append(phrase)
    return found


def _with_phrases_joined(text: str) -> str:
    """Each phrase of the lexicon as one word, the longest first; VADER knows words only."""
    lower = text.lower()
    known = _phrases_by_first_word()
    # By the first word: to try every phrase at every word costs three times as much as all of VADER.
    present = [phrase for word in known.keys() & FIRST.findall(lower) for phrase in known[word] if phrase in lower]
    if not present:
        return text
    longest_first = sorted(present, key=lambda phrase: (-len(phrase), phrase))
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)
    return pattern.sub(lambda match: _one_word(match.group().lower()), text)
