"""Voices as vectors: what is spoken by one person lies close together.

The network is the speaker encoder of Resemblyzer (Apache-2.0, https://github.com/resemble-ai/Resemblyzer), three LSTM
layers over 40 mel bands trained with the loss of Wan et al., "Generalized End-to-End Loss for Speaker Verification"
(2018). Only its weights are taken; the few lines that run them are here.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from asr.speech import SAMPLE_RATE, Samples
from data.errors import ModelCorrupt, ModelMissing

if TYPE_CHECKING:
    from torch import Tensor

WEIGHTS = "pretrained.pt"
SIZE = 256
HOP = SAMPLE_RATE // 100
_FFT = SAMPLE_RATE // 40
_MELS = 40
_LEVEL_DB = -30.0
"""What fainter speech is raised to, as the network was trained: its bands are not logarithmic."""
_BATCH = 64
_EDGE = 2
"""Frames of sound around a stretch that the bands of its first and last frame reach into."""

Vectors = NDArray[np.float32]
"""(n, 256), each of length 1."""
Span = tuple[int, int]
"""First sample and the one after the last."""


class VoiceEncoder(Protocol):
    def encode(self, samples: Samples, spans: Sequence[Span]) -> Vectors:
        """Whose voice each stretch of a leg is; safe to use from several threads."""


@lru_cache(maxsize=2)
def load_voices(folder: Path) -> VoiceEncoder:
    """The encoder with its weights in memory. Raises ModelMissing or ModelCorrupt (retry: once it is put right)."""
    if not (folder / WEIGHTS).is_file():
        raise ModelMissing(str(folder / WEIGHTS))
    return _Encoder(_read(folder / WEIGHTS))


def _read(path: Path) -> dict[str, Tensor]:
    import torch

    try:
        state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)["model_state"]
    except (RuntimeError, KeyError, EOFError, ValueError, OSError, UnpicklingError) as error:
        raise ModelCorrupt(f"{path.name}: {error}") from error
    return state


class _Encoder:
    def __init__(self, state: dict[str, Tensor]) -> None:
        from torch import nn

        self._lock = threading.Lock()
        self._lstm = nn.LSTM(_MELS, SIZE, 3, batch_first=True).eval()
        self._linear = nn.Linear(SIZE, SIZE).eval()
        self._lstm.load_state_dict(_part(state, "lstm."))
        self._linear.load_state_dict(_part(state, "linear."))

    def encode(self, samples: Samples, spans: Sequence[Span]) -> Vectors:
        if not spans:
            return np.zeros((0, SIZE), dtype=np.float32)
        gain = _gain(samples, spans)
        batches = [spans[at : at + _BATCH] for at in range(0, len(spans), _BATCH)]
        with self._lock:
            return np.concatenate([self._batch(samples, gain, batch) for batch in batches])

    def _batch(self, samples: Samples, gain: np.float32, spans: Sequence[Span]) -> Vectors:
        """Of the sound around these stretches alone: the bands of a whole recording would be ten times its size."""
        first = max(0, min(begin for begin, _ in spans) // HOP - _EDGE)
        last = max(end for _, end in spans) // HOP + _EDGE
        bands = mel_bands(samples[first * HOP : last * HOP] * gain)
        rows = [(begin // HOP - first, max(end // HOP, begin // HOP + 1) - first) for begin, end in spans]
        return self._run(bands, rows)

    def _run(self, bands: Tensor, rows: Sequence[Span]) -> Vectors:
        """Each stretch's state after its own last frame, however long its neighbours in the batch are."""
        import torch
        from torch.nn.utils.rnn import pad_sequence

        with torch.inference_mode():
            states, _ = self._lstm(pad_sequence([bands[begin:end] for begin, end in rows], batch_first=True))
            last = torch.tensor([min(end, len(bands)) - begin - 1 for begin, end in rows])
            raw = torch.relu(self._linear(states[torch.arange(len(rows)), last]))
            vectors: Vectors = (raw / raw.norm(dim=1, keepdim=True).clamp_min(1e-9)).numpy()
        return vectors


def _part(state: dict[str, Tensor], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}


def _gain(samples: Samples, spans: Sequence[Span]) -> np.float32:
    """By how much the leg's speech is too faint for the network; never below 1."""
    power = np.mean([np.mean(np.square(samples[begin:end], dtype=np.float64)) for begin, end in spans])
    gain = 10 ** (_LEVEL_DB / 20) / max(float(np.sqrt(power)), 1e-9)
    return np.float32(max(gain, 1.0))


def mel_bands(samples: Samples) -> Tensor:
    """(frames, 40): the power in each mel band, every 10 ms, over 25 ms around it."""
    import torch
    from faster_whisper.feature_extractor import FeatureExtractor

    filters = torch.from_numpy(FeatureExtractor.get_mel_filters(SAMPLE_RATE, _FFT, _MELS).astype(np.float32))
    spectrum = torch.stft(
        torch.from_numpy(np.ascontiguousarray(samples)),
        _FFT,
        HOP,
        window=torch.hann_window(_FFT),
        pad_mode="constant",
        return_complex=True,
    )
    return (filters @ spectrum.abs().square()).T.contiguous()
