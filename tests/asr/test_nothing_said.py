"""Silence, noise, tones and music give no turn; speech around them is all there."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr import Transcriber, assemble, load_transcriber, transcribe, turns
from asr.artefacts import plain
from asr.decoding import Decoding
from asr.speech import SAMPLE_RATE, Samples
from data.types import Transcript
from tests.asr import sounds

SOUNDS: dict[str, Callable[[float], Samples]] = {
    "silence": sounds.silence,
    "white_noise": partial(sounds.coloured_noise, exponent=0, level_db=-30),
    "faint_white_noise": partial(sounds.coloured_noise, exponent=0, level_db=-50),
    "pink_noise": partial(sounds.coloured_noise, exponent=1),
    "brown_noise": partial(sounds.coloured_noise, exponent=2, level_db=-25),
    "hum_50": sounds.hum,
    "hum_60": partial(sounds.hum, mains_hz=60),
    "clicks": sounds.clicks,
    "dtmf": sounds.dtmf,
    "hold_music": sounds.hold_music,
    "hold_music_with_vowels": partial(sounds.hold_music, vocals=True),
    "other_music_with_vowels": partial(sounds.hold_music, vocals=True, seed=9),
    **{name: partial(sounds.cadence, **tones) for name, tones in sounds.RINGS.items()},
}
MUSIC_S = 60
REST = ("ring_eu", "dtmf", "hold_music_with_vowels")
"""Heard by a credulous detector too, in the slow tests."""


@pytest.fixture(scope="module")
def credulous(model_dir: Path) -> Transcriber:
    """One whose detector takes everything for speech: what is left is for trust to find out."""
    everything = Decoding(vad_threshold=-1)
    return load_transcriber(model_dir / "tiny.en", device="cpu", threads=2, decoding=everything)


@pytest.fixture(scope="module")
def base(model_dir: Path) -> Transcriber:
    return load_transcriber(model_dir / "base", device="cpu", threads=2)


def heard(transcriber: Transcriber, sound: Samples) -> Transcript:
    segments = transcribe(transcriber, sound[None])
    return assemble(segments, duration_s=len(sound) / SAMPLE_RATE, provenance=transcriber.provenance)


@pytest.mark.parametrize("name", SOUNDS)
def test_nothing_is_said_where_nobody_speaks(tiny: Transcriber, name: str) -> None:
    transcript = heard(tiny, SOUNDS[name](40))
    assert turns(transcript) == ()
    assert "no_speech" in transcript.flags


@pytest.mark.parametrize(
    "name",
    ["silence", "ring_us", *(pytest.param(name, marks=pytest.mark.slow) for name in REST)],
)
def test_what_is_written_of_such_sounds_is_suspect(credulous: Transcriber, name: str) -> None:
    assert turns(heard(credulous, SOUNDS[name](20))) == ()


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", SOUNDS)
def test_ten_minutes_of_it_are_no_more(base: Transcriber, name: str) -> None:
    transcript = heard(base, SOUNDS[name](600))
    assert turns(transcript) == ()


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", SOUNDS)
def test_whatever_the_larger_model_writes_of_it_is_suspect(model_dir: Path, name: str) -> None:
    credulous = load_transcriber(model_dir / "base", device="cpu", threads=2, decoding=Decoding(vad_threshold=-1))
    assert turns(heard(credulous, SOUNDS[name](30))) == ()


def test_speech_before_and_after_music_is_all_there(tiny: Transcriber, turns_of_both: NDArray[np.float32]) -> None:
    agent = turns_of_both[0][: 20 * SAMPLE_RATE]
    music = sounds.hold_music(MUSIC_S, vocals=True)
    found = turns(heard(tiny, np.concatenate([agent, music, agent])))
    speech_ms = round(1000 * len(agent) / SAMPLE_RATE)
    before = [turn.text for turn in found if (turn.end_ms or 0) <= speech_ms + 500]
    after = [turn.text for turn in found if (turn.begin_ms or 0) >= speech_ms + 1000 * MUSIC_S - 500]
    assert len(before) + len(after) == len(found)
    alone = [turn.text for turn in turns(heard(tiny, agent))]
    assert _alike(before, alone) > 0.95
    assert _alike(after, alone) > 0.95


def _alike(some: list[str], others: list[str]) -> float:
    return SequenceMatcher(None, plain(" ".join(some)).split(), plain(" ".join(others)).split()).ratio()
