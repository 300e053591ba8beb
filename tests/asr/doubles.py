"""A recogniser without a model: it writes a word for each half second of sound."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

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

    def listen(self, samples: Samples) -> LoudnessListening:
        return LoudnessListening(samples, self._detected)


class LoudnessListening:
    def __init__(self, samples: Samples, detected: Detected) -> None:
        size = round(WORD_S * SAMPLE_RATE)
        blocks = samples[: len(samples) // size * size].reshape(-1, size)
        self._loud = np.sqrt(np.mean(np.square(blocks), axis=1)) > LOUD
        self._detected = detected

    @property
    def speech_s(self) -> float:
        return float(self._loud.sum()) * WORD_S

    def language(self) -> Detected | None:
        return self._detected if self._loud.any() else None

    def segments(self, language: str) -> Iterator[Segment]:
        for begin, end in runs(self._loud):
            words = tuple(word("sound", number, round(WORD_S * 1000), begin) for number in range(begin, end))
            yield Segment(
                text=" ".join(one.text for one in words),
                begin_ms=words[0].begin_ms,
                end_ms=words[-1].end_ms,
                channel=0,
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
