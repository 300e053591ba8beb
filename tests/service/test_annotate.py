"""What the language stage is told of a recording."""

from __future__ import annotations

from data.types import Provenance, Skipped, Transcript
from service.hearing import MIXED
from service.stages.annotate import _read_voice
from service.stages.transcribe import transcript_json


def transcript(*flags: str) -> bytes:
    made = Provenance(component="test", version="1")
    return transcript_json(Transcript(segments=(), language="en", duration_s=1, provenance=made, flags=flags))


def test_voices_that_could_not_be_told_apart_are_said_to_be_skipped() -> None:
    assert _read_voice(transcript(MIXED)).skipped == (Skipped(feature="speakers", reason_code="model.missing"),)
    assert _read_voice(transcript()).skipped == ()
