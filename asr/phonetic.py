"""How a word sounds, as keys: words that share one sound alike, however they are written or were misheard."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

from asr.languages import to_whisper

_NEAR_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_NEAR_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))
"""What speakers of southern Mandarin do not tell apart, and a telephone hardly does."""


@lru_cache(maxsize=65536)
def phonetic_keys(word: str, language: str = "en") -> tuple[str, ...]:
    """The keys of a word, the likelier first, or of several words as one; none where there is no way to tell.

    Cologne phonetics (Postel 1969) for German; pinyin without tones, near sounds as one, for Chinese; Double Metaphone
    (Philips 2000) for every other language that is written in Latin letters: it alone can give two. Keys of different
    languages are not comparable. A number has no key.
    """
    base = to_whisper(language)
    if base in ("zh", "yue"):
        return _pinyin(word)
    letters = _latin_letters(word, base)
    return _WAYS.get(base, _metaphone)(letters) if letters else ()


def _latin_letters(word: str, language: str) -> str:
    """Lower case without accents, spaces and signs; empty where another script is written, or nothing but digits."""
    text = word.casefold() if language == "de" else _unaccented(word.casefold())
    letters = "".join(letter for letter in text if letter.isalpha())
    known = all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return letters if known else ""


def _unaccented(text: str) -> str:
    # A stroke is no accent to Unicode: these letters do not come apart.
    text = text.translate({ord("ł"): "l", ord("ø"): "o", ord("đ"): "d", ord("ı"): "i", ord("æ"): "e", ord("œ"): "e"})
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))


def _metaphone(letters: str) -> tuple[str, ...]:
    from metaphone import doublemetaphone

    return tuple(dict.fromkeys(key for key in doublemetaphone(letters) if key))


def _cologne(letters: str) -> tuple[str, ...]:
    from cologne_phonetics import encode

    return ("".join(code for _, code in encode(letters)),)


def _pinyin(text: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin

    spoken = "".join(sign for sign in text if sign.isalpha())
    if not any(unicodedata.name(sign, "").startswith("CJK") for sign in spoken):
        letters = _latin_letters(spoken, "en")
        return _metaphone(letters) if letters else ()
    return (" ".join(_near(syllable) for syllable in lazy_pinyin(spoken)),)


def _near(syllable: str) -> str:
    for sound, near in _NEAR_INITIALS:
        if syllable.startswith(sound):
            syllable = near + syllable[len(sound) :]
    for sound, near in _NEAR_FINALS:
        if syllable.endswith(sound):
            return syllable[: -len(sound)] + near
    return syllable


_WAYS: Mapping[str, Callable[[str], tuple[str, ...]]] = {"de": _cologne}
