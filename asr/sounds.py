"""What a contact sounds like, word by word, and what a name that is looked for does.

A key names how many words it is of and in whose way of speaking it was made, as in ``1la:KTRN``: the Latin way (Double
Metaphone), German (Cologne phonetics) or Chinese (pinyin). Two words next to one another have a key together, too: what
the recogniser does not know it often hears as two words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from asr.languages import to_whisper
from asr.phonetic import phonetic_keys
from data.types import Sound, SoundAlternative, SpokenWord, Turn, spoken_words

WAYS = {"la": "en", "de": "de", "zh": "zh"}
"""By the name of the way, a language that goes by it."""
SHORT = 3
"""A key of fewer signs is that of too many words: how many syllables there are tells some apart."""
VOWELS = re.compile(r"[aeiouy]+")


def sounds(turns: Sequence[Turn], language: str) -> tuple[Sound, ...] | None:
    """The keys of all words, in order; None where words are said, and of none there is a way to tell its sound."""
    words = list(spoken_words([turn.text for turn in turns]))
    found = tuple(_sounds(words, turns, _way(language)))
    return None if words and not found else found


def sought(text: str) -> tuple[SoundAlternative, ...]:
    """Each way in which a name may have been written down: one choice of keys for each word, in order.

    As many words as it has, or as one, or as two; in every way of speaking. None where there is no telling.
    """
    words = [word.text for word in spoken_words([text])]
    found = (alternative for way in WAYS for alternative in _alternatives(words, way))
    return tuple(dict.fromkeys(alternative for alternative in found if alternative and all(alternative)))


def _sounds(words: Sequence[SpokenWord], turns: Sequence[Turn], way: str) -> Iterator[Sound]:
    for word in words:
        for key in _keys(word.text, way, 1):
            yield Sound(key=key, place=word.place, role=turns[word.turn].role)
    for one, other in pairwise(words) if way != "zh" else ():
        if other.place == one.place + 1:
            for key in _keys(one.text + other.text, way, 2):
                yield Sound(key=key, place=one.place, role=turns[one.turn].role)


def _alternatives(words: Sequence[str], way: str) -> Iterator[SoundAlternative]:
    yield tuple(_keys(word, way, 1) for word in words)
    if way != "zh":
        # As one word and as two; a longer name is hardly heard as so few.
        for count in (1, 2) if len(words) <= 2 else ():
            yield (_keys("".join(words), way, count),)


def _way(language: str) -> str:
    base = to_whisper(language)
    return "zh" if base in ("zh", "yue") else "de" if base == "de" else "la"


def _keys(word: str, way: str, count: int) -> tuple[str, ...]:
    return tuple(f"{count}{way}:{_told_apart(key, word)}" for key in phonetic_keys(word, WAYS[way]))


def _told_apart(key: str, word: str) -> str:
    return f"{key}.{_syllables(word)}" if len(key) < SHORT else key


def _syllables(word: str) -> int:
    """Runs of vowels, a silent e at the end left out; near enough to tell "Katya" from "cat"."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    runs = len(VOWELS.findall(letters))
    return runs - 1 if runs > 1 and re.search(r"[^aeiouy]e$", letters) else runs
