"""What every recogniser promises: the real one and its double."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr import Transcriber, load_transcriber
from asr.speech import SAMPLE_RATE
from data.errors import LanguageUnsupported, ModelCorrupt, ModelMissing
from data.types import Role
from tests.asr.doubles import LoudnessTranscriber


@pytest.fixture(params=["real", "double"])
def transcriber(request: pytest.FixtureRequest) -> Transcriber:
    if request.param == "double":
        return LoudnessTranscriber()
    tiny: Transcriber = request.getfixturevalue("tiny")
    return tiny


def test_words_are_where_the_offsets_say(transcriber: Transcriber, call: NDArray[np.float32]) -> None:
    segments = list(transcriber.listen(call[:1]).segments(["en"]))
    assert segments
    for segment in segments:
        assert segment.words
        for word in segment.words:
            assert segment.text[word.char_begin : word.char_end] == word.text
            assert 0 <= word.confidence <= 1


def test_times_rise_and_stay_within_the_recording(transcriber: Transcriber, call: NDArray[np.float32]) -> None:
    segments = list(transcriber.listen(call[:1]).segments(["en"]))
    begins = [segment.begin_ms for segment in segments]
    assert begins == sorted(begins)
    for segment in segments:
        assert (segment.begin_ms, segment.end_ms) == (segment.words[0].begin_ms, segment.words[-1].end_ms)
        for word in segment.words:
            assert 0 <= word.begin_ms <= word.end_ms <= 24_000


def test_a_segment_claims_no_channel_and_no_role(transcriber: Transcriber, call: NDArray[np.float32]) -> None:
    for segment in transcriber.listen(call[:1]).segments(["en"]):
        assert (segment.channel, segment.role, segment.language) == (0, Role.UNKNOWN, "en")


@pytest.mark.parametrize("seconds", [0, 0.01, 1, 40])
def test_silence_has_no_speech_no_language_and_no_text(transcriber: Transcriber, seconds: float) -> None:
    listening = transcriber.listen([np.zeros(round(seconds * SAMPLE_RATE), dtype=np.float32)])
    assert listening.speech_s == [0]
    assert listening.languages() == [None]
    assert list(listening.segments(["en"])) == []


def test_the_language_is_detected_with_a_probability(transcriber: Transcriber, call: NDArray[np.float32]) -> None:
    (detected,) = transcriber.listen(call[:1]).languages()
    assert detected is not None
    assert detected.language == "en"
    assert 0 < detected.probability <= 1


def test_provenance_says_what_made_it(transcriber: Transcriber) -> None:
    provenance = transcriber.provenance
    assert provenance.model
    assert provenance.params_hash
    assert len(provenance.model_sha256 or "") == 64


def test_the_same_sound_gives_the_same_segments(transcriber: Transcriber, call: NDArray[np.float32]) -> None:
    once, again = (list(transcriber.listen(call).segments(["en", "en"])) for _ in range(2))
    assert once == again


def test_the_real_one_hears_what_is_said(tiny: Transcriber, call: NDArray[np.float32]) -> None:
    text = " ".join(segment.text for segment in tiny.listen(call[:1]).segments(["en"])).lower()
    assert "how can i help" in text


def test_noise_gives_no_text(tiny: Transcriber) -> None:
    noise = np.random.default_rng(7).normal(0, 0.02, 20 * SAMPLE_RATE).astype(np.float32)
    assert [segment.text for segment in tiny.listen([noise]).segments(["en"])] == []


def test_an_english_model_refuses_another_language(tiny: Transcriber, call: NDArray[np.float32]) -> None:
    with pytest.raises(LanguageUnsupported, match="de"):
        list(tiny.listen(call[:1]).segments(["de"]))


def test_a_missing_model_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        load_transcriber(tmp_path / "none", device="cpu")


def test_damaged_weights_are_said_to_be_corrupt(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"not a model")
    with pytest.raises(ModelCorrupt):
        load_transcriber(tmp_path, device="cpu")
