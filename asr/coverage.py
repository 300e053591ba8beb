"""Speech that the recogniser passed over.

Whisper now and then leaves out whole sentences of a window, most often the first ones, and says nothing of it. Where
somebody surely speaks for a while and no word was written, that stretch is worth a second try.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from statistics import fmean

import numpy as np

from asr.decoding import Decoding
from asr.speech import FRAME_S, Stretch, Window, frames, runs
from asr.turns import part
from data.types import Segment


def missed(window: Window, segments: Iterable[Segment], decoding: Decoding) -> list[Stretch]:
    """Stretches of the window's speech, in frames of the leg, that no word lies in or near."""
    silent = np.ones(len(window.probabilities), dtype=np.bool_)
    for begin, end in window.stretches:
        silent[begin:end] = False
    for begin_ms, end_ms in _written(segments):
        silent[_frame(begin_ms / 1000 - decoding.near_s) : _frame(end_ms / 1000 + decoding.near_s)] = True
    unwritten = ~silent
    found = []
    for begin, end in runs(unwritten):
        spoken = runs(window.probabilities[begin:end] >= decoding.sure_threshold)
        if sum(last - first for first, last in spoken) >= frames(decoding.missed_s):
            found.append((begin, end))
    return found


def _frame(seconds: float) -> int:
    return max(round(seconds / FRAME_S), 0)


def _written(segments: Iterable[Segment]) -> Iterable[tuple[int, int]]:
    for segment in segments:
        yield from ((word.begin_ms, word.end_ms) for word in segment.words)
        if not segment.words:
            yield segment.begin_ms, segment.end_ms


def surroundings(window: Window, segments: Iterable[Segment], stretch: Stretch, decoding: Decoding) -> Stretch:
    """The stretch with the segments that stand beside it, as far as they lie in the same speech.

    Half a sentence heard by itself becomes another one; measured on a second and a half between two sentences: "This is
    the next video" alone, "in the next 15 minutes" with what stands around it.
    """
    near, longest = frames(decoding.beside_s), frames(decoding.around_s)
    edges = [(_frame(one.begin_ms / 1000), _frame(one.end_ms / 1000)) for one in segments]
    before = [begin for begin, end in edges if begin < stretch[0] <= end + near]
    after = [end for begin, end in edges if begin - near <= stretch[1] < end]
    first, last = next(one for one in window.stretches if one[0] <= stretch[0] < one[1])
    begin = max(first, min(before, default=stretch[0]), stretch[0] - longest)
    return begin, min(last, max(after, default=stretch[1]), stretch[1] + longest)


def within(segment: Segment, stretch: Stretch, decoding: Decoding) -> Segment | None:
    """The segment as far as its words lie in the stretch or at its edges, where no word was; None where none does."""
    begin_ms = 1000 * (stretch[0] * FRAME_S - decoding.near_s)
    end_ms = 1000 * (stretch[1] * FRAME_S + decoding.near_s)
    words = [word for word in segment.words if begin_ms <= (word.begin_ms + word.end_ms) / 2 < end_ms]
    if not words:
        return None
    return replace(part(segment, words), confidence=round(fmean(word.confidence for word in words), 4))


def trusted(segment: Segment, decoding: Decoding) -> bool:
    """Whether a second try is to be believed: a short stretch has little context, and invites invention."""
    return not segment.flags and segment.confidence >= decoding.recovered_confidence
