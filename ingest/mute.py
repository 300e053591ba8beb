"""Silence where something must not be heard: which samples, in all channels, and nothing but them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.timeline import RATE, Samples

PAD_MS = 250
"""Silenced on each side too: recognisers place a word's begin and end no more exactly than that."""

Spans = tuple[tuple[int, int], ...]
"""Begins and ends in milliseconds since the begin of the recording."""


def stretches(spans: Iterable[tuple[int, int]], *, pad_ms: int = PAD_MS) -> Spans:
    """The spans with their pads, in order, joined where they touch."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted((max(0, begin - pad_ms), end + pad_ms) for begin, end in spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return tuple(joined)


def silenced(pieces: Iterable[Samples], muted: Spans, *, begin_ms: int = 0) -> Iterator[Samples]:
    """The same pieces, each (channels, n) at 16 kHz, with zeros in the stretches; a piece may be changed in place.

    ``begin_ms`` is where the first one begins in the recording.
    """
    at = begin_ms * RATE // 1000
    for piece in pieces:
        for begin, end in muted:
            # Rounded outwards, so that a stretch never loses a sample.
            piece[:, max(0, begin * RATE // 1000 - at) : max(0, -(-end * RATE // 1000) - at)] = 0
        at += piece.shape[1]
        yield piece
