"""Recordings made in memory for the tests of ingest."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np


def tone(seconds: float, *, rate: int = 16_000, channels: int = 1, hertz: float = 440.0) -> np.ndarray[Any, Any]:
    """(n, channels) in −1…+1; each channel an octave above the one before."""
    time = np.arange(round(seconds * rate)) / rate
    return np.stack([0.5 * np.sin(2 * np.pi * hertz * 2**channel * time) for channel in range(channels)], axis=1)


def wav(samples: np.ndarray[Any, Any], *, rate: int = 16_000, data_size: int | None = None) -> bytes:
    """16-bit WAV; ``data_size`` is what the header claims instead of the truth."""
    channels = samples.shape[1]
    body = (samples * 32767).astype("<i2").tobytes()
    size = len(body) if data_size is None else data_size
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, rate, rate * channels * 2, channels * 2, 16)
    return (
        b"RIFF"
        + struct.pack("<I", min(36 + size, 0xFFFFFFFF))
        + b"WAVE"
        + fmt
        + struct.pack("<4sI", b"data", size)
        + body
    )


def encoded(samples: np.ndarray[Any, Any], *, container: str, codec: str, rate: int = 16_000) -> bytes:
    """The same sound in any container and codec that PyAV writes."""
    import av

    target = io.BytesIO()
    layout = "mono" if samples.shape[1] == 1 else "stereo"
    with av.open(target, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate)
        stream.layout = layout
        stream.options = {"strict": "experimental"}
        frame = av.AudioFrame.from_ndarray(
            (samples.reshape(1, -1) * 32767).astype(np.int16), format="s16", layout=layout
        )
        frame.sample_rate = rate
        for packet in (*_encode(stream, frame), *stream.encode(None)):
            output.mux(packet)
    return target.getvalue()


def _encode(stream: Any, frame: Any) -> list[Any]:
    import av

    resampler = av.AudioResampler(
        format=stream.codec_context.format,
        layout=stream.codec_context.layout,
        rate=stream.codec_context.sample_rate,
        frame_size=stream.codec_context.frame_size or 1024,
    )
    return [packet for one in (*resampler.resample(frame), *resampler.resample(None)) for packet in stream.encode(one)]


def loudness(samples: np.ndarray[Any, Any]) -> float:
    return float(np.sqrt(np.mean(samples**2))) if samples.size else 0.0
