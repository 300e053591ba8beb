"""Word and character error of transcripts, counted so that recordings can be added up.

Radford et al., *Robust Speech Recognition via Large-Scale Weak Supervision* (2022), appendix C: both sides go
through Whisper's text normaliser first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

UNSPACED = frozenset({"zh", "ja", "ko"})
"""Scored by characters: the first two write no spaces, and spacing in Korean is a matter of taste."""
STRAIGHT = str.maketrans({"‘": "'", "’": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


@dataclass(frozen=True, slots=True)
class Errors:
    """Edits (substituted, deleted, inserted) and the size of the reference, in words and in characters."""

    word_edits: int = 0
    words: int = 0
    char_edits: int = 0
    chars: int = 0

    def __add__(self, other: Errors) -> Errors:
        return Errors(
            self.word_edits + other.word_edits,
            self.words + other.words,
            self.char_edits + other.char_edits,
            self.chars + other.chars,
        )

    @property
    def wer(self) -> float | None:
        return _rate(self.word_edits, self.words)

    @property
    def cer(self) -> float | None:
        return _rate(self.char_edits, self.chars)


def _rate(edits: int, size: int) -> float | None:
    return round(edits / size, 4) if size else None


def total(errors: Iterable[Errors]) -> Errors:
    """Micro-average: edits and sizes added up before they are divided."""
    return sum(errors, Errors())


def count_errors(reference: str, hypothesis: str, language: str) -> Errors:
    """The edits between two texts of one language (BCP-47) after normalisation."""
    said, heard = (normalise(text, language) for text in (reference, hypothesis))
    char_edits, chars = _edits([*said.replace(" ", "_")], [*heard.replace(" ", "_")])
    if _base(language) in UNSPACED:
        return Errors(char_edits, chars, char_edits, chars)
    return Errors(*_edits(said.split(), heard.split()), char_edits, chars)


def normalise(text: str, language: str) -> str:
    """The text as it is scored: quotes straightened, then Whisper's normaliser; no spaces where none count.

    Chinese in simplified characters: which script a recogniser writes is not an error of hearing.
    """
    text = " ".join(_normaliser(_base(language))(text.translate(STRAIGHT)).split())
    text = _simplified().convert(text) if _base(language) == "zh" else text
    return text.replace(" ", "") if _base(language) in UNSPACED else text


def _base(language: str) -> str:
    return language.split("-")[0].lower()


@cache
def _normaliser(language: str) -> Callable[[str], str]:
    if language == "en":
        from whisper_normalizer.english import EnglishTextNormalizer

        return EnglishTextNormalizer()  # type: ignore[no-any-return]  # the library is untyped
    from whisper_normalizer.basic import BasicTextNormalizer

    return BasicTextNormalizer()  # type: ignore[no-any-return]  # the library is untyped


@cache
def _simplified() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def _edits(reference: list[str], hypothesis: list[str]) -> tuple[int, int]:
    if not reference:
        return len(hypothesis), 0
    from jiwer import process_words

    counted = process_words(" ".join(reference), " ".join(hypothesis))
    return counted.substitutions + counted.deletions + counted.insertions, len(reference)
