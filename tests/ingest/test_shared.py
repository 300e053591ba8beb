"""Real files, most of them broken: each is taken or refused with a code, quickly, and nothing is raised."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from data.types import Channel, Delivery, Refusal
from ingest import ReadOptions, read
from ingest.audio import decode, probe
from ingest.documents import open_document

pytestmark = pytest.mark.shared

FOLDERS = [
    "malformed-audio",
    "malformed-email",
    "vcon",
    "audio-derived-telephony",
    "audio-speech-recognition-encodings",
    "audio-aws-lca-autorepair",
    "email-reply-quotes-talon",
]

PAIR = "Auto_Repairs_40_UTC.wav"
"""Two files of one call, one for each leg."""


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_is_taken_or_refused_with_a_code(shared: Path, folder: str) -> None:
    began = time.monotonic()
    found = list(read(shared / folder))
    assert time.monotonic() - began < 30
    files = [path for path in (shared / folder).rglob("*") if path.is_file() and not path.name.startswith(".")]
    pairs = sum(isinstance(one, Delivery) and one.name == PAIR for one in found)
    assert len(found) + pairs >= len(files)
    assert all(one.code for one in found if isinstance(one, Refusal))
    for one in found:
        if isinstance(one, Delivery) and one.channel is not Channel.VOICE:
            payload = one.payload if isinstance(one.payload, bytes) else one.payload.read_bytes()
            assert open_document(one.media_type, payload)


@pytest.mark.parametrize("folder", ["audio-derived-telephony", "audio-speech-recognition-encodings"])
def test_every_encoding_is_decoded_to_its_end(shared: Path, folder: str) -> None:
    recordings = [path for path in sorted((shared / folder).iterdir()) if path.suffix not in (".md", ".json")]
    for path in recordings:
        audio = decode(path)
        assert audio.flags == (), path.name
        assert audio.decoded_s == pytest.approx(probe(path).duration_s, abs=0.1), path.name


def test_f20_the_sound_behind_the_damage_keeps_its_time(shared: Path) -> None:
    folder = shared / "malformed-audio" / "generated"
    whole, damaged = decode(folder / "mp3_named.wav"), decode(folder / "garbage_middle.mp3")
    later = slice(10 * 16_000, 40 * 16_000)
    assert abs(whole.samples[:, later] - damaged.samples[:, later]).max() < 0.01


def test_banking77_is_read_as_mails_in_one_go(shared: Path) -> None:
    found = list(read(shared / "text-banking77" / "test.csv", ReadOptions(channel=Channel.EMAIL)))
    assert len(found) == 3080
    assert all(isinstance(one, Delivery) and one.channel is Channel.EMAIL for one in found)
    assert len({one.payload for one in found if isinstance(one, Delivery)}) == 3080


@pytest.mark.shared
@pytest.mark.parametrize("pattern", ["*.gsm", "*.g722"])
def test_bare_frames_of_a_telephone_system_are_taken_by_their_name_and_heard(shared: Path, pattern: str) -> None:
    prompt = next((shared / "audio-asterisk-prompts").rglob(pattern))
    (delivery,) = read(prompt)
    assert isinstance(delivery, Delivery)
    heard = decode(prompt.read_bytes(), media_type=delivery.media_type)
    assert 0.2 < heard.decoded_s < 120
    assert abs(heard.samples).max() > 0.05
