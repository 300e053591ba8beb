"""What the language stage is told of a recording."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import cast

from data.types import Provenance, Skipped, Transcript, VocabularyEntry
from service.hearing import MIXED
from service.runtime import Runtime
from service.stages.annotate import _knowledge, _read_voice
from service.stages.transcribe import transcript_json
from service.stages.work import Owed
from tests.data.conversations import talk


def transcript(*flags: str) -> bytes:
    made = Provenance(component="test", version="1")
    return transcript_json(Transcript(segments=(), language="en", duration_s=1, provenance=made, flags=flags))


def test_voices_that_could_not_be_told_apart_are_said_to_be_skipped() -> None:
    assert _read_voice(transcript(MIXED)).skipped == (Skipped(feature="speakers", reason_code="model.missing"),)
    assert _read_voice(transcript()).skipped == ()


def test_a_contact_is_read_with_its_tenants_names_and_on_its_tenants_day(runtime: Runtime) -> None:
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        stores.tenants.set_calendar(time_zone="Asia/Tokyo", first_weekday=1)
        stores.vocabulary.put([VocabularyEntry(phrase="Brightloop", kind="competitor", spoken=("bright loop",))])
        record = stores.interactions.get(talk(stores, started_at=dt.datetime(2026, 10, 5, 20, tzinfo=dt.UTC)))
        known = _knowledge(stores).of(cast("Owed", SimpleNamespace(record=record)), "en-GB")
    assert (known.day, known.language) == (dt.date(2026, 10, 6), "en-GB")
    assert [name.value for name in known.names.find("I went to bright loop", "en")] == ["Brightloop"]
