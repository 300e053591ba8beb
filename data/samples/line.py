"""The telephone line: 300–3400 Hz at 8 kHz, a little noise, and Opus in an Ogg file."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

RATE = 8000
_BAND_HZ = (300.0, 3400.0)
_EDGE_HZ = 80.0
_BIT_RATE = 24_000

Signal: TypeAlias = npt.NDArray[np.float32]


def resampled(signal: Signal, count: int) -> Signal:
    """The signal in ``count`` samples, without what they cannot carry."""
    spectrum = np.fft.rfft(signal)[: count // 2 + 1]
    return np.asarray(np.fft.irfft(spectrum, count) * (count / len(signal)), np.float32)


def telephone(signal: Signal) -> Signal:
    """What a telephone lets through; both edges of the band are slopes of 80 Hz."""
    hertz = np.fft.rfftfreq(len(signal), 1 / RATE)
    low = np.clip((hertz - _BAND_HZ[0]) / _EDGE_HZ + 1, 0, 1)
    high = np.clip((_BAND_HZ[1] - hertz) / _EDGE_HZ + 1, 0, 1)
    return np.asarray(np.fft.irfft(np.fft.rfft(signal) * low * high, len(signal)), np.float32)


def noise(shape: tuple[int, int], level_db: float, name: str) -> Signal:
    """Hiss, always the same for the same name."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    return np.asarray(random.standard_normal(shape) * 10 ** (level_db / 20), np.float32)


def store(channels: Signal, file: Path) -> None:
    """Writes the channels (2, samples) as Opus; both lie in one stream, as telephone systems write them."""
    import av

    samples = np.ascontiguousarray(np.clip(channels, -1, 1))
    with av.open(str(file), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="stereo", options={"application": "voip"})
        stream.bit_rate = _BIT_RATE
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
        frame.sample_rate = RATE
        resampler = av.AudioResampler(format=stream.format, layout="stereo", rate=RATE, frame_size=RATE // 50)
        for piece in (*resampler.resample(frame), *resampler.resample(None), None):
            container.mux(stream.encode(piece))
