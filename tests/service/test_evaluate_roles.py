"""The figures of ``evaluate roles``: what counts as right, missed and swapped."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from data.errors import TableUnreadable
from data.samples import FOLDER, ROLE_TURNS
from data.types import Role
from ingest.audio import decode, probe
from service.evaluate.roles import Counts, count, figures, ours, read_manifest, source_of
from service.hearing import HearingOrder, Window, hear
from service.stages.transcribe import joined

CALL = FOLDER / "fortnight" / "calls" / "call-01.ogg"


def test_frames_of_one_true_turn_count_and_overlaps_do_not() -> None:
    gold = [("agent", 0.0, 2.0), ("customer", 1.5, 4.0)]
    said = [("agent", 0.0, 2.0), ("agent", 2.0, 3.0)]
    found = count(gold, said)
    assert found == Counts(right=150, judged=250, missed=100, gold=400)
    assert figures([found]) == {"role_share": 0.6, "missed_share": 0.25}


def test_a_moment_in_two_of_our_turns_counts_half() -> None:
    assert count([("agent", 0.0, 1.0)], [("agent", 0.0, 1.0), ("customer", 0.0, 1.0)]).right == 50


def test_nothing_to_judge_has_no_share() -> None:
    assert figures([count([], [])]) == {"role_share": None, "missed_share": None}


def test_the_samples_are_a_manifest_with_their_turns() -> None:
    calls = read_manifest(ROLE_TURNS)
    assert len(calls) == 14
    for call in calls:
        assert call.turns[-1][2] <= probe(call.path).duration_s


def test_a_line_without_turns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.jsonl").write_text('{"file": "x.wav"}\n')
    with pytest.raises(TableUnreadable):
        read_manifest(tmp_path / "m.jsonl")


@pytest.fixture(scope="module")
def swapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A manifest with the first 22 seconds of a sample call, its legs the wrong way round."""
    folder = tmp_path_factory.mktemp("roles")
    samples = decode(CALL, end_s=22).samples[::-1]
    with wave.open(str(folder / "call.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes((np.clip(samples.T, -1, 1) * 32767).astype("<i2").tobytes())
    line = json.loads(ROLE_TURNS.read_text().splitlines()[0])
    turns = [turn for turn in line["turns"] if turn["end_s"] < 22]
    (folder / "m.jsonl").write_text(json.dumps({**line, "file": "call.wav", "turns": turns}) + "\n")
    return folder / "m.jsonl"


def test_swapped_legs_are_flagged_and_put_right(swapped: Path, model_dir: Path) -> None:
    found = ours(manifest=str(swapped), model="tiny.en", model_dir=str(model_dir), device="cpu", threads=2)
    assert found["swapped_flagged"] == 1
    assert found["role_share"] > 0.98
    assert found["missed_share"] < 0.15


def test_a_mix_of_two_voices_is_told_apart(swapped: Path, model_dir: Path) -> None:
    if not (model_dir / "resemblyzer").is_dir():
        pytest.skip("the speaker encoder is not assembled")
    found = ours(manifest=str(swapped), mix=True, model="tiny.en", model_dir=str(model_dir), device="cpu", threads=2)
    assert found["role_share"] > 0.9
    assert found["swapped_flagged"] == 0


def test_without_the_encoder_nobody_in_one_channel_has_a_role(swapped: Path, model_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.en").symlink_to(model_dir / "tiny.en")
    found = ours(manifest=str(swapped), mix=True, model="tiny.en", model_dir=str(tmp_path), device="cpu", threads=2)
    assert found["role_share"] == 0
    assert found["missed_share"] < 0.15


def test_people_are_the_same_in_every_window_of_a_recording(swapped: Path, model_dir: Path) -> None:
    if not (model_dir / "resemblyzer").is_dir():
        pytest.skip("the speaker encoder is not assembled")
    order = HearingOrder(
        model=str(model_dir / "tiny.en"),
        device="cpu",
        compute_type="int8",
        threads=2,
        language="en",
        channel_map=None,
        window_s=11,
        audio_max_s=3600,
        voices=str(model_dir / "resemblyzer"),
    )
    windows = [
        heard for heard in hear(source_of(swapped.with_name("call.wav"), mix=True), order) if isinstance(heard, Window)
    ]
    assert len(windows) > 1
    said = joined(windows, None)
    speakers = {
        segment.role: {one.speaker for one in said.segments if one.role is segment.role} for segment in said.segments
    }
    assert speakers == {Role.AGENT: {0}, Role.CUSTOMER: {1}}
