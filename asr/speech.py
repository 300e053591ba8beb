"""Where somebody speaks, and the windows that are handed to the recogniser.

Voice activity detection errs on the side of speech: measured on accented calls over a phone line, cutting at the
library's default threshold costs words, while a low one with wide margins costs none and still leaves out the
silences and the hold in which a recogniser invents text. Windows are cut at pauses, so that no word is split and
each window can be recognised on its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from asr.decoding import Decoding

SAMPLE_RATE = 16_000
FRAME = 512
"""Samples per probability of the detector: 32 ms."""
FRAME_S = FRAME / SAMPLE_RATE

Samples = NDArray[np.float32]
Probabilities = NDArray[np.float32]
Stretch = tuple[int, int]
"""First frame and the one after the last."""


@dataclass(frozen=True, eq=False)
class Window:
    """Stretches of one leg's speech put end to end, about 30 s long; knows where in the leg each moment lies."""

    leg: Samples
    probabilities: Probabilities
    """Of the whole leg."""
    stretches: tuple[Stretch, ...]

    @cached_property
    def samples(self) -> Samples:
        return np.concatenate([self.leg[begin * FRAME : end * FRAME] for begin, end in self.stretches])

    @cached_property
    def _ends(self) -> list[float]:
        return [float(end) for end in np.cumsum([(end - begin) * FRAME_S for begin, end in self.stretches])]

    @cached_property
    def voice(self) -> Probabilities:
        """The window's own, one after another as its samples are."""
        return np.concatenate([self.probabilities[begin:end] for begin, end in self.stretches])

    @property
    def speech_s(self) -> float:
        return self._ends[-1]

    def original_ms(self, time_s: float, anchor_s: float) -> int:
        """A time of the window as milliseconds of the leg, by the stretch that ``anchor_s`` lies in.

        A word's middle is the anchor of both its ends: a word never reaches over a silence that was left out.
        """
        place = min(int(np.searchsorted(self._ends, anchor_s, side="right")), len(self.stretches) - 1)
        begin, end = self.stretches[place]
        shift = begin * FRAME_S - (self._ends[place - 1] if place else 0.0)
        return round(1000 * min(max(time_s + shift, begin * FRAME_S), end * FRAME_S, len(self.leg) / SAMPLE_RATE))


def windows(leg: Samples, probabilities: Probabilities, decoding: Decoding) -> Iterator[Window]:
    """The leg's speech in order, nothing twice; none where nobody speaks."""
    kept = stretches(probabilities, decoding)
    for cut in cuts(kept, probabilities, decoding):
        yield Window(leg, probabilities, cut)


def stretches(probabilities: Probabilities, decoding: Decoding) -> list[Stretch]:
    """Where somebody may be speaking, each with its margin; silences too short to leave out are part of it."""
    margin, gap = frames(decoding.vad_margin_s), frames(decoding.vad_min_silence_s)
    kept: list[Stretch] = []
    for begin, end in runs(probabilities >= decoding.vad_threshold):
        wide = _to_edges(begin - margin, end + margin, len(probabilities), gap)
        if kept and wide[0] - kept[-1][1] < gap:
            wide = (kept.pop()[0], wide[1])
        kept.append(wide)
    return kept


def _to_edges(begin: int, end: int, length: int, gap: int) -> Stretch:
    """A silence too short to leave out is kept at the beginning and the end of a leg too."""
    return 0 if begin < gap else begin, length if length - end < gap else end


def cuts(kept: Sequence[Stretch], probabilities: Probabilities, decoding: Decoding) -> Iterator[tuple[Stretch, ...]]:
    """Groups of stretches of at most about ``window_s``, cut at pauses; longer only where nobody pauses."""
    rest = list(kept)
    while rest:
        place = _cut_place(_timeline(rest, probabilities), decoding)
        taken, rest = _split(rest, place)
        yield tuple(taken)


def _timeline(kept: Sequence[Stretch], probabilities: Probabilities) -> Probabilities:
    """Probabilities of the next stretches, end to end, with certain silence at each seam; enough for one window."""
    parts = []
    for begin, end in kept:
        part = probabilities[begin:end].copy()
        part[-1:] = 0
        parts.append(part)
    return np.concatenate(parts)


def _cut_place(timeline: Probabilities, decoding: Decoding) -> int:
    """The frame to cut at: the middle of the longest pause late in the window, else of an earlier, else of the next."""
    limit = frames(decoding.window_s)
    if len(timeline) <= limit:
        return len(timeline)
    pauses = [
        ((begin + end) // 2, end - begin)
        for begin, end in runs(timeline < decoding.pause_threshold)
        if end - begin >= frames(decoding.pause_s)
    ]
    for earliest, latest in ((limit * 2 // 3, limit), (limit // 3, limit * 2 // 3)):
        within = [pause for pause in pauses if earliest < pause[0] <= latest]
        if within:
            return max(within, key=lambda pause: pause[1])[0]
    return next((place for place, _ in pauses if place > limit), len(timeline))


def _split(kept: Sequence[Stretch], place: int) -> tuple[list[Stretch], list[Stretch]]:
    """The stretches before and after ``place``, counted in frames of their common timeline."""
    before: list[Stretch] = []
    for number, (begin, end) in enumerate(kept):
        if end - begin > place:
            middle = begin + place
            before += [(begin, middle)] if place else []
            return before, [(middle, end), *kept[number + 1 :]]
        before.append((begin, end))
        place -= end - begin
    return before, []


def runs(mask: NDArray[np.bool_]) -> list[Stretch]:
    """Where the mask is true, as (first, one after the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def frames(seconds: float) -> int:
    return round(seconds / FRAME_S)
