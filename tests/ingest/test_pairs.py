"""Two mono files of one call become one contact."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from data.types import Delivery, Refusal, Sidecar
from ingest.audio import decode, probe
from ingest.options import ReadOptions
from ingest.reader import read


def tone(path: Path, hertz: float, seconds: float = 1.0, *, rate: int = 8000, channels: int = 1) -> Path:
    time = np.arange(round(seconds * rate)) / rate
    samples = np.repeat((0.3 * np.sin(2 * np.pi * hertz * time))[:, None], channels, axis=1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def found(folder: Path, options: ReadOptions | None = None) -> list[Delivery | Sidecar | Refusal]:
    return list(read(folder, options))


def pitches(payload: bytes | Path) -> list[int]:
    """The loudest frequency of each channel."""
    samples = decode(payload).samples
    return [round(float(np.argmax(np.abs(np.fft.rfft(leg))) * 16000 / samples.shape[1])) for leg in samples]


@pytest.mark.parametrize(
    ("received", "sent"), [("a-in", "a-out"), ("a_r", "a_t"), ("a-rx", "a-tx"), ("a_caller", "a_agent")]
)
def test_two_legs_are_one_call_with_what_was_sent_first(tmp_path: Path, received: str, sent: str) -> None:
    tone(tmp_path / f"{received}.wav", 440, seconds=1.0)
    tone(tmp_path / f"{sent}.wav", 880, seconds=1.5)
    (call,) = found(tmp_path)
    assert isinstance(call, Delivery)
    assert call.name == "a.wav"
    assert call.metadata.channel_map is None
    assert pitches(call.payload) == [880, 440]
    info = probe(call.payload)
    assert (info.channels, info.sample_rate, round(info.duration_s, 2)) == (2, 8000, 1.5)


def test_the_same_legs_give_the_same_bytes(tmp_path: Path) -> None:
    tone(tmp_path / "a-in.wav", 440, rate=16000)
    tone(tmp_path / "a-out.wav", 880)
    first, second = found(tmp_path)[0], found(tmp_path)[0]
    assert isinstance(first, Delivery)
    assert isinstance(second, Delivery)
    assert first.payload == second.payload


def test_what_lies_beside_the_call_or_a_leg_is_the_calls(tmp_path: Path) -> None:
    tone(tmp_path / "a-in.wav", 440)
    tone(tmp_path / "a-out.wav", 880)
    (tmp_path / "a.json").write_text(json.dumps({"queue": "sales"}))
    (tmp_path / "a-in.json").write_text(json.dumps({"agent": "ann", "queue": "other"}))
    (call,) = found(tmp_path)
    assert isinstance(call, Delivery)
    assert (call.metadata.queue, call.metadata.agent, call.joined) == ("sales", "ann", True)


def test_a_name_pattern_may_say_which_leg_it_is(tmp_path: Path) -> None:
    tone(tmp_path / "in.77.wav", 440)
    tone(tmp_path / "out.77.wav", 880)
    tone(tmp_path / "out.78.wav", 660)
    calls = found(tmp_path, ReadOptions(name_pattern="{leg}.{external_id}"))
    assert [
        (call.metadata.external_id, len(pitches(call.payload))) for call in calls if isinstance(call, Delivery)
    ] == [
        ("77", 2),
        ("78", 1),
    ]


def test_a_leg_alone_and_legs_that_are_stereo_stay_as_they_are(tmp_path: Path) -> None:
    tone(tmp_path / "a-in.wav", 440)
    tone(tmp_path / "b-in.wav", 440, channels=2)
    tone(tmp_path / "b-out.wav", 880, channels=2)
    (tmp_path / "c-in.txt").write_text("The router never came.")
    (tmp_path / "c-out.txt").write_text("We will send another.")
    assert [call.name for call in found(tmp_path) if isinstance(call, Delivery)] == [
        "a-in.wav",
        "b-in.wav",
        "b-out.wav",
        "c-in.txt",
        "c-out.txt",
    ]
