"""A language of tones: each word has a pitch of its own, so that a recogniser without a model hears what is there.

What is silenced it cannot hear, wherever in the recording it listens: unlike a double that reads from a script.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from asr import Detected
from asr.speech import SAMPLE_RATE, Samples
from data.types import Provenance, Role, Segment, Word

WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double"),
    *("and", "then", "so", "that", "is", "it", "okay", "go", "on", "sure", "hello", "yes", "thank", "you", "goodbye"),
    *("what", "the", "number", "of", "your", "card", "i", "want", "to", "pay", "my", "bill"),
)
LOWEST_HZ, STEP_HZ = 400, 80
TONE_S, PAUSE_S, BLOCK_S = 0.4, 0.1, 0.05
WORD_S = TONE_S + PAUSE_S
BLOCK = round(BLOCK_S * SAMPLE_RATE)
LOUD = 0.02
APART_MS = 300
"""A longer silence ends a segment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """``begin_s`` is a multiple of BLOCK_S: a tone that begins within a block has no pitch there."""

    channel: int
    begin_s: float
    words: tuple[str, ...]

    @property
    def end_s(self) -> float:
        return self.begin_s + WORD_S * len(self.words)

    def span_s(self, first: int, last: int) -> tuple[float, float]:
        """When the words from the first to the last, counted from 0, sound."""
        return self.begin_s + WORD_S * first, self.begin_s + WORD_S * last + TONE_S


def wav(utterances: Sequence[Utterance]) -> bytes:
    """Two channels of 16 bits, a second longer than what is said."""
    end_s = max(one.end_s for one in utterances) + 1
    sound = np.zeros((2, round(end_s * SAMPLE_RATE)))
    for one in utterances:
        for number, word in enumerate(one.words):
            begin = round((one.begin_s + WORD_S * number) * SAMPLE_RATE)
            sound[one.channel, begin : begin + round(TONE_S * SAMPLE_RATE)] = _tone(word)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((2, 2, SAMPLE_RATE, 0, "NONE", "not compressed"))
        out.writeframes((sound.T * 32_767).astype("<i2").tobytes())
    return file.getvalue()


def _tone(word: str) -> Samples:
    at = np.arange(round(TONE_S * SAMPLE_RATE)) / SAMPLE_RATE
    return np.asarray(0.3 * np.sin(2 * np.pi * (LOWEST_HZ + STEP_HZ * WORDS.index(word)) * at), np.float32)


class ToneTranscriber:
    provenance = Provenance(
        component="asr.double", version="1", model="tones", model_sha256="0" * 64, params_hash="0", device="cpu"
    )

    def listen(self, legs: Iterable[Samples]) -> ToneListening:
        return ToneListening({number: list(_words(leg)) for number, leg in enumerate(legs)})


class ToneListening:
    def __init__(self, legs: Mapping[int, Sequence[tuple[str, int, int]]]) -> None:
        self._legs = legs

    @property
    def speech_s(self) -> list[float]:
        return [sum(end - begin for _, begin, end in words) / 1000 for words in self._legs.values()]

    def languages(self) -> list[Detected | None]:
        return [Detected(language="en", probability=0.9) if words else None for words in self._legs.values()]

    def segments(self, languages: Sequence[str | None], *, switching: bool = False) -> Iterator[Segment]:
        spoken = [leg for leg, language in enumerate(languages) if language]
        heard = [_segment(group, leg) for leg in spoken for group in _groups(self._legs[leg])]
        yield from sorted(heard, key=lambda segment: segment.begin_ms)


def _words(leg: Samples) -> Iterator[tuple[str, int, int]]:
    """Each word with its begin and end in milliseconds."""
    pitches = [_pitch(leg[at : at + BLOCK]) for at in range(0, len(leg) - BLOCK + 1, BLOCK)]
    begin = 0
    for at in range(1, len(pitches) + 1):
        if at == len(pitches) or pitches[at] != pitches[begin]:
            if (word := pitches[begin]) is not None:
                yield word, round(begin * BLOCK_S * 1000), round(at * BLOCK_S * 1000)
            begin = at


def _pitch(block: Samples) -> str | None:
    if np.sqrt(np.mean(np.square(block))) < LOUD:
        return None
    hertz = float(np.abs(np.fft.rfft(block)).argmax()) / BLOCK_S
    return WORDS[min(len(WORDS) - 1, max(0, round((hertz - LOWEST_HZ) / STEP_HZ)))]


def _groups(words: Sequence[tuple[str, int, int]]) -> Iterator[list[tuple[str, int, int]]]:
    group: list[tuple[str, int, int]] = []
    for word in words:
        if group and word[1] - group[-1][2] > APART_MS:
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _segment(group: Sequence[tuple[str, int, int]], leg: int) -> Segment:
    words: list[Word] = []
    at = 0
    for text, begin_ms, end_ms in group:
        words.append(
            Word(text=text, begin_ms=begin_ms, end_ms=end_ms, confidence=0.9, char_begin=at, char_end=at + len(text))
        )
        at += len(text) + 1
    return Segment(
        text=" ".join(word.text for word in words),
        begin_ms=words[0].begin_ms,
        end_ms=words[-1].end_ms,
        channel=leg,
        role=Role.UNKNOWN,
        confidence=0.9,
        words=tuple(words),
        language="en",
    )
