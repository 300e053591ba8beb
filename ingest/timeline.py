"""Decoded sound on the recording's own clock: resampled to 16 kHz, gaps filled, cut to a window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingest.decoder import Opened, Timed, timed_packets

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

RATE = 16_000
PREROLL_S = 1.0
"""Decoded and dropped before a window, until codecs with a memory and the resampler have settled."""
POSTROLL_S = 0.1
"""Decoded behind a window, since the resampler looks ahead."""
JUMP_S = 0.04
"""Times that jump by less are a container's rounding."""
_SILENCE = 60 * RATE

Samples = NDArray[np.float32]


@dataclass(slots=True)
class Damages:
    """What went wrong on the way; positions and lengths in samples of 16 kHz."""

    bad_packets: int = 0
    decoded: int = 0
    gaps: list[tuple[int, int]] = field(default_factory=list)
    broken: bool = False
    not_finite: bool = False
    cut: bool = False


def pieces(recording: Opened, begin_s: float, end_s: float, damages: Damages) -> Iterator[Samples]:
    """The sound of this window without holes, piece by piece, each (channels, n).

    Packets before the window are passed over undecoded rather than sought: seeking in MP3 guesses.
    """
    window = _Window(round(begin_s * RATE), round(end_s * RATE), recording.channels, damages)
    chain: _Chain | None = None
    for timed in _near(recording, begin_s, end_s, damages):
        for frame, at_s in _frames(timed, damages, counts=begin_s <= timed.begin_s < end_s):
            if chain is None or not chain.continues(frame, at_s):
                yield from window.place(*chain.end()) if chain else ()
                chain = _Chain(frame, at_s)
            yield from window.place(*chain.feed(frame))
    yield from window.place(*chain.end()) if chain else ()
    damages.broken = bool(recording.faults)


def _near(recording: Opened, begin_s: float, end_s: float, damages: Damages) -> Iterator[Timed]:
    for timed in timed_packets(recording):
        damages.cut = damages.cut or timed.begin_s >= end_s
        if timed.begin_s >= end_s + POSTROLL_S:
            return
        if timed.end_s >= begin_s - PREROLL_S:
            yield timed


def _frames(timed: Timed, damages: Damages, *, counts: bool) -> Iterator[tuple[AudioFrame, float]]:
    """The frames of a packet with their times; a packet that cannot be decoded is counted."""
    import av

    bad = timed.damaged
    try:
        frames = timed.packet.decode()
    except (av.error.FFmpegError, ValueError):
        frames, bad = [], True
    damages.bad_packets += bad and counts
    packet = timed.packet
    # What the packet's time was moved by, its frames' times are too.
    moved_s = timed.begin_s - float(packet.pts * packet.time_base) if packet.pts is not None else 0.0
    at_s = timed.begin_s
    for frame in frames:
        at_s = frame.time + moved_s if frame.time is not None and packet.pts is not None else at_s
        yield frame, at_s
        at_s += frame.samples / frame.sample_rate


class _Chain:
    """Frames without a break between them, through one resampler."""

    def __init__(self, first: AudioFrame, at_s: float) -> None:
        from av.audio.resampler import AudioResampler

        # Interleaved: the library reads past the planes of a planar frame of eight channels and more, and crashes.
        self._resampler = AudioResampler(format="flt", rate=RATE)
        self._kind = _kind(first)
        self._at = round(at_s * RATE)
        self._next_s = at_s

    def continues(self, frame: AudioFrame, at_s: float) -> bool:
        return _kind(frame) == self._kind and abs(at_s - self._next_s) <= JUMP_S

    def feed(self, frame: AudioFrame) -> tuple[int, Samples]:
        """Where the samples that came out begin, and they; fewer or more than went in."""
        self._next_s += frame.samples / frame.sample_rate
        return self._out(self._resampler.resample(frame))

    def end(self) -> tuple[int, Samples]:
        return self._out(self._resampler.resample(None))

    def _out(self, frames: list[AudioFrame]) -> tuple[int, Samples]:
        at = self._at
        arrays: list[Samples] = [frame.to_ndarray().astype(np.float32, copy=False) for frame in frames if frame.samples]
        mixed = np.concatenate(arrays, axis=1) if arrays else np.zeros((1, 0), dtype=np.float32)
        found = np.ascontiguousarray(mixed.reshape(-1, self._kind[1]).T)
        self._at += found.shape[1]
        return at, found


def _kind(frame: AudioFrame) -> tuple[str, int, int]:
    return frame.format.name, frame.layout.nb_channels, frame.sample_rate


class _Window:
    """The stretch asked for, filled from its begin without holes."""

    def __init__(self, begin: int, end: int, channels: int, damages: Damages) -> None:
        self._next, self._end, self._channels, self._damages = begin, end, channels, damages

    def place(self, at: int, found: Samples) -> Iterator[Samples]:
        """Silence up to ``at``, then the samples as far as they lie in the window and behind what is there."""
        if not found.shape[1]:
            return
        yield from self._silence(min(at, self._end))
        kept = found[:, max(0, self._next - at) : max(0, self._end - at)]
        if kept.shape[1]:
            self._next += kept.shape[1]
            self._damages.decoded += kept.shape[1]
            yield self._finite(_with_channels(kept, self._channels))

    def _silence(self, end: int) -> Iterator[Samples]:
        if end > self._next:
            self._damages.gaps.append((self._next, end))
        while end > self._next:
            length = min(end - self._next, _SILENCE)
            self._next += length
            yield np.zeros((self._channels, length), dtype=np.float32)

    def _finite(self, samples: Samples) -> Samples:
        if np.isfinite(samples).all():
            return samples
        self._damages.not_finite = True
        return np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)


def _with_channels(samples: Samples, channels: int) -> Samples:
    """As many channels as the recording began with: the last one stands for those that went missing."""
    if samples.shape[0] == channels:
        return samples
    missing = max(0, channels - samples.shape[0])
    return np.concatenate([samples[:channels], *[samples[-1:]] * missing])
