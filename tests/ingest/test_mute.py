"""Silencing: the stretches silent to the sample in all channels, nothing else changed, and no time moved."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.audio import decode, listening, plays, probe
from ingest.flac import LAYOUTS, flac
from ingest.mute import PAD_MS, silenced, stretches
from tests.ingest.audio_samples import encoded, tone, wav

SPAN = st.tuples(st.integers(0, 5000), st.integers(1, 800)).map(lambda pair: (pair[0], pair[0] + pair[1]))
SPANS = st.lists(SPAN, max_size=6)
PIECES = st.lists(st.integers(0, 30_000), min_size=1, max_size=8)


@given(SPANS)
def test_stretches_hold_every_span_with_its_pads_in_order_and_apart(spans: list[tuple[int, int]]) -> None:
    muted = stretches(spans)
    for begin, end in spans:
        assert any(first <= max(0, begin - PAD_MS) and end + PAD_MS <= last for first, last in muted)
    assert all(one[1] < other[0] for one, other in pairwise(muted))
    assert sum(last - first for first, last in muted) <= sum(end - begin + 2 * PAD_MS for begin, end in spans)


@given(SPANS, PIECES, st.integers(0, 4000))
def test_exactly_the_stretches_are_silent_however_the_sound_comes(
    spans: list[tuple[int, int]], lengths: list[int], begin_ms: int
) -> None:
    total = sum(lengths)
    muted = stretches(spans)
    pieces = [np.ones((2, length), dtype=np.float32) for length in lengths]
    found = np.concatenate(list(silenced(pieces, muted, begin_ms=begin_ms)), axis=1)
    expected = np.ones(total, dtype=np.float32)
    for begin, end in muted:
        expected[max(0, 16 * (begin - begin_ms)) : max(0, 16 * (end - begin_ms))] = 0
    assert found.shape == (2, total)
    assert np.array_equal(found[0], expected)
    assert np.array_equal(found[1], expected)


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_what_is_kept_is_as_long_as_the_recording_and_changed_nowhere_else(channels: int) -> None:
    samples = np.random.default_rng(channels).uniform(-0.9, 0.9, (40_000, channels))
    original = wav(samples)
    muted = stretches([(500, 700), (2300, 9000)])
    with listening(original) as (found, pieces):
        kept = b"".join(flac(silenced(pieces, muted), channels=found, samples=40_000))
    info, sound = probe(kept), decode(kept)
    assert (info.duration_s, info.declared_s, info.channels) == (2.5, 2.5, channels)
    assert plays(info)
    assert sound.flags == ()
    before = decode(original).samples
    for begin, end in muted:
        assert not sound.samples[:, 16 * begin : 16 * end].any()
        before[:, 16 * begin : 16 * end] = 0
    assert np.abs(sound.samples - before).max() <= 2 / 32_768


def test_the_times_of_a_lossy_recording_stay_where_they_were() -> None:
    content = encoded(tone(3, channels=2, rate=48_000), container="ogg", codec="libopus", rate=48_000)
    whole = decode(content).samples
    with listening(content) as (channels, pieces):
        kept = b"".join(flac(silenced(pieces, ((1000, 1500),)), channels=channels, samples=whole.shape[1]))
    whole[:, 16_000:24_000] = 0
    assert np.abs(decode(kept).samples - whole).max() <= 2 / 32_768


def test_every_number_of_channels_the_format_has_can_be_kept() -> None:
    for channels in range(1, len(LAYOUTS) + 1):
        pieces = [np.full((channels, 5000), 0.1 * channels, dtype=np.float32)]
        assert decode(b"".join(flac(pieces, channels=channels, samples=5000))).samples.shape == (channels, 5000)


def test_a_length_that_is_not_true_is_never_written() -> None:
    with pytest.raises(ValueError, match="5000"):
        list(flac([np.zeros((1, 5000), dtype=np.float32)], channels=1, samples=4999))
