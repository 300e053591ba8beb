"""Where speech is kept, where windows are cut, and how their times lead back to the recording."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.coverage import missed
from asr.decoding import Decoding
from asr.speech import FRAME, FRAME_S, Probabilities, Window, cuts, frames, stretches, windows
from data.types import Role, Segment

DECODING = Decoding(window_s=30, vad_margin_s=1.0, vad_min_silence_s=2.0)


def probabilities(seconds: float, *spoken: tuple[float, float]) -> Probabilities:
    made = np.zeros(frames(seconds), dtype=np.float32)
    for begin, end in spoken:
        made[frames(begin) : frames(end)] = 0.9
    return made


def leg_of(chances: Probabilities) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.zeros(len(chances) * FRAME, dtype=np.float32)


def seconds_of(window: Window) -> list[tuple[float, float]]:
    return [(round(begin * FRAME_S, 1), round(end * FRAME_S, 1)) for begin, end in window.stretches]


def test_a_short_silence_stays_and_a_long_one_is_left_out() -> None:
    chances = probabilities(60, (5, 10), (12, 15), (40, 45))
    found = windows(leg_of(chances), chances, DECODING)
    assert [seconds_of(window) for window in found] == [[(4.0, 16.0), (39.0, 46.0)]]


def test_no_speech_no_window() -> None:
    chances = probabilities(60)
    assert list(windows(leg_of(chances), chances, DECODING)) == []


def test_a_long_leg_is_cut_in_its_pauses() -> None:
    chances = probabilities(100, (0, 24), (24.5, 50), (50.5, 80), (80.4, 100))
    ends = [seconds_of(window)[-1][1] for window in windows(leg_of(chances), chances, DECODING)]
    assert ends == pytest.approx([24.2, 50.2, 80.2, 100], abs=0.15)


def test_speech_without_a_pause_is_not_cut() -> None:
    chances = probabilities(70, (0, 70))
    assert [seconds_of(w) for w in windows(leg_of(chances), chances, DECODING)] == [[(0.0, 70.0)]]


def test_a_words_time_leads_back_to_the_recording() -> None:
    chances = probabilities(60, (5, 10), (40, 45))
    (window,) = windows(leg_of(chances), chances, DECODING)
    first_s = window.stretches[0][1] * FRAME_S - window.stretches[0][0] * FRAME_S
    assert window.original_ms(1.0, 1.0) == pytest.approx(5000, abs=40)
    assert window.original_ms(first_s + 1.0, first_s + 1.0) == pytest.approx(40_000, abs=40)
    assert window.original_ms(first_s + 0.2, first_s - 0.1) <= 11_050


@given(
    st.lists(st.floats(0, 1, width=32), max_size=4000),
    st.sampled_from([5.0, 30.0]),
    st.floats(0.05, 0.9),
)
def test_windows_hold_every_stretch_once_and_in_order(chances: list[float], window_s: float, threshold: float) -> None:
    decoding = Decoding(window_s=window_s, vad_threshold=threshold)
    given_frames = np.array(chances, dtype=np.float32)
    kept = stretches(given_frames, decoding)
    expected = [frame for begin, end in kept for frame in range(begin, end)]
    cut = [frame for group in cuts(kept, given_frames, decoding) for begin, end in group for frame in range(begin, end)]
    assert cut == expected
    assert set(np.flatnonzero(given_frames >= threshold)) <= set(expected)


def segment(begin_ms: int, end_ms: int) -> Segment:
    return Segment(
        text="words", begin_ms=begin_ms, end_ms=end_ms, channel=0, role=Role.UNKNOWN, confidence=0.9, language="en"
    )


def test_speech_without_words_is_missed() -> None:
    chances = probabilities(20, (1, 6), (8, 15))
    (window,) = windows(leg_of(chances), chances, DECODING)
    (found,) = missed(window, [segment(8000, 15_000)], DECODING)
    assert found[0] <= frames(1) < frames(6) <= found[1] < frames(8)


def test_speech_with_words_is_not_missed() -> None:
    chances = probabilities(20, (1, 6), (8, 15))
    (window,) = windows(leg_of(chances), chances, DECODING)
    assert missed(window, [segment(1200, 5800), segment(8000, 15_000)], DECODING) == []
