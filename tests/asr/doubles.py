"""A recogniser without a model: it writes a word for each half second of sound."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from asr import Detected
from asr.speech import SAMPLE_RATE, Samples, runs
from data.types import Provenance, Role, Segment, Word

WORD_S = 0.5
LOUD = 0.01


class LoudnessTranscriber:
    """Hears the word ``sound`` wherever there is some, in the language it was told is spoken."""

    provenance = Provenance(
        component="asr.double", version="1", model="loudness", model_sha256="0" * 64, params_hash="0", device="cpu"
    )

    def __init__(self, language: str = "en", probability: float = 0.9) -> None:
        self._detected = Detected(language=language, probability=probability)

    def listen(self, legs: Iterable[Samples]) -> LoudnessListening:
        return LoudnessListening(legs, self._detected)


class LoudnessListening:
    def __init__(self, legs: Iterable[Samples], detected: Detected) -> None:
        self._loud = [loud_blocks(leg) for leg in legs]
        self._detected = detected

    @property
    def speech_s(self) -> list[float]:
        return [float(loud.sum()) * WORD_S for loud in self._loud]

    def languages(self) -> list[Detected | None]:
        return [self._detected if loud.any() else None for loud in self._loud]

    def segments(self, languages: Sequence[str | None], *, switching: bool = False) -> Iterator[Segment]:
        legs = enumerate(zip(self._loud, languages, strict=True))
        heard = [list(segments_of(loud, leg, language)) for leg, (loud, language) in legs if language]
        yield from heapq.merge(*heard, key=lambda segment: segment.begin_ms)


def loud_blocks(leg: Samples) -> NDArray[np.bool_]:
    size = round(WORD_S * SAMPLE_RATE)
    blocks = leg[: len(leg) // size * size].reshape(-1, size)
    loud: NDArray[np.bool_] = np.sqrt(np.mean(np.square(blocks), axis=1)) > LOUD
    return loud


def segments_of(loud: NDArray[np.bool_], leg: int, language: str) -> Iterator[Segment]:
    for begin, end in runs(loud):
        words = tuple(word("sound", number, round(WORD_S * 1000), begin) for number in range(begin, end))
        yield Segment(
            text=" ".join(one.text for one in words),
            begin_ms=words[0].begin_ms,
            end_ms=words[-1].end_ms,
            channel=leg,
            role=Role.UNKNOWN,
            confidence=0.9,
            words=words,
            language=language,
        )


def word(text: str, number: int, length_ms: int, first: int) -> Word:
    begin = (number - first) * (len(text) + 1)
    return Word(
        text=text,
        begin_ms=number * length_ms,
        end_ms=(number + 1) * length_ms,
        confidence=0.9,
        char_begin=begin,
        char_end=begin + len(text),
    )
