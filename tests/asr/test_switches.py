"""Where a call changes its language: only where it is clear, and never for a short word."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr import load_transcriber, transcribe
from asr.languages import Detected
from asr.speech import Probabilities, frames
from asr.switches import Said, Span, clear, hinted, mixed, spans, speech_between, stretches_said, whole
from ingest.audio import decode


def chances(**probabilities: float) -> list[Detected]:
    ordered = sorted(probabilities.items(), key=lambda pair: -pair[1])
    return [Detected(language=language, probability=probability) for language, probability in ordered]


def voice(seconds: float, *spoken: tuple[float, float]) -> Probabilities:
    made = np.zeros(frames(seconds), dtype=np.float32)
    for begin, end in spoken:
        made[frames(begin) : frames(end)] = 0.9
    return made


def test_a_piece_hints_at_its_second_language() -> None:
    assert hinted(chances(zh=0.84, en=0.15, ja=0.001)) == ["zh", "en"]
    assert hinted(chances(en=0.93, la=0.01, sl=0.005)) == ["en"]


def test_a_piece_keeps_its_language_unless_another_is_clear() -> None:
    assert whole(chances(de=0.98), 20, "en") == "de"
    assert whole(chances(de=0.8), 20, "en") == "en"


def test_a_short_piece_changes_no_language() -> None:
    assert whole(chances(de=0.99), 1.5, "en") == "en"


def test_a_stretch_is_in_a_language_that_the_piece_hints_at() -> None:
    assert clear(chances(en=0.44, nn=0.16, zh=0.001), ["zh", "en"]) == "en"
    assert clear(chances(tr=0.9, en=0.05), ["en", "zh"]) is None
    assert clear(chances(en=0.5, zh=0.3), ["en", "zh"]) is None
    assert clear([], ["en", "zh"]) is None


def test_a_stretch_may_hold_several_languages_itself() -> None:
    assert mixed(chances(es=0.96, en=0.03), ["es", "en"])
    assert not mixed(chances(es=0.96, pt=0.03), ["es", "en"])


def test_stretches_lie_between_pauses_and_within_the_piece() -> None:
    said = stretches_said(voice(20, (1, 3), (3.1, 5), (8, 12)), 0, 1000)
    assert [(one.begin, one.end) for one in said] == [(99, 499), (800, 1000)]
    assert speech_between(voice(20, (1, 3), (8, 12)), 0, 2000) == pytest.approx(6, abs=0.1)


def test_an_unclear_stretch_goes_with_the_one_before() -> None:
    said = [Said(0, 100, None), Said(150, 300, "zh"), Said(400, 450, None), Said(500, 900, "en")]
    assert spans(said, "en", 3000) == [Span(125, "en"), Span(475, "zh"), Span(3000, "en")]


def test_silence_stays_in_the_language_it_was() -> None:
    assert spans([], "de", 500) == [Span(500, "de")]


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 300), st.sampled_from(["en", "zh", None])), max_size=20))
def test_spans_rise_and_neighbours_differ(parts: list[tuple[int, int, str | None]]) -> None:
    said, place = [], 0
    for gap, length, language in parts:
        said.append(Said(place + gap, place + gap + length, language))
        place += gap + length
    found = spans(said, "en", place + 1)
    assert [span.end for span in found] == sorted({span.end for span in found})
    assert all(one.language != other.language for one, other in pairwise(found))
    assert found[-1].end == place + 1


@pytest.mark.parametrize(
    ("name", "end_s", "spoken"),
    [
        ("audio-azure-fixtures/en-us_zh-cn.wav", 12, ["en", "zh", "en", "zh"]),
        *(
            pytest.param(name, None, spoken, marks=pytest.mark.slow)
            for name, spoken in (
                ("audio-azure-fixtures/en-us_zh-cn.wav", ["en", "zh", "en", "zh", "en", "zh"]),
                ("audio-azure-fixtures/es-mx_en-us.wav", ["es", "en", "es", "en"]),
                ("audio-faster-whisper-fixtures/multilingual.mp3", ["en", "de"]),
                ("audio-callytics/Call02.wav", ["en"]),
            )
        ),
    ],
)
def test_each_segment_of_a_real_recording_carries_its_language(
    shared: Path, model_dir: Path, name: str, end_s: float | None, spoken: list[str]
) -> None:
    base = load_transcriber(model_dir / "base", device="cpu", threads=2)
    heard = [segment.language for segment in transcribe(base, decode(shared / name, end_s=end_s).samples)]
    assert [one for place, one in enumerate(heard) if place == 0 or heard[place - 1] != one] == spoken
