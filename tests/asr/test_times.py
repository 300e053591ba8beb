"""Words lie in their segments, segments in the recording, and times never run backwards, whatever a recogniser says."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from asr import Transcriber, assemble, transcribe, turns
from asr.decoding import Decoding
from asr.ordering import in_order
from asr.speech import FRAME, FRAME_S, SAMPLE_RATE, Window
from asr.words import segment_of
from data.types import Provenance, Role, Segment, Transcript
from tests.asr.test_trust import said

PROVENANCE = Provenance(component="test", version="1")
times = st.floats(min_value=-50, max_value=200, allow_nan=False)
shares = st.floats(min_value=0, max_value=1, allow_nan=False)


@dataclass
class HeardWord:
    word: str
    start: float
    end: float
    probability: float


@dataclass
class Heard:
    text: str
    start: float
    end: float
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    words: list[HeardWord] | None


heard_words = st.builds(
    HeardWord, word=st.text(alphabet=" aé你.[♪", max_size=5), start=times, end=times, probability=shares
)
heard_segments = st.builds(
    Heard,
    text=st.text(alphabet=" aé你.[♪", max_size=12),
    start=times,
    end=times,
    avg_logprob=st.floats(min_value=-9, max_value=0),
    no_speech_prob=shares,
    compression_ratio=st.floats(min_value=0, max_value=30),
    words=st.none() | st.lists(heard_words, max_size=8),
)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Any stretches of a leg of up to 20 s."""
    frames = draw(st.integers(min_value=2, max_value=600))
    edges = draw(st.lists(st.integers(min_value=0, max_value=frames), min_size=2, max_size=8, unique=True).map(sorted))
    stretches = tuple((edges[at], edges[at + 1]) for at in range(0, len(edges) - 1, 2))
    samples = draw(st.integers(min_value=(frames - 1) * FRAME + 1, max_value=frames * FRAME))
    probabilities = np.random.default_rng(frames).random(frames, dtype=np.float32)
    return Window(np.zeros(samples, dtype=np.float32), probabilities, stretches)


@st.composite
def heard_in_windows(draw: st.DrawFn) -> list[Segment]:
    """What several windows of several channels gave, at any offsets."""
    found = []
    for _ in range(draw(st.integers(min_value=1, max_value=3))):
        window, channel = draw(windows()), draw(st.integers(min_value=0, max_value=1))
        offset_ms = draw(st.integers(min_value=0, max_value=100_000))
        made = (segment_of(one, window, "en", Decoding()) for one in draw(st.lists(heard_segments, max_size=4)))
        found += [_moved(replace(one, channel=channel), offset_ms) for one in made if one is not None]
    return found


def _moved(segment: Segment, by_ms: int) -> Segment:
    words = (replace(word, begin_ms=word.begin_ms + by_ms, end_ms=word.end_ms + by_ms) for word in segment.words)
    return replace(segment, begin_ms=segment.begin_ms + by_ms, end_ms=segment.end_ms + by_ms, words=tuple(words))


def check(transcript: Transcript) -> None:
    channels = defaultdict(list)
    for segment in transcript.segments:
        assert 0 <= segment.begin_ms <= segment.end_ms <= 1000 * transcript.duration_s + 1e-6
        channels[segment.channel] += [word.begin_ms for word in segment.words] or [segment.begin_ms]
        for word in segment.words:
            assert segment.begin_ms <= word.begin_ms <= word.end_ms <= segment.end_ms
            assert segment.text[word.char_begin : word.char_end] == word.text
    for begins in channels.values():
        assert all(one <= other for one, other in pairwise(begins))
    assert all(one.begin_ms <= other.begin_ms for one, other in pairwise(transcript.segments))


@given(windows(), heard_segments)
def test_a_segment_lies_in_its_leg_and_its_words_in_it(window: Window, heard: Heard) -> None:
    segment = segment_of(heard, window, "en", Decoding())
    if segment is None:
        return
    assert segment.end_ms <= 1000 * len(window.leg) / SAMPLE_RATE + 1
    assert all(any(_lies(begin, word.begin_ms) for begin in window.stretches) for word in segment.words)
    assert 0 <= segment.trust <= 1
    check(Transcript(segments=(segment,), language="en", duration_s=30, provenance=PROVENANCE))


def _lies(stretch: tuple[int, int], time_ms: int) -> bool:
    begin, end = stretch
    return 1000 * begin * FRAME_S - 1 <= time_ms <= 1000 * end * FRAME_S + 1


@given(heard_in_windows())
def test_a_transcripts_times_never_run_backwards_within_a_channel(segments: list[Segment]) -> None:
    transcript = assemble(segments, duration_s=0, provenance=PROVENANCE)
    check(transcript)
    assert sorted(_said(transcript.segments)) == sorted(_said(segments))
    assert all(turn.end_ms >= turn.begin_ms for turn in turns(transcript) if turn.begin_ms is not None)


def _said(segments: tuple[Segment, ...] | list[Segment]) -> list[tuple[int, str]]:
    return [(word.begin_ms, word.text) for segment in segments for word in segment.words]


def test_what_lies_within_a_segment_cuts_it_in_two() -> None:
    outer = said("one two three four", 0)
    inner = said("in between", 650)
    assert [one.text for one in in_order([outer, inner])] == ["one two three", "in", "four", "between"]
    apart = said("elsewhere", 650, channel=1)
    assert [one.text for one in in_order([outer, apart])] == ["one two three four", "elsewhere"]


def test_a_real_recording_keeps_its_times(tiny: Transcriber, call: NDArray[np.float32]) -> None:
    segments = list(transcribe(tiny, call, channel_map=(Role.AGENT, Role.CUSTOMER), offset_ms=60_000))
    transcript = assemble(segments, duration_s=84, provenance=PROVENANCE)
    check(transcript)
    assert transcript.duration_s == 84
    assert transcript.segments[0].begin_ms >= 60_000
