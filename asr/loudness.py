"""How loud a voice is: dBFS of a recording's channels, and of each role while it speaks.

0 dBFS is a root mean square of full scale: a sine of full scale is −3, a square wave 0.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from asr.speech import SAMPLE_RATE
from asr.trust import is_suspect
from data.types import Role, Segment, Transcript

FRAME_MS = 100
PER_SECOND = 1000 // FRAME_MS
STEP_DB = 0.5
NO_SOUND = 255
"""A frame's byte is its level below full scale in half decibels; this one stands for −127.5 dBFS and all below."""

Levels = tuple[str, ...]
"""For each channel a byte for each tenth of a second, in base64: an hour of two channels is 96 kB of JSON."""


def levels(legs: NDArray[np.float32]) -> Levels:
    """``legs``: (channels, samples) at 16 kHz, −1…+1."""
    return tuple(base64.b64encode(_bytes_of(leg)).decode() for leg in legs)


def _bytes_of(leg: NDArray[np.float32]) -> bytes:
    size = SAMPLE_RATE * FRAME_MS // 1000
    whole = len(leg) // size * size
    frames, rest = leg[:whole].reshape(-1, size), leg[whole:]
    power = np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / size
    if len(rest):
        power = np.append(power, np.dot(rest, rest) / size)
    steps = -10 * np.log10(np.maximum(power, 1e-13)) / STEP_DB
    rounded: NDArray[np.uint8] = np.clip(np.round(steps), 0, NO_SOUND).astype(np.uint8)
    return rounded.tobytes()


def joined(parts: Iterable[Levels]) -> Levels:
    """The levels of a recording from those of its windows, each of which is a whole number of frames but the last."""
    decoded = [[base64.b64decode(channel) for channel in part] for part in parts]
    return tuple(base64.b64encode(b"".join(channel)).decode() for channel in zip(*decoded, strict=True))


def loudness(transcript: Transcript) -> Mapping[Role, tuple[int | None, ...]]:
    """For each role and second of the recording the level of its voice in whole dBFS; None where it does not speak.

    Taken from its channel in the tenths in which its words lie, so that neither pauses nor others count.
    """
    power = [_power(channel) for channel in transcript.levels]
    spoken = [one for one in transcript.segments if not is_suspect(one) and one.channel < len(power)]
    return {
        role: _by_second(power, [one for one in spoken if one.role is role])
        for role in dict.fromkeys(one.role for one in spoken)
        if role is not Role.SYSTEM
    }


def _power(channel: str) -> NDArray[np.float64]:
    steps = np.frombuffer(base64.b64decode(channel), dtype=np.uint8).astype(np.float64)
    return np.where(steps == NO_SOUND, 0.0, 10 ** (-steps * STEP_DB / 10))


def _by_second(power: Sequence[NDArray[np.float64]], segments: Sequence[Segment]) -> tuple[int | None, ...]:
    length = -(-max(map(len, power)) // PER_SECOND) * PER_SECOND
    total, count = np.zeros(length), np.zeros(length)
    for segment in segments:
        own = power[segment.channel]
        for first, last in _frames(segment):
            total[first:last][: len(own[first:last])] += own[first:last]
            count[first:last][: len(own[first:last])] += 1
    sums, counts = (each.reshape(-1, PER_SECOND).sum(axis=1) for each in (total, count))
    return tuple(_decibels(one / n) if n else None for one, n in zip(sums, counts, strict=True))


def _frames(segment: Segment) -> Iterator[tuple[int, int]]:
    """The frames that lie within its words, at least one for each."""
    for begin_ms, end_ms in [(word.begin_ms, word.end_ms) for word in segment.words] or [
        (segment.begin_ms, segment.end_ms)
    ]:
        first = -(-begin_ms // FRAME_MS) if end_ms - begin_ms >= 2 * FRAME_MS else begin_ms // FRAME_MS
        yield first, max(end_ms // FRAME_MS, first + 1)


def _decibels(power: float) -> int | None:
    return round(10 * float(np.log10(power))) if power > 0 else None
