"""How far a segment can be believed: what speaks against it, each from 0 to 1, and one score of all.

A recogniser writes fluent text over noise, and with high confidence; its own figures alone do not tell. What tells is
that several independent signs agree: nobody is heard by the voice activity detector while the words are said, the
window is likely silent, the text is unlikely, goes round in circles, comes faster than people speak, or is a phrase
known to be written over noise (Koenecke et al., Careless Whisper, FAccT 2024; Barański et al., ICASSP 2025).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from asr.artefacts import Artefact, artefact, plain
from asr.pace import looped_share, pace_doubt
from asr.speech import FRAME_S, Probabilities
from data.types import Segment, Word

SUSPECT = "suspect"
"""The flag that keeps a segment in the transcript and out of everything that is made of it."""
BELIEVED = 0.35
"""Segments of less trust are suspect."""

NEAR_FRAMES = 3
"""About 0.1 s: as far as word times and the detector's may differ."""
VOICELESS, VOICED = 0.1, 0.3
"""Probability of speech at which surely nobody and surely somebody is heard: low, for a bad line has faint voices."""

NOTHING_HEARD = 0.65
"""What it costs a segment, of a trust of 1, that nobody is heard during its words: enough with any other doubt."""
COSTS = {"no_speech": 0.4, "unlikely": 0.5, "unsure": 0.5, "compressed": 0.5, "looped": 0.7, "pace": 0.5}
"""The most that each other doubt takes away."""
KNOWN = {
    Artefact.NO_WORD: (1.0, 1.0),
    Artefact.CREDIT: (0.6, 0.95),
    Artefact.AUDIENCE: (0.3, 0.95),
    Artefact.COURTESY: (0.0, 0.7),
}
"""What a known phrase takes away where somebody is heard, and where nobody is."""
LOOP = 4
"""So many equal segments without a pause between them …"""
LOOP_PAUSE_MS = 1000
LOOP_COST = 0.5
"""… lose so much of their trust: people who say it again wait for an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a segment besides its text. ``voice``: share of its words' time in which somebody is heard."""

    voice: float
    no_speech: float
    log_probability: float
    compression: float
    confidence: float


def trust(text: str, words: Sequence[Word], evidence: Evidence) -> float:
    """0–1: what is left after all doubts, each of which takes away its share of the rest."""
    unheard = 1 - evidence.voice
    left = 1 - NOTHING_HEARD * unheard
    if kind := artefact(text):
        heard_cost, unheard_cost = KNOWN[kind]
        left *= 1 - heard_cost - (unheard_cost - heard_cost) * unheard
    for name, doubt in doubts(text, words, evidence):
        left *= 1 - COSTS[name] * doubt
    return round(left, 3)


def doubts(text: str, words: Sequence[Word], evidence: Evidence) -> Iterator[tuple[str, float]]:
    """Each doubt that does not ask for the detector, 0 none to 1 full."""
    yield "no_speech", _ramp(evidence.no_speech, 0.3, 0.9)
    yield "unlikely", _ramp(-evidence.log_probability, 0.8, 1.6)
    yield "unsure", 1 - _ramp(evidence.confidence, 0.1, 0.5)
    yield "compressed", _ramp(evidence.compression, 2.2, 3.4)
    yield "looped", looped_share(text)
    yield "pace", pace_doubt(text, words)


def voice_share(words: Sequence[Word], begin_ms: int, end_ms: int, probabilities: Probabilities) -> float:
    """How much of the words' time (of the segment's, without words) somebody is heard; ``probabilities`` of the leg."""
    spans = [(word.begin_ms, word.end_ms) for word in words] or [(begin_ms, end_ms)]
    heard = np.concatenate([probabilities[:0], *(_near(probabilities, *span) for span in spans)])
    return round(float(np.mean(np.clip((heard - VOICELESS) / (VOICED - VOICELESS), 0, 1))), 3) if len(heard) else 0.0


def _near(probabilities: Probabilities, begin_ms: int, end_ms: int) -> Probabilities:
    """For each frame of a word the highest probability nearby."""
    first = int(begin_ms / 1000 / FRAME_S)
    last = max(math.ceil(end_ms / 1000 / FRAME_S), first + 1)
    wide = probabilities[max(first - NEAR_FRAMES, 0) : last + NEAR_FRAMES]
    if not len(wide):
        return wide
    padded = np.pad(wide, NEAR_FRAMES)
    highest: Probabilities = np.lib.stride_tricks.sliding_window_view(padded, 2 * NEAR_FRAMES + 1).max(axis=1)
    return highest[min(first, NEAR_FRAMES) :][: last - first]


def _ramp(value: float, nothing: float, full: float) -> float:
    return min(max((value - nothing) / (full - nothing), 0.0), 1.0)


def with_loops(segments: Sequence[Segment]) -> list[Segment]:
    """The segments in their order, trusted less where a channel repeats one over and over without a pause."""
    looping = {id(segment) for run in _loops(segments) for segment in run}
    return [_less_trusted(segment) if id(segment) in looping else segment for segment in segments]


def _loops(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    by_channel = sorted(segments, key=lambda segment: (segment.channel, segment.begin_ms))
    for _, same in groupby(by_channel, key=lambda segment: (segment.channel, plain(segment.text))):
        run: list[Segment] = []
        for segment in same:
            if run and segment.begin_ms - run[-1].end_ms > LOOP_PAUSE_MS:
                run = []
            run.append(segment)
            if len(run) >= LOOP:
                yield run


def _less_trusted(segment: Segment) -> Segment:
    return marked(replace(segment, trust=round(segment.trust * (1 - LOOP_COST), 3)), "repetition")


def marked(segment: Segment, *flags: str) -> Segment:
    """With these flags, and ``suspect`` where its trust is too low."""
    more = (*flags, SUSPECT) if segment.trust < BELIEVED else flags
    return replace(segment, flags=tuple(dict.fromkeys((*segment.flags, *more))))


def is_suspect(segment: Segment) -> bool:
    return SUSPECT in segment.flags
