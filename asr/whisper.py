"""Whisper by faster-whisper: the only file that knows the library.

Its own ``transcribe`` is not used: it encodes the first window twice (once to detect the language) and offers no way
to recognise the windows of a call side by side. Both are done here, over the same two steps (``encode`` and
``generate_segments``).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from asr.ahead import in_order
from asr.allocator import keep_freed_memory
from asr.coverage import missed, trusted
from asr.decoding import Decoding
from asr.languages import Detected, from_whisper, to_whisper
from asr.models import find_model, pick_compute_type, pick_device, weights_sha256
from asr.speech import FRAME, Probabilities, Samples, Window, windows
from asr.words import segment_of
from data.errors import LanguageUnsupported, ModelCorrupt
from data.types import Provenance, Segment

DETECT_WINDOWS = 3
"""How many windows may be asked for the language while none is clear."""
CLEAR = 0.5


def load_whisper(
    folder: Path, *, device: str, compute_type: str, threads: int, decoding: Decoding
) -> WhisperTranscriber:
    """Raises ModelCorrupt (retry: once it is assembled again) where the weights cannot be read."""
    keep_freed_memory()
    # Measured on two cores: windows side by side gain 1.7 ×, a second thread within one window 1.1 ×.
    model = _load(folder, device, compute_type, threads=min(threads, 2), workers=threads)
    provenance = Provenance(
        component="asr.whisper",
        version=version("faster-whisper"),
        model=folder.name,
        model_sha256=weights_sha256(folder),
        params_hash=decoding.params_hash,
        device=f"{device}/{compute_type}",
    )
    return WhisperTranscriber(model, provenance, decoding=decoding, workers=threads)


def _load(folder: Path, device: str, compute_type: str, *, threads: int, workers: int) -> Any:
    from faster_whisper import WhisperModel

    try:
        return WhisperModel(
            str(folder), device=device, compute_type=compute_type, cpu_threads=threads, num_workers=workers
        )
    except (RuntimeError, ValueError) as error:
        raise ModelCorrupt(f"{folder.name}: {error}") from error


class WhisperTranscriber:
    """A model in memory and the threads that run it."""

    def __init__(self, model: Any, provenance: Provenance, *, decoding: Decoding, workers: int) -> None:
        self.provenance = provenance
        self._model = model
        self._decoding = decoding
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="asr")

    def listen(self, samples: Samples) -> WhisperListening:
        samples = as_16_bit(samples)
        found = windows(samples, speech_probabilities(samples), self._decoding)
        takes = [_Take(self._model, window, self._decoding) for window in found]
        return WhisperListening(takes, self._pool, ahead=self._workers + 1)


class WhisperListening:
    def __init__(self, takes: Sequence[_Take], pool: Executor, *, ahead: int) -> None:
        self._takes = takes
        self._pool = pool
        self._ahead = ahead

    @property
    def speech_s(self) -> float:
        return sum(take.window.speech_s for take in self._takes)

    def language(self) -> Detected | None:
        found: Detected | None = None
        for take in self._takes[:DETECT_WINDOWS]:
            detected = take.language()
            if found is None or detected.probability > found.probability:
                found = detected
            if found.probability >= CLEAR:
                break
        return found

    def segments(self, language: str) -> Iterator[Segment]:
        work = partial(_Take.segments, code=to_whisper(language))
        for segments in in_order(self._pool, work, self._takes, ahead=self._ahead):
            yield from segments


class _Take:
    """One window before the model. Encoded once, and forgotten when its segments are there."""

    def __init__(self, model: Any, window: Window, decoding: Decoding) -> None:
        self.window = window
        self._model = model
        self._decoding = decoding
        self._lock = threading.Lock()
        self._features: Any = None
        self._encoded: Any = None

    def language(self) -> Detected:
        if not self._model.model.is_multilingual:
            return Detected(language="en", probability=1.0)
        _, encoded = self._encode()
        token, probability = self._model.model.detect_language(encoded)[0][0]
        return Detected(language=from_whisper(token[2:-2]), probability=probability)

    def segments(self, code: str) -> list[Segment]:
        """The window's segments in order of time, what was passed over at first among them."""
        heard = self.first_pass(code)
        for stretch in missed(self.window, heard, self._decoding):
            window = Window(self.window.leg, self.window.probabilities, (stretch,))
            again = _Take(self._model, window, self._decoding).first_pass(code)
            heard += [segment for segment in again if trusted(segment, self._decoding)]
        return sorted(heard, key=lambda segment: segment.begin_ms)

    def first_pass(self, code: str) -> list[Segment]:
        """What is heard in it; heard again, with repetition made costly, where that goes round in circles."""
        features, encoded = self._encode()
        heard = self._generate(features, encoded, code, penalty=1.0)
        if self._loops(heard):
            again = self._generate(features, encoded, code, penalty=self._decoding.repetition_penalty)
            heard = heard if self._loops(again) else again
        self._features = self._encoded = None
        made = (segment_of(segment, self.window, from_whisper(code), self._decoding) for segment in heard)
        return [segment for segment in made if segment is not None]

    def _encode(self) -> tuple[Any, Any]:
        from faster_whisper.audio import pad_or_trim

        with self._lock:
            if self._encoded is None:
                self._features = self._model.feature_extractor(self.window.samples)
                # The extractor adds a frame past the end, which generate_segments leaves out too.
                first = self._features[:, : self._features.shape[-1] - 1]
                self._encoded = self._model.encode(pad_or_trim(first[:, : self._model.feature_extractor.nb_max_frames]))
            return self._features, self._encoded

    def _generate(self, features: Any, encoded: Any, code: str, *, penalty: float) -> list[Any]:
        tokenizer = _tokenizer(self._model, code)
        options = _options(self._decoding, tokenizer, penalty)
        return list(self._model.generate_segments(features, tokenizer, options, False, encoder_output=encoded))

    def _loops(self, segments: Sequence[Any]) -> bool:
        return any(segment.compression_ratio > self._decoding.max_compression for segment in segments)


def _tokenizer(model: Any, code: str) -> Any:
    from faster_whisper.tokenizer import Tokenizer

    if code not in model.supported_languages:
        raise LanguageUnsupported(code)
    return Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=code)


def _options(decoding: Decoding, tokenizer: Any, penalty: float) -> Any:
    from faster_whisper.transcribe import TranscriptionOptions, get_suppressed_tokens

    return TranscriptionOptions(
        beam_size=decoding.beam_size,
        best_of=1,
        patience=1,
        length_penalty=1,
        repetition_penalty=penalty,
        no_repeat_ngram_size=0,
        log_prob_threshold=decoding.min_log_probability,
        no_speech_threshold=decoding.max_no_speech,
        compression_ratio_threshold=decoding.max_compression,
        condition_on_previous_text=False,
        prompt_reset_on_temperature=0.5,
        temperatures=[0.0],
        initial_prompt=None,
        prefix=None,
        suppress_blank=True,
        suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
        without_timestamps=False,
        max_initial_timestamp=1.0,
        word_timestamps=True,
        prepend_punctuations="\"'“¿([{-",
        append_punctuations="\"'.。,，!！?？:：”)]}、",
        multilingual=False,
        max_new_tokens=None,
        clip_timestamps="0",
        hallucination_silence_threshold=None,
        hotwords=None,
    )


def as_16_bit(samples: Samples) -> Samples:
    """The samples rounded to 16 bits, as Whisper was trained on: however a recording was decoded, it reads the same."""
    import numpy as np

    rounded: Samples = (np.clip(np.round(samples * 32768), -32768, 32767) / 32768).astype(np.float32)
    return rounded


def speech_probabilities(samples: Samples) -> Probabilities:
    """For each frame of 32 ms the probability that somebody speaks (Silero VAD, part of faster-whisper)."""
    import numpy as np
    from faster_whisper.vad import get_vad_model

    if not len(samples):
        return np.zeros(0, dtype=np.float32)
    padded = np.pad(samples, (0, -len(samples) % FRAME))
    probabilities: Probabilities = get_vad_model()(padded).reshape(-1)
    return probabilities


def plain_model(model: str | Path, *, device: str, compute_type: str, threads: int) -> Any:
    """The library's own recogniser on the same weights, to measure ours against.

    Raises ModelMissing or ModelCorrupt (retry).
    """
    device = pick_device(device)
    return _load(find_model(model), device, pick_compute_type(device, compute_type), threads=threads, workers=1)
