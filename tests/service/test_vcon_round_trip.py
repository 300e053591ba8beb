"""A conversation goes out as a vCon and comes in again as the same one; the working group's examples come in whole."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.records import InteractionRecord
from data.types import Channel, Delivery, Filter, Highlight, Refusal, Role, State, Turn
from ingest import ReadOptions, read
from ingest.documents import open_document
from ingest.text import bounded, clean
from service import intake
from service.exports import export
from service.exports.material import Material
from service.exports.vcon import vcon
from service.runtime import Runtime
from tests.asr.transcripts import turns
from tests.service.test_exports import called

MONDAY = dt.datetime(2026, 10, 5, 9, tzinfo=dt.UTC)
ISSUE = Highlight(kind="issue", text="My card was declined.", spans=(), confidence=0.8)
SOME = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def material(said: tuple[Turn, ...], channel: Channel, **known: Any) -> Material:
    values: dict[str, Any] = dict.fromkeys(InteractionRecord.__dataclass_fields__)
    values |= {"id": uuid.uuid5(uuid.NAMESPACE_URL, "x"), "channel": channel, "state": State.ANALYSED, "flags": ()}
    values |= {"highlights": (ISSUE,), "key_phrases": (), "entities": ()}
    values |= {"started_at": MONDAY, "version": 1, "provenance": {}, "media_type": "audio/wav", **known}
    return Material(record=InteractionRecord(**values), turns=said, redactions=(), set_aside=(), at=MONDAY)


def back(exported: Material, folder: Path) -> Delivery:
    path = folder / "again.vcon"
    path.write_text(json.dumps(vcon(exported), ensure_ascii=False), encoding="utf-8")
    (found,) = read(path)
    assert isinstance(found, Delivery), found
    return found


def said_in(found: Delivery) -> tuple[Turn, ...]:
    assert isinstance(found.payload, bytes)
    return open_document(found.media_type, found.payload).turns


@given(said=turns())
@SOME
def test_a_call_comes_back_as_the_same_conversation(said: tuple[Turn, ...], tmp_path: Path) -> None:
    exported = material(said, Channel.VOICE, agent="Kim", language="de", duration_s=3600.0)
    found = back(exported, tmp_path)
    again = said_in(found)
    assert (found.channel, found.metadata.started_at, found.metadata.language) == (Channel.VOICE, MONDAY, "de")
    assert found.metadata.external_id == str(exported.record.id)
    assert [(turn.position, turn.role, turn.channel, turn.begin_ms, turn.end_ms) for turn in again] == [
        (turn.position, turn.role, turn.channel, turn.begin_ms, turn.end_ms) for turn in said
    ]
    for one, other in zip(again, said, strict=True):
        assert clean(one.text) == clean(other.text)
        assert [(w.begin_ms, w.end_ms, w.confidence, w.heard) for w in one.words] == [
            (w.begin_ms, w.end_ms, w.confidence, w.heard) for w in other.words
        ]
        for word, before in zip(one.words, other.words, strict=True):
            assert one.text[word.char_begin : word.char_end] == clean(before.text)


@given(said=turns(with_words=False))
@SOME
def test_writing_comes_back_as_the_same_conversation(said: tuple[Turn, ...], tmp_path: Path) -> None:
    texts = ((turn, bounded(turn.text)[0]) for turn in said)
    kept = tuple(replace(turn, text=text, begin_ms=None, end_ms=None, channel=None) for turn, text in texts if text)
    if not kept:
        return
    for channel in (Channel.EMAIL, Channel.NOTE, Channel.CHAT, Channel.SURVEY):
        found = back(material(kept, channel, subject="My bill"), tmp_path)
        assert found.channel is channel
        assert [(turn.role, turn.text) for turn in said_in(found)] == [(turn.role, turn.text) for turn in kept]


@pytest.mark.shared
@given(said=turns(), channel=st.sampled_from(list(Channel)))
@SOME
def test_every_vcon_is_valid(said: tuple[Turn, ...], channel: Channel, shared: Path) -> None:
    schema = json.loads((shared / "vcon" / "vcon_json_schema.json").read_text())
    check = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    made = json.loads(json.dumps(vcon(material(said, channel, agent="Kim", channel_map=(Role.AGENT, Role.CUSTOMER)))))
    assert [fault.message for fault in check.iter_errors(made)] == []


def works(runtime: Runtime, path: Path) -> list[InteractionRecord]:
    """What the product makes of it, worked on to the end."""
    summary = intake.take_in(runtime, "default", path, ReadOptions())
    assert intake.work_until_analysed(runtime, "default", summary, lambda *at: None)
    with runtime.database.tenant("default") as stores:
        return [stores.interactions.get(one) for one in summary.ids]


@pytest.mark.models
def test_an_exported_call_is_taken_in_again_through_the_product(
    runtime: Runtime, tmp_path: Path, model_dir: Path
) -> None:
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        contact = called(stores)
        content = export(stores, stores.interactions.get(contact), "vcon").content
        before = stores.turns.of(contact)
    path = tmp_path / "call.vcon"
    path.write_text(content, encoding="utf-8")
    (record,) = works(runtime, path)
    assert (record.state, record.channel, record.external_id) == (State.ANALYSED, Channel.VOICE, str(contact))
    assert (record.agent, record.language, record.duration_s) == ("Kim", "en", 12.5)
    assert record.channel_map == (Role.CUSTOMER, Role.AGENT)
    assert "transcript_given" in record.flags
    assert record.metrics["talk_s.agent"] > 0
    with runtime.database.tenant("default") as stores:
        after = stores.turns.of(record.id)
        assert export(stores, record, "rttm").content.count("SPEAKER") == len(before)
    assert [(turn.role, turn.text, turn.begin_ms, turn.words, turn.channel) for turn in after] == [
        (turn.role, turn.text, turn.begin_ms, turn.words, turn.channel) for turn in before
    ]


@pytest.mark.models
@pytest.mark.shared
def test_the_working_groups_examples_go_through_the_product(
    runtime: Runtime, shared: Path, tmp_path: Path, model_dir: Path
) -> None:
    written = (
        "ab_call_ext_rec_analysis",
        "ab_call_ext_rec_redacted",
        "ab_email_acct_prob_thread",
        "ab_email_prob_followup_text_thread",
    )
    for name in written:
        (tmp_path / f"{name}.vcon").write_bytes((shared / "vcon" / f"{name}.vcon").read_bytes())
    found = {record.name: record for record in works(runtime, tmp_path)}
    assert {record.state for record in found.values()} == {State.ANALYSED}
    turns_of = {}
    with runtime.database.tenant("default") as stores:
        for name, record in found.items():
            turns_of[name] = [turn.text for turn in stores.turns.of(record.id)]
    assert len(turns_of["ab_call_ext_rec_redacted.vcon"]) == 18
    assert found["ab_call_ext_rec_analysis.vcon"].duration_s == 33.12
    thread = turns_of["ab_email_prob_followup_text_thread.vcon"]
    assert [len(text.splitlines()) for text in thread] == [2, 2, 1]
    assert not any("wrote:" in text for text in thread)


def test_a_recording_joins_what_its_vcon_said(runtime: Runtime, tmp_path: Path) -> None:
    from tests.ingest.audio_samples import tone, wav

    dialog = {"type": "recording", "start": MONDAY.isoformat(), "url": "https://x.example/a.wav", "parties": [0, 1]}
    people = [{"role": "agent", "name": "Kim"}, {"role": "customer", "tel": "+4930222"}]
    container = {"uuid": str(uuid.uuid4()), "parties": people, "dialog": [dialog]}
    first, second = tmp_path / "1", tmp_path / "2"
    for folder in (first, second):
        folder.mkdir()
    (first / "call.vcon").write_text(json.dumps(container))
    (second / "a.wav").write_bytes(wav(tone(0.2, channels=2)))
    waiting = intake.take_in(runtime, "default", first, ReadOptions())
    assert (waiting.waiting, dict(waiting.refused)) == (1, {"vcon.external": 1})
    joined = intake.take_in(runtime, "default", second, ReadOptions())
    assert (joined.accepted, joined.joined) == (1, 1)
    with runtime.database.tenant("default") as stores:
        (record,) = stores.interactions.list(Filter()).items
    assert (record.external_id, record.agent, record.started_at) == (container["uuid"], "Kim", MONDAY)


def test_encrypted_and_empty_containers_are_refused_with_their_codes(tmp_path: Path) -> None:
    (tmp_path / "a.vcon").write_text('{"ciphertext": "x"}')
    (tmp_path / "b.vcon").write_text('{"uuid": "u", "parties": []}')
    assert [one.code for one in read(tmp_path) if isinstance(one, Refusal)] == [
        "vcon.encrypted",
        "vcon.no_conversation",
    ]
