"""A recording's channels: who is on which, what is wrong with them, and what is said on each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Self

import numpy as np
from numpy.typing import NDArray

from asr.crosstalk import mark_crosstalk
from asr.languages import agree
from asr.transcriber import Listening, Transcriber
from data.errors import ChannelMapInvalid
from data.types import Role, Segment

Legs = NDArray[np.float32]
"""(channels, samples) at 16 kHz."""

DEFAULT_MAP = (Role.AGENT, Role.CUSTOMER)
SILENT = 10 ** (-60 / 20)
"""−60 dBFS, root mean square: line noise lies below, the faintest speech that can be recognised above."""
SAME = 10 ** (-25 / 10)
"""Two legs that differ by less than this share of their energy are one recording; lossy joint stereo is well below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCheck:
    """What a stretch of a recording shows of its channels; ``&`` joins the windows of a long one."""

    channels: int
    silent: tuple[int, ...] = ()
    identical: bool = False

    def __and__(self, other: Self) -> ChannelCheck:
        return ChannelCheck(
            channels=self.channels,
            silent=tuple(channel for channel in self.silent if channel in other.silent),
            identical=self.identical and other.identical,
        )

    @property
    def flags(self) -> tuple[str, ...]:
        found = {"silent_channel": bool(self.silent), "identical_channels": self.identical}
        return tuple(flag for flag, is_so in found.items() if is_so)


def check_channels(legs: Legs) -> ChannelCheck:
    """Legs that are silent, or all the same (a mono recording stored as stereo)."""
    silent = tuple(channel for channel, leg in enumerate(legs) if _energy(leg) < SILENT**2)
    pairs = list(combinations(legs, 2))
    identical = bool(pairs) and not silent and all(_same(one, other) for one, other in pairs)
    return ChannelCheck(channels=len(legs), silent=silent, identical=identical)


def _energy(leg: NDArray[np.float32]) -> float:
    return float(np.dot(leg, leg)) / leg.size if leg.size else 0.0


def _same(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Whether one leg is the other at some volume: by what a least-squares fit leaves over."""
    gain = float(np.dot(one, other)) / max(float(np.dot(one, one)), 1e-12)
    return _energy(other - np.float32(gain) * one) < SAME * _energy(other)


def roles_of(check: ChannelCheck, channel_map: tuple[Role, ...] | None) -> tuple[Role, ...]:
    """Each channel's role; ``unknown`` where nothing says who is on it.

    A role is never invented: identical legs carry both voices, and beside a silent leg the other may do so too,
    unless the source's own map says who is there. Raises ChannelMapInvalid (permanent).
    """
    if channel_map is not None and len(channel_map) != check.channels:
        raise ChannelMapInvalid(f"{len(channel_map)} roles for {check.channels} channels")
    if check.identical:
        return (Role.UNKNOWN,) * check.channels
    if channel_map is not None:
        return channel_map
    known = check.channels == len(DEFAULT_MAP) and not check.silent
    return DEFAULT_MAP if known else (Role.UNKNOWN,) * check.channels


def shared_channel(check: ChannelCheck, channel_map: tuple[Role, ...] | None) -> int | None:
    """The channel in which all who speak are; None where each is known to have their own."""
    heard = [0] if check.identical else [n for n in range(check.channels) if n not in check.silent]
    if len(heard) != 1 or roles_of(check, channel_map)[heard[0]] is not Role.UNKNOWN:
        return None
    return heard[0]


def transcribe(
    transcriber: Transcriber,
    samples: Legs,
    *,
    channel_map: tuple[Role, ...] | None = None,
    language: str | None = None,
    offset_ms: int = 0,
) -> Iterator[Segment]:
    """What is said, by begin time over all channels, as it is recognised.

    ``samples``: (channels, n) at 16 kHz, −1…+1. ``offset_ms`` is where they lie in the recording: a long one goes in
    windows. Without a map two channels are agent and customer, and one channel is nobody known. Without a language
    each leg's is detected. Speech that leaked from another leg is marked ``crosstalk`` and left out by ``assemble``.
    Raises ChannelMapInvalid, LanguageUnsupported (permanent).
    """
    check = check_channels(samples)
    roles = roles_of(check, channel_map)
    channels = [0] if check.identical else [n for n in range(len(samples)) if n not in check.silent]
    listening = transcriber.listen([samples[channel] for channel in channels])
    switching = language is None
    for segment in listening.segments(_languages(listening, language), switching=switching):
        channel = channels[segment.channel]
        segment = replace(segment, channel=channel, role=roles[channel])
        yield _moved(mark_crosstalk(segment, samples) if len(channels) > 1 else segment, offset_ms)


def _languages(listening: Listening, language: str | None) -> list[str | None]:
    if language is not None:
        return [language] * len(listening.speech_s)
    return agree(listening.languages(), listening.speech_s)


def _moved(segment: Segment, by_ms: int) -> Segment:
    if not by_ms:
        return segment
    return replace(
        segment,
        begin_ms=segment.begin_ms + by_ms,
        end_ms=segment.end_ms + by_ms,
        words=tuple(replace(w, begin_ms=w.begin_ms + by_ms, end_ms=w.end_ms + by_ms) for w in segment.words),
    )
