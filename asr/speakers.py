"""Voices as vectors: what is spoken by one person lies close together.

The network is the speaker encoder of Resemblyzer (Apache-2.0, https://github.com/resemble-ai/Resemblyzer), three LSTM
layers over 40 mel bands trained with the loss of Wan et al., "Generalized End-to-End Loss for Speaker Verification"
(2018). Only its weights are taken; the few lines that run them are here and in ``asr.lstm``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from asr.lstm import LstmLayer
from asr.speaker_weights import Weights, read_weights
from asr.speech import SAMPLE_RATE, Samples
from data.errors import ModelCorrupt

WEIGHTS = "pretrained.pt"
SIZE = 256
HOP = SAMPLE_RATE // 100
_FFT = SAMPLE_RATE // 40
_MELS = 40
_LAYERS = 3
_WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FFT) / _FFT)).astype(np.float32)
"""Hann's, as a period of it: what a frame and the next one share adds up evenly."""
_LEVEL_DB = -30.0
"""What fainter speech is raised to, as the network was trained: its bands are not logarithmic."""
_BATCH = 64
_EDGE = 2
"""Frames of sound around a stretch that the bands of its first and last frame reach into."""

Vectors = NDArray[np.float32]
"""(n, 256), each of length 1."""
Bands = NDArray[np.float32]
"""(frames of 10 ms, 40)."""
Span = tuple[int, int]
"""First sample and the one after the last."""


class VoiceEncoder(Protocol):
    def encode(self, samples: Samples, spans: Sequence[Span]) -> Vectors:
        """Whose voice each stretch of a leg is; safe to use from several threads."""


@lru_cache(maxsize=2)
def load_voices(folder: Path) -> VoiceEncoder:
    """The encoder with its weights in memory. Raises ModelMissing or ModelCorrupt (retry: once it is put right)."""
    weights = read_weights(folder / WEIGHTS, "model_state")
    try:
        return _Encoder(weights)
    except KeyError as error:
        raise ModelCorrupt(f"{WEIGHTS}: {error}") from error


class _Encoder:
    def __init__(self, weights: Weights) -> None:
        self._layers = [LstmLayer(weights, number) for number in range(_LAYERS)]
        self._linear = np.ascontiguousarray(weights["linear.weight"].T), weights["linear.bias"]

    def encode(self, samples: Samples, spans: Sequence[Span]) -> Vectors:
        if not spans:
            return np.zeros((0, SIZE), dtype=np.float32)
        gain = _gain(samples, spans)
        batches = [spans[at : at + _BATCH] for at in range(0, len(spans), _BATCH)]
        return np.concatenate([self._batch(samples, gain, batch) for batch in batches])

    def _batch(self, samples: Samples, gain: np.float32, spans: Sequence[Span]) -> Vectors:
        """Of the sound around these stretches alone: the bands of a whole recording would be ten times its size."""
        first = max(0, min(begin for begin, _ in spans) // HOP - _EDGE)
        last = max(end for _, end in spans) // HOP + _EDGE
        bands = mel_bands(samples[first * HOP : last * HOP] * gain)
        rows = [(begin // HOP - first, max(end // HOP, begin // HOP + 1) - first) for begin, end in spans]
        return self._run(bands, rows)

    def _run(self, bands: Bands, rows: Sequence[Span]) -> Vectors:
        """Each stretch's state after its own last frame, however long its neighbours in the batch are."""
        lengths = [min(end, len(bands)) - begin for begin, end in rows]
        states = np.zeros((max(lengths), len(rows), _MELS), dtype=np.float32)
        for place, ((begin, _), length) in enumerate(zip(rows, lengths, strict=True)):
            states[:length, place] = bands[begin : begin + length]
        for layer in self._layers:
            states = layer.run(states)
        weight, bias = self._linear
        raw = np.maximum(states[np.array(lengths) - 1, np.arange(len(rows))] @ weight + bias, 0)
        vectors: Vectors = raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-9)
        return vectors


def _gain(samples: Samples, spans: Sequence[Span]) -> np.float32:
    """By how much the leg's speech is too faint for the network; never below 1."""
    power = np.mean([np.mean(np.square(samples[begin:end], dtype=np.float64)) for begin, end in spans])
    gain = 10 ** (_LEVEL_DB / 20) / max(float(np.sqrt(power)), 1e-9)
    return np.float32(max(gain, 1.0))


def mel_bands(samples: Samples) -> Bands:
    """(frames, 40): the power in each mel band, every 10 ms, over 25 ms around it."""
    from faster_whisper.feature_extractor import FeatureExtractor

    filters = FeatureExtractor.get_mel_filters(SAMPLE_RATE, _FFT, _MELS).astype(np.float32)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(samples, _FFT // 2), _FFT)[::HOP]
    spectrum = np.fft.rfft(around * _WINDOW, axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    bands: Bands = power.astype(np.float32) @ filters.T
    return bands
