"""Every broken recording of the shared collection ends as this table says: accepted with its flags, or refused.

The way is the product's own: the file is read as ``ingest`` reads it, then heard as the worker's child hears it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from asr import turns
from data.errors import ReasonanceError
from data.types import Delivery, Refusal, Transcript
from ingest import read
from ingest.audio import decode
from service.hearing import HearingOrder, Window, hear
from service.stages.transcribe import joined

Outcome = str | frozenset[str]

CLEAN: frozenset[str] = frozenset()
REPAIRED = frozenset({"header_repaired"})
SILENT = frozenset({"silent_channel", "no_speech"})
WORDLESS = frozenset({"no_speech"})
OUTCOMES: dict[str, Outcome] = {
    "flanker_mailgun-rocks.wav": REPAIRED,
    "leopard_empty.wav": WORDLESS,
    "missing_wav_header.wav": "audio.unreadable",
    "pyannote_silence_or_empty.wav": WORDLESS,
    "generated/clipped.wav": CLEAN,
    "generated/dc_offset.wav": CLEAN,
    "generated/declared_size_max.wav": REPAIRED,
    "generated/declared_size_zero.wav": REPAIRED,
    "generated/dialtone_30s.wav": WORDLESS,
    "generated/dtmf_ring.wav": WORDLESS,
    "generated/garbage_middle.mp3": frozenset({"partial", "gap", "bad_packets"}),
    "generated/header_only.wav": "audio.empty",
    "generated/html_as.mp3": "input.type_refused",
    "generated/leading_junk.wav": "audio.unreadable",
    "generated/mp3_named.wav": CLEAN,
    "generated/nan_float32.wav": SILENT | {"not_finite"},
    "generated/no_extension": REPAIRED,
    "generated/noise_30s_8k.wav": WORDLESS,
    "generated/odd_rate.wav": REPAIRED,
    "generated/one_sample.wav": "audio.empty",
    "generated/random_bytes.wav": "audio.unreadable",
    "generated/silence_60s_8k.wav": SILENT,
    "generated/six_channels.wav": frozenset({"identical_channels"}),
    "generated/stereo_all_zero.wav": SILENT,
    "generated/stereo_antiphase.wav": frozenset({"identical_channels"}),
    "generated/stereo_identical_channels.wav": frozenset({"identical_channels"}),
    "generated/stereo_one_side_silent.wav": frozenset({"silent_channel"}),
    "generated/text_as.wav": "input.type_refused",
    "generated/tiny_20ms.wav": WORDLESS,
    "generated/truncated.mp3": frozenset({"partial", "mostly_missing"}),
    "generated/truncated_data.wav": REPAIRED,
    "generated/truncated_header.wav": "audio.unreadable",
    "generated/very_quiet.wav": SILENT,
    "generated/wav_named.mp3": REPAIRED,
    "generated/zero_bytes.wav": "audio.empty",
}
OURS = frozenset().union(*(outcome for outcome in OUTCOMES.values() if isinstance(outcome, frozenset)))
"""Flags that other checks add (of roles, of what was said) are not this table's matter."""
FEW = ("generated/garbage_middle.mp3", "generated/stereo_one_side_silent.wav", "generated/one_sample.wav")
SAID = {
    "generated/wav_named.mp3": "sarah miller",
    "generated/truncated.mp3": "test is complete",
    "generated/garbage_middle.mp3": "test is complete",
    "generated/stereo_antiphase.wav": "sarah miller",
    "generated/six_channels.wav": "sarah miller",
    "flanker_mailgun-rocks.wav": "rocks",
}
WITHIN_DECODING = {"silent_channel", "identical_channels", "no_speech", "mostly_missing"}
"""Flags that only hearing gives."""
pytestmark = pytest.mark.shared


def test_the_table_names_every_file(shared: Path) -> None:
    folder = shared / "malformed-audio"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {name for name in files if not name.endswith((".md", ".json"))} == set(OUTCOMES)


@pytest.mark.parametrize("name", sorted(OUTCOMES))
def test_each_is_decoded_or_refused_as_the_table_says(shared: Path, name: str) -> None:
    expected = OUTCOMES[name]
    [found] = read(shared / "malformed-audio" / name)
    if isinstance(found, Refusal):
        assert found.code == expected
        return
    try:
        flags: Outcome = frozenset(decode(shared / "malformed-audio" / name).flags)
    except ReasonanceError as error:
        flags = error.code
    assert flags == (expected if isinstance(expected, str) else expected - WITHIN_DECODING)


@pytest.mark.models
@pytest.mark.parametrize("name", ["silence_60s_8k.wav", "noise_30s_8k.wav", "dialtone_30s.wav", "dtmf_ring.wav"])
def test_f28_silence_noise_and_tones_give_no_words_and_say_so(shared: Path, model_dir: Path, name: str) -> None:
    heard = transcript(shared / "malformed-audio" / "generated" / name, model_dir / "tiny.en")
    assert isinstance(heard, Transcript)
    assert "no_speech" in heard.flags
    assert turns(heard) == ()


@pytest.mark.models
def test_f19_how_much_of_a_truncated_recording_is_there_is_said(shared: Path, model_dir: Path) -> None:
    heard = transcript(shared / "malformed-audio" / "generated" / "truncated.mp3", model_dir / "tiny.en")
    assert isinstance(heard, Transcript)
    assert heard.decoded_share == pytest.approx(9.8 / 42.0, abs=0.01)
    assert {"partial", "mostly_missing"} <= set(heard.flags)


@pytest.mark.models
@pytest.mark.parametrize("name", [name if name in FEW else pytest.param(name, marks=pytest.mark.slow) for name in SAID])
def test_what_is_heard_of_it_is_what_is_there(shared: Path, model_dir: Path, name: str) -> None:
    heard = transcript(shared / "malformed-audio" / name, model_dir / "tiny.en")
    assert isinstance(heard, Transcript)
    assert SAID[name] in " ".join(segment.text for segment in heard.segments).lower()


@pytest.mark.models
@pytest.mark.parametrize(
    "name", [name if name in FEW else pytest.param(name, marks=pytest.mark.slow) for name in sorted(OUTCOMES)]
)
def test_each_is_heard_as_the_table_says(shared: Path, model_dir: Path, name: str) -> None:
    heard, expected = transcript(shared / "malformed-audio" / name, model_dir / "tiny.en"), OUTCOMES[name]
    if isinstance(heard, str):
        assert heard == expected
        return
    assert frozenset(heard.flags) & OURS == expected
    if isinstance(expected, frozenset) and "no_speech" in expected:
        assert turns(heard) == ()
    assert all(0 <= segment.begin_ms <= segment.end_ms for segment in heard.segments)


def transcript(path: Path, model: Path) -> Transcript | str:
    """What the worker makes of the file, or the code with which it was refused or set aside."""
    [found] = read(path)
    if not isinstance(found, Delivery):
        assert isinstance(found, Refusal)
        return found.code
    order = HearingOrder(
        model=str(model),
        device="cpu",
        compute_type="int8",
        threads=2,
        language="en",
        channel_map=None,
        window_s=1800,
        audio_max_s=86_400,
        media_type=found.media_type,
    )
    try:
        return joined(list(_windows(path.read_bytes(), order)), None)
    except ReasonanceError as error:
        return error.code


def _windows(content: bytes, order: HearingOrder) -> Iterator[Window]:
    return (heard for heard in hear(content, order) if isinstance(heard, Window))
