"""Speech that the recogniser passed over.

Whisper now and then leaves out whole sentences of a window, most often the first ones, and says nothing of it. Where
somebody surely speaks for a while and no word was written, that stretch alone is worth a second try.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from asr.decoding import Decoding
from asr.speech import FRAME_S, Stretch, Window, frames, runs
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


def trusted(segment: Segment, decoding: Decoding) -> bool:
    """Whether a second try is to be believed: a short stretch has little context, and invites invention."""
    return not segment.flags and segment.confidence >= decoding.recovered_confidence
