"""Windows read side by side: each step of the model takes one piece of every window.

A window is read as Whisper reads a recording: 30 s, then on from the end of the last whole sentence. Nothing of that
changes in a batch, only whose pieces share a step: the decoder reads all its weights for every token, and reads them
once for all pieces. So a batch loses no text, unlike one that cuts recordings into blocks that must each be read at
one go.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from asr.decoding import Decoding
from asr.languages import Detected, from_whisper, to_whisper
from asr.speech import Samples, Window
from asr.steps import Encoded, Features, Reading, Steps, in_array, storage
from asr.switches import BREATH_S, STRETCH_S, Said, clear, hinted, mixed, spans, speech_between, stretches_said, whole
from data.errors import LanguageUnsupported

SHORT = 1000
"""Frames of 10 ms that are encoded to hear the language of a stretch: measured as good as 30 s, in a fifth of the
time."""
MARGIN = 20
"""Frames of 10 ms on either side of a stretch, in which its first and last sounds may lie."""


class Reader:
    """A model with its parameters; safe to use from several threads at once."""

    def __init__(self, model: Any, decoding: Decoding, *, encode_together: int) -> None:
        """``encode_together``: pieces that the encoder takes at once; on a CPU it gains nothing from several."""
        self.decoding = decoding
        self._model = model
        self._together = encode_together

    @property
    def multilingual(self) -> bool:
        return bool(self._model.model.is_multilingual)

    def open(self, window: Window) -> Reading:
        return Reading(window, self._model.feature_extractor(window.samples))

    def encode(self, readings: Sequence[Reading]) -> Encoded:
        """The next piece of each window, encoded."""
        longest = self._longest
        ends = (min(one.place + longest, one.until) for one in readings)
        return self._encode(
            [one.features[:, one.place : end] for one, end in zip(readings, ends, strict=True)], longest
        )

    @property
    def _longest(self) -> int:
        return int(self._model.feature_extractor.nb_max_frames)

    def _encode(self, pieces: Sequence[Features], longest: int) -> Encoded:
        """On the CPU, whatever the model runs on: parts of a batch go different ways."""
        from faster_whisper.audio import pad_or_trim

        padded = [pad_or_trim(piece, longest) for piece in pieces]
        parts = (padded[begin : begin + self._together] for begin in range(0, len(padded), self._together))
        encoded = (self._model.model.encode(storage(np.stack(part)), to_cpu=True) for part in parts)
        return np.concatenate([in_array(part) for part in encoded])

    def chances(self, encoded: Encoded) -> list[list[Detected]]:
        """The languages that each piece may be in, the likeliest first."""
        found = self._model.model.detect_language(storage(encoded))
        return [[Detected(language=from_whisper(token[2:-2]), probability=p) for token, p in one] for one in found]

    def likelihoods(self, samples: Samples, texts: Sequence[str], language: str) -> list[float]:
        """The logarithm of each text's probability. One pass of the encoder, one of the decoder for each text.

        Raises LanguageUnsupported (permanent).
        """
        from faster_whisper.audio import pad_or_trim

        tokenizer = _tokenizer(self._model, to_whisper(language))
        features = self._model.feature_extractor(samples)[:, : self._model.feature_extractor.nb_max_frames]
        encoded = self._model.encode(pad_or_trim(features))
        texts_tokens = [tokenizer.encode(" " + text) for text in texts]
        align, start = self._model.model.align, tokenizer.sot_sequence
        found = [align(encoded, start, [tokens], [features.shape[-1]])[0] for tokens in texts_tokens]
        return [sum(math.log(max(one, 1e-10)) for one in heard.text_token_probs) for heard in found]

    def read(
        self,
        readings: Sequence[Reading],
        language: str,
        encoded: Encoded | None = None,
        *,
        switching: bool = False,
    ) -> None:
        """Each window to its end. ``encoded`` are their next pieces, where somebody encoded them already.

        Raises LanguageUnsupported (permanent).
        """
        steps = {language: self._steps(language)}
        for reading in readings:
            reading.language = language
        while rest := [reading for reading in readings if not reading.done]:
            encoded = self.encode(rest) if encoded is None else encoded
            if switching and self.multilingual:
                self._settle(rest, encoded)
            for spoken in sorted({reading.language for reading in rest}):
                places = [place for place, reading in enumerate(rest) if reading.language == spoken]
                steps.setdefault(spoken, self._steps(spoken)).step([rest[place] for place in places], encoded[places])
            encoded = None
            for reading in rest:
                reading.go_on()

    def _steps(self, language: str) -> Steps:
        return Steps(self._model, _tokenizer(self._model, to_whisper(language)), self.decoding)

    def _settle(self, readings: Sequence[Reading], encoded: Encoded) -> None:
        """Each piece's language; where another begins in it the piece ends there, and is encoded anew."""
        for place, (reading, chances) in enumerate(zip(readings, self.chances(encoded), strict=True)):
            if not reading.spans and self._switch(reading, chances):
                encoded[place] = self.encode([reading])[0]

    def _switch(self, reading: Reading, chances: Sequence[Detected]) -> bool:
        """Whether the piece is in several languages."""
        end = min(reading.place + self._longest, reading.frames)
        among = hinted(chances)
        if len(among) < 2:
            speech_s = speech_between(reading.window.voice, reading.place, end)
            reading.language = whole(chances, speech_s, reading.language)
            return False
        found = spans(self._said(reading, end, among), reading.language, end)
        if len(found) > 1 or found[0].language != reading.language:
            reading.speak(found)
        return len(found) > 1

    def _said(self, reading: Reading, end: int, among: Sequence[str]) -> list[Said]:
        """The piece's stretches, each with its language as far as it is clear."""
        said = stretches_said(reading.window.voice, reading.place, end)
        return [part for one in said for part in self._asked(reading, one, among)]

    def _asked(self, reading: Reading, one: Said, among: Sequence[str]) -> list[Said]:
        """The stretch with its language; its parts, where it still holds several and there is a breath between."""
        chances = self._ask(reading, one)
        if mixed(chances, among):
            parts = stretches_said(reading.window.voice, one.begin, one.end, BREATH_S)
            if len(parts) > 1:
                return [replace(part, language=clear(self._ask(reading, part), among)) for part in parts]
        return [replace(one, language=clear(chances, among))]

    def _ask(self, reading: Reading, one: Said) -> list[Detected]:
        """The languages that a stretch may be in; none where it is too short to tell."""
        if one.end - one.begin < STRETCH_S * 100:
            return []
        features = reading.features[:, max(one.begin - MARGIN, 0) : one.end + MARGIN]
        longest = SHORT if features.shape[-1] <= SHORT else self._longest
        return self.chances(self._encode([features[:, :longest]], longest))[0]


def _tokenizer(model: Any, code: str) -> Any:
    from faster_whisper.tokenizer import Tokenizer

    if code not in model.supported_languages:
        raise LanguageUnsupported(code)
    return Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=code)
