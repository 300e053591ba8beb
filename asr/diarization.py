"""Several people in one channel: who says which word.

Voices are compared over stretches of 1.6 s, one every 0.4 s; each word goes to the voice that the stretches around it
sound like. The whole sequence is decided at once (Viterbi), where a change of speaker is cheap at a pause or at the end
of a sentence and dear within one: so it falls between words, and one odd syllable is no speaker.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from asr.diarization_clusters import SAME_VOICE, Labels, voices_in
from asr.diarization_overlap import Unclear, overlap_flags, unclear_words
from asr.speakers import HOP, Span, Vectors, VoiceEncoder
from asr.speech import SAMPLE_RATE, Samples
from asr.trust import is_suspect
from asr.turns import ends_sentence, part
from data.types import Segment, Word

STRETCH_MS = 1600
HOP_MS = 400
CLEAR_STRETCH_MS = 1000
"""A shorter one says too little to look for voices in it."""
MARGIN_MS = 250
MIN_WORD_MS = 100
CHANGE_COST = 0.2
"""Of a change of speaker within a sentence, in seconds of speech times difference of cosine."""
PAUSE_MS = 300
"""From this pause on, and where a sentence ends, an utterance ends and a change costs a fifth of it."""

Likeness = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What somebody sounds like, and for how long they speak."""

    vector: tuple[float, ...]
    speech_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Diarized:
    """The segments, cut where the speaker changes; ``speaker`` of each is a place in ``voices``."""

    segments: tuple[Segment, ...]
    voices: tuple[Voice, ...]


def diarize(samples: Samples, segments: Sequence[Segment], encoder: VoiceEncoder, *, offset_ms: int = 0) -> Diarized:
    """Who says what in one leg; ``samples`` (mono, 16 kHz) begin at ``offset_ms`` of the segments' times.

    Voices count from 0 in the order of their first words. Where nothing is said there are none, and what is suspect
    has none. A segment in which two speak at once is flagged ``overlap``, and is the one's that it sounds like most.
    """
    suspect = [segment for segment in segments if is_suspect(segment)]
    believed = (segment for segment in segments if not is_suspect(segment))
    segments = [with_words(segment) for segment in sorted(believed, key=lambda segment: segment.begin_ms)]
    words = [word for segment in segments for word in segment.words]
    said = list(utterances(words)) if words else []
    spans = [span for utterance in said for span in utterance.stretches]
    if not spans:
        return Diarized(segments=(*segments, *suspect), voices=())
    vectors = encoder.encode(samples, [_samples(span, offset_ms, len(samples)) for span in spans])
    centres = _centres(vectors, spans)
    likeness = word_likeness(said, vectors @ centres.T)
    speakers = decide(words, likeness)
    order = list(dict.fromkeys(speakers.tolist()))
    speakers = np.array([order.index(speaker) for speaker in speakers], dtype=np.intp)
    return Diarized(
        segments=(*_cut(segments, speakers, unclear_words(likeness, centres)), *suspect),
        voices=tuple(_voice(centres[number], words, speakers == place) for place, number in enumerate(order)),
    )


def with_words(segment: Segment) -> Segment:
    """The segment; one that has no words becomes one word."""
    if segment.words:
        return segment
    whole = Word(
        text=segment.text,
        begin_ms=segment.begin_ms,
        end_ms=segment.end_ms,
        confidence=segment.confidence,
        char_begin=0,
        char_end=len(segment.text),
    )
    return replace(segment, words=(whole,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """Words said in one go, and the stretches of sound to compare voices over, in milliseconds."""

    words: Sequence[Word]
    stretches: Sequence[Span]


def utterances(words: Sequence[Word]) -> Iterator[Utterance]:
    """The words, cut at pauses and at the ends of sentences, where speakers change: few stretches have two voices."""
    ends = [n for n, (one, other) in enumerate(pairwise(words), start=1) if ends_utterance(one, other)]
    for first, last in pairwise([0, *ends, len(words)]):
        own = words[first:last]
        # Times of short words are vague: some of the pause around them is looked at too.
        before = own[0].begin_ms - words[first - 1].end_ms if first else own[0].begin_ms
        after = words[last].begin_ms - own[-1].end_ms if last < len(words) else MARGIN_MS
        begin = own[0].begin_ms - max(0, min(MARGIN_MS, before // 2))
        end = max(word.end_ms for word in own) + max(0, min(MARGIN_MS, after // 2))
        yield Utterance(words=own, stretches=tuple(stretches(begin, end)))


def ends_utterance(one: Word, other: Word) -> bool:
    return ends_sentence(one) or other.begin_ms - one.end_ms >= PAUSE_MS


def stretches(begin: int, end: int) -> Iterator[Span]:
    """Of STRETCH_MS each, evenly over this time, or one of all of it."""
    steps = max(0, -((STRETCH_MS - (end - begin)) // HOP_MS))
    for step in range(steps + 1):
        first = begin + (end - begin - STRETCH_MS) * step // steps if steps else begin
        yield first, min(end, first + STRETCH_MS)


def _samples(span: Span, offset_ms: int, length: int) -> Span:
    begin, end = ((place - offset_ms) * SAMPLE_RATE // 1000 for place in span)
    begin = max(0, min(begin, length - HOP))
    return begin, min(max(end, begin + HOP), length)


def _centres(vectors: Vectors, spans: Sequence[Span]) -> Vectors:
    clear = np.array([end - begin >= CLEAR_STRETCH_MS for begin, end in spans])
    return voices_in(vectors[clear] if clear.any() else vectors)


def word_likeness(said: Sequence[Utterance], likeness: NDArray[np.float32]) -> Likeness:
    """(words, voices): the cosine of each with each, by its utterance's stretches over it.

    A stretch counts the more, the nearer its own middle is.
    """
    scores: list[NDArray[np.float64]] = []
    at = 0
    for utterance in said:
        own = likeness[at : at + len(utterance.stretches)]
        at += len(utterance.stretches)
        middles = np.array([(begin + end) / 2 for begin, end in utterance.stretches])
        for word in utterance.words:
            away = np.abs(middles - (word.begin_ms + word.end_ms) / 2)
            weights = np.maximum(1e-3, 1.0 - away / (STRETCH_MS / 2))
            scores.append((weights @ own) / weights.sum())
    return np.stack(scores)


def _seconds(word: Word) -> float:
    return max(word.end_ms - word.begin_ms, MIN_WORD_MS) / 1000


def decide(words: Sequence[Word], likeness: Likeness) -> Labels:
    """The likeliest speaker of each word, as one sequence; a word counts by its length."""
    scores = likeness * np.array([[_seconds(word)] for word in words])
    best = scores[0]
    steps: list[Labels] = []
    for number, (one, other) in enumerate(pairwise(words), start=1):
        changed = best.max() - change_cost(one, other)
        came_from = np.where(best >= changed, np.arange(len(best)), best.argmax())
        steps.append(came_from)
        best = np.maximum(best, changed) + scores[number]
    path = [int(best.argmax())]
    for came_from in reversed(steps):
        path.append(int(came_from[path[-1]]))
    return np.array(path[::-1], dtype=np.intp)


def change_cost(one: Word, other: Word) -> float:
    pause = min(max(other.begin_ms - one.end_ms, 0) / PAUSE_MS, 1.0)
    return CHANGE_COST * (1 - 0.8 * max(pause, float(ends_sentence(one))))


def _cut(segments: Sequence[Segment], speakers: Labels, unclear: Unclear) -> Iterator[Segment]:
    begin = 0
    for segment in segments:
        first = 0
        for speaker, group in groupby(speakers[begin : begin + len(segment.words)].tolist()):
            last = first + len(list(group))
            piece = part(segment, segment.words[first:last])
            flags = overlap_flags(piece, unclear[begin + first : begin + last])
            yield replace(piece, speaker=speaker, flags=flags)
            first = last
        begin += len(segment.words)


def _voice(centre: NDArray[np.float32], words: Sequence[Word], own: NDArray[np.bool_]) -> Voice:
    spoken_ms = sum(word.end_ms - word.begin_ms for word, is_own in zip(words, own, strict=True) if is_own)
    return Voice(vector=tuple(round(float(value), 4) for value in centre), speech_s=spoken_ms / 1000)


def same_voices(windows: Sequence[Sequence[Voice]]) -> list[list[int]]:
    """For each window of a recording, which of the recording's voices each of its voices is.

    A window's voices are different people; each is taken for the known one that it is most like, or for a new one.
    """
    known: list[NDArray[np.float64]] = []
    return [_recognised(window, known) for window in windows]


def _recognised(window: Sequence[Voice], known: list[NDArray[np.float64]]) -> list[int]:
    """Their places in ``known``, to which new ones are added."""
    vectors = [np.array(voice.vector) for voice in window]
    pairs = sorted(
        ((float(vector @ other), n, place) for n, vector in enumerate(vectors) for place, other in enumerate(known)),
        reverse=True,
    )
    found: dict[int, int] = {}
    for likeness, n, place in pairs:
        if likeness >= SAME_VOICE and n not in found and place not in found.values():
            found[n] = place
    for n, vector in enumerate(vectors):
        if n not in found:
            found[n] = len(known)
            known.append(vector)
    return [found[n] for n in range(len(vectors))]
