"""Speech of one leg that leaks into another: the same sound, fainter and a little later.

The leak is told from somebody who speaks softly by correlation, not by level alone. Sound that is 6 dB fainter than
the other leg's and follows its waveform at some delay up to 300 ms is its echo; two people who talk at once do not
follow each other's waveform.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from asr.speech import SAMPLE_RATE, Samples
from data.types import Segment

CROSSTALK = "crosstalk"
FAINTER_DB = 6.0
FOLLOWS = 0.5
"""Normalised cross-correlation; independent speech stays under 0.3 over half a second and more."""
MAX_DELAY_S = 0.3
MIN_S = 0.5
MAX_S = 10.0
"""Of a longer segment the first seconds are looked at."""


def mark_crosstalk(segment: Segment, legs: NDArray[np.float32], begin_ms: int = 0) -> Segment:
    """The segment, flagged where it is another leg's speech; ``legs`` (channels, n) begin at ``begin_ms``."""
    others = [leg for channel, leg in enumerate(legs) if channel != segment.channel]
    span = _span(segment, begin_ms)
    if any(is_echo(legs[segment.channel], other, span) for other in others):
        return replace(segment, flags=(*segment.flags, CROSSTALK))
    return segment


def without_crosstalk(segments: Sequence[Segment]) -> list[Segment]:
    return [segment for segment in segments if CROSSTALK not in segment.flags]


def _span(segment: Segment, begin_ms: int) -> tuple[int, int]:
    begin = (segment.begin_ms - begin_ms) * SAMPLE_RATE // 1000
    end = (segment.end_ms - begin_ms) * SAMPLE_RATE // 1000
    return begin, min(end, begin + round(MAX_S * SAMPLE_RATE))


def is_echo(leg: Samples, other: Samples, span: tuple[int, int]) -> bool:
    """Whether the leg's sound in these samples is a fainter copy of the other leg's."""
    begin, end = span
    if end - begin < MIN_S * SAMPLE_RATE:
        return False
    delay = round(MAX_DELAY_S * SAMPLE_RATE)
    own, source = leg[begin:end], np.pad(other[max(begin - delay, 0) : end], (max(delay - begin, 0), 0))
    if _level_db(source) - _level_db(own) < FAINTER_DB:
        return False
    return _correlation(own, source) >= FOLLOWS


def _level_db(samples: Samples) -> float:
    return 10 * float(np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))


def _correlation(own: Samples, source: Samples) -> float:
    """The highest normalised cross-correlation over all delays at which ``own`` lies within ``source``."""
    size = 1 << (len(own) + len(source)).bit_length()
    spectrum = np.fft.rfft(source, size) * np.conj(np.fft.rfft(own, size))
    lags = np.fft.irfft(spectrum, size)[: len(source) - len(own) + 1]
    energy = np.concatenate([[0.0], np.cumsum(np.square(source, dtype=np.float64))])
    under = energy[len(own) :] - energy[: len(energy) - len(own)]
    norm = np.sqrt(under * np.sum(np.square(own, dtype=np.float64))) + 1e-12
    return float(np.max(np.abs(lags) / norm))
