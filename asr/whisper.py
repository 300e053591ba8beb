"""Whisper by faster-whisper: loading it, and what it needs to know of a recording before it reads.

The library's own ``transcribe`` is not used: it encodes the first window twice (once to detect the language) and
reads one window at a time. ``asr.reading`` does it over the same steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

from asr.activity import speech_probabilities
from asr.allocator import keep_freed_memory, share_one_arena
from asr.decoding import Decoding
from asr.gpu import LIBRARIES, load_libraries
from asr.listening import WhisperListening
from asr.models import find_model, pick_compute_type, pick_device, weights_sha256
from asr.reading import Reader
from asr.speech import Samples, windows
from data.errors import GpuUnusable, ModelCorrupt
from data.types import Provenance

BATCH = {"cpu": 8, "cuda": 24}
"""Windows that are read side by side. More gain little on a CPU, and each takes memory."""


def load_whisper(
    folder: Path, *, device: str, compute_type: str, threads: int, decoding: Decoding
) -> WhisperTranscriber:
    """Raises ModelCorrupt (retry: once it is assembled again) where the weights cannot be read, GpuUnusable (retry)."""
    share_one_arena()
    # Measured on two cores: windows side by side gain 1.7 ×, a second thread within one window 1.1 ×. A GPU takes all
    # windows in one batch, and a second worker would halve it.
    workers = threads if device == "cpu" else 1
    model = _load(folder, device, compute_type, threads=min(threads, 2), workers=workers)
    keep_freed_memory()
    provenance = Provenance(
        component="asr.whisper",
        version=version("faster-whisper"),
        model=folder.name,
        model_sha256=weights_sha256(folder),
        params_hash=decoding.params_hash,
        device=f"{device}/{compute_type}",
    )
    reader = Reader(model, decoding, encode_together=1 if device == "cpu" else BATCH[device])
    return WhisperTranscriber(reader, provenance, workers=workers, batch=BATCH[device])


def _load(folder: Path, device: str, compute_type: str, *, threads: int, workers: int) -> Any:
    from faster_whisper import WhisperModel

    if device == "cuda" and not load_libraries():
        raise GpuUnusable(f"{LIBRARIES[-1]} is not found")
    try:
        return WhisperModel(
            str(folder), device=device, compute_type=compute_type, cpu_threads=threads, num_workers=workers
        )
    except (RuntimeError, ValueError) as error:
        raise ModelCorrupt(f"{folder.name}: {error}") from error


class WhisperTranscriber:
    """A model in memory and the threads that run it."""

    def __init__(self, reader: Reader, provenance: Provenance, *, workers: int, batch: int) -> None:
        self.provenance = provenance
        self._reader = reader
        self._workers = workers
        self._batch = batch
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="asr")

    def listen(self, legs: Iterable[Samples]) -> WhisperListening:
        decoding = self._reader.decoding
        found = [list(windows(leg, speech_probabilities(leg), decoding)) for leg in map(as_16_bit, legs)]
        return WhisperListening(found, self._reader, self._pool, workers=self._workers, batch=self._batch)

    def likelihoods(self, samples: Samples, texts: Sequence[str], language: str) -> list[float]:
        return self._reader.likelihoods(as_16_bit(samples), texts, language)


def as_16_bit(samples: Samples) -> Samples:
    """The samples rounded to 16 bits, as Whisper was trained on: however a recording was decoded, it reads the same."""
    import numpy as np

    rounded = (samples * np.float32(32768)).astype(np.float32, copy=False)
    np.clip(np.round(rounded, out=rounded), -32768, 32767, out=rounded)
    rounded /= np.float32(32768)
    return rounded


def plain_model(model: str | Path, *, device: str, compute_type: str, threads: int) -> Any:
    """The library's own recogniser on the same weights, to measure ours against.

    Raises ModelMissing, ModelCorrupt or GpuUnusable (retry).
    """
    device = pick_device(device)
    return _load(find_model(model), device, pick_compute_type(device, compute_type), threads=threads, workers=1)
