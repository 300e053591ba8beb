"""Who says which word where people share a channel."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr import Voice, VoiceEncoder, cast, diarize, load_voices, same_voices
from asr.channels import ChannelCheck
from asr.diarization_clusters import voices_in
from asr.speakers import SIZE, Span, Vectors
from asr.speech import SAMPLE_RATE, Samples
from data.errors import ModelCorrupt, ModelMissing
from data.types import Role, Segment
from tests.asr.test_roles import AGENT, CUSTOMER, segment


class LoudnessEncoder:
    """Two people, a loud one and a soft one; a stretch of both lies between them."""

    def encode(self, samples: Samples, spans: Sequence[Span]) -> Vectors:
        vectors = np.zeros((len(spans), SIZE), dtype=np.float32)
        for vector, (begin, end) in zip(vectors, spans, strict=True):
            share = float(np.mean(np.abs(samples[begin:end]) > 0.5))
            vector[:2] = share, 1 - share
        norms: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return norms


def levels(*parts: tuple[float, float]) -> Samples:
    """A leg of these levels, each for so many seconds."""
    return np.concatenate([np.full(round(seconds * SAMPLE_RATE), level, dtype=np.float32) for level, seconds in parts])


def test_a_segment_of_two_people_is_cut_between_their_words() -> None:
    text = "one two three four five six seven eight nine ten " * 2
    (said,) = diarize(levels((1.0, 3.0), (0.1, 3.0)), [segment(text.strip(), 0)], LoudnessEncoder()).segments[:1]
    found = diarize(levels((1.0, 3.0), (0.1, 3.0)), [segment(text.strip(), 0)], LoudnessEncoder())
    assert [one.speaker for one in found.segments] == [0, 1]
    assert abs(said.end_ms - 3000) <= 400
    assert " ".join(one.text for one in found.segments) == text.strip()
    assert all(one.text[w.char_begin : w.char_end] == w.text for one in found.segments for w in one.words)
    assert [round(voice.speech_s) for voice in found.voices] == [3, 3]


def test_two_at_once_are_flagged() -> None:
    both = np.concatenate([levels((1.0, 3.0), (0.1, 3.0)), np.tile(levels((1.0, 0.001), (0.1, 0.001)), 1500)])
    said = [segment("a b c d e f g h i", 0), segment("j k l m n o p q r", 3.2), segment("s t u v w x y z", 6.2)]
    found = diarize(both, said, LoudnessEncoder())
    assert [("overlap" in one.flags) for one in found.segments] == [False, False, True]


def test_times_are_those_of_the_recording_in_a_later_window() -> None:
    said = [segment("a b c d e f g h", 600), segment("i j k l m n o p", 603)]
    found = diarize(levels((1.0, 2.7), (0.1, 3.0)), said, LoudnessEncoder(), offset_ms=600_000)
    assert [(one.speaker, one.begin_ms) for one in found.segments] == [(0, 600_000), (1, 603_000)]


def test_nothing_said_has_no_voices() -> None:
    assert diarize(levels((0.1, 1)), [], LoudnessEncoder()).voices == ()


def test_one_voice_is_not_split() -> None:
    rng = np.random.default_rng(1)
    vectors = np.abs(1 + 0.3 * rng.standard_normal((40, SIZE))).astype(np.float32)
    assert len(voices_in(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))) == 1


def test_a_third_voice_is_found() -> None:
    rng = np.random.default_rng(2)
    people = np.abs(rng.standard_normal((3, SIZE)))
    vectors = np.repeat(people, 12, axis=0) + 0.2 * rng.standard_normal((36, SIZE))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    assert len(voices_in(vectors)) == 3


def test_a_speaker_of_two_windows_is_one_speaker() -> None:
    ann, bob, eve = (tuple(float(value) for value in row) for row in np.eye(3))
    windows = [[Voice(vector=one, speech_s=9) for one in heard] for heard in ((ann, bob), (eve, bob), (bob, ann))]
    assert same_voices(windows) == [[0, 1], [2, 1], [1, 0]]


@pytest.fixture(scope="module")
def encoder(model_dir: Path) -> VoiceEncoder:
    if not (model_dir / "resemblyzer").is_dir():
        pytest.skip("the speaker encoder is not assembled")
    return load_voices(model_dir / "resemblyzer")


def test_a_sample_call_mixed_to_one_channel_has_its_two_people(
    encoder: VoiceEncoder, turns_of_both: NDArray[np.float32]
) -> None:
    """Its words are written in place of being recognised: they say who begins when."""
    spoken = [
        (0.4, 5.04, AGENT),
        (5.59, 12.12, CUSTOMER),
        (12.76, 17.58, AGENT),
        (17.9, 21.81, CUSTOMER),
    ]
    said = [stretched(segment(text, begin), end) for begin, end, text in spoken]
    found = diarize(turns_of_both.mean(axis=0), said, encoder)
    assert [one.speaker for one in found.segments] == [0, 1, 0, 1]
    roles = [one.role for one in cast(found.segments, ChannelCheck(channels=1)).segments]
    assert roles == [Role.AGENT, Role.CUSTOMER] * 2


def stretched(said: Segment, end_s: float) -> Segment:
    """The segment with its words evenly until this time."""
    from dataclasses import replace

    edges = np.linspace(said.begin_ms, end_s * 1000, len(said.words) + 1).round().astype(int).tolist()
    words = (replace(w, begin_ms=b, end_ms=e) for w, (b, e) in zip(said.words, pairwise(edges), strict=True))
    return replace(said, words=tuple(words), end_ms=edges[-1])


def test_vectors_are_of_their_own_stretch_whatever_lies_beside_it_in_the_batch(
    encoder: VoiceEncoder, call: NDArray[np.float32]
) -> None:
    spans = [(16_000, 32_000), (16_000, 48_000)]
    together, alone = encoder.encode(call[0], spans), encoder.encode(call[0], spans[1:])
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert together[1] @ alone[0] > 0.98


def test_f12_an_encoder_that_is_missing_or_damaged_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        load_voices(tmp_path / "none")
    (tmp_path / "pretrained.pt").write_bytes(b"not a model")
    with pytest.raises(ModelCorrupt):
        load_voices(tmp_path)
