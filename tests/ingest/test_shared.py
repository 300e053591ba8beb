"""Real files, most of them broken: each is taken or refused with a code, quickly, and nothing is raised."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.types import Channel, Delivery, Refusal
from ingest import ReadOptions, read
from ingest.audio import decode, probe
from ingest.documents import open_document
from tests.conftest import ROOT

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


MEASURED = """
import json, sys, time
from pathlib import Path
from data.errors import InputRefused
from data.types import Delivery, Document
from ingest import read
from ingest.documents import open_document
from nlp.language import detect
from nlp.mail import newest_text

def text_of(one):
    payload = one.payload if isinstance(one.payload, bytes) else one.payload.read_bytes()
    document = open_document(one.media_type, payload)
    text = newest_text(document, detect(document.text))
    return "text" if text.strip() or document.subject else ""

def answer(one):
    try:
        return text_of(one) if isinstance(one, Delivery) else one.code
    except InputRefused as error:
        return error.code

newest_text(Document(text="hello"), detect("hello"))
for path in sorted(Path(sys.argv[1]).rglob("*")):
    if path.is_file():
        began = time.monotonic()
        answers = [answer(one) for one in read(path)]
        status = Path("/proc/self/status").read_text()
        peak_mb = int(status.partition("VmHWM:")[2].split()[0]) / 1024
        print(json.dumps([path.name, answers, time.monotonic() - began, peak_mb]))
"""


def test_f30_every_malformed_mail_is_text_or_a_code_within_2_s_and_200_mb(shared: Path) -> None:
    """Measured in a process of its own, whose memory is the interpreter's, the libraries' and the largest mail's."""
    folder = shared / "malformed-email"
    found = subprocess.run(
        [sys.executable, "-c", MEASURED, folder], capture_output=True, text=True, check=True, timeout=120, cwd=ROOT
    )
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert len(rows) == sum(path.is_file() for path in folder.rglob("*")) > 150
    for name, answers, seconds, peak_mb in rows:
        assert answers, name
        assert all(answers), name
        assert seconds < 2, name
        assert peak_mb < 200, name


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
