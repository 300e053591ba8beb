"""The same sentence in fourteen encodings is the same transcript."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.test_malformed_audio import transcript

FAST = ("mono-8-bit-44100Hz.wav", "stereo-16-bit-44100Hz.aiff", "mono-24-bit-44100Hz.flac")
pytestmark = [pytest.mark.shared, pytest.mark.models]


def _said(path: Path, model: Path) -> str:
    heard = transcript(path, model)
    assert not isinstance(heard, str)
    return " ".join(segment.text for segment in heard.segments).strip(" .").lower()


def test_three_encodings_are_transcribed_alike(shared: Path, model_dir: Path) -> None:
    folder = shared / "audio-speech-recognition-encodings"
    assert {_said(folder / f"audio-{name}", model_dir / "tiny.en") for name in FAST} == {"one, two, three"}


@pytest.mark.slow
def test_all_encodings_are_transcribed_alike_by_the_larger_model(shared: Path, model_dir: Path) -> None:
    folder = shared / "audio-speech-recognition-encodings"
    paths = sorted(folder.glob("audio-*-44100Hz.*"))
    assert len(paths) == 14
    assert len({_said(path, model_dir / "base") for path in paths}) == 1
