"""What a recogniser wrote where nobody spoke is kept, redacted and apart: seen by people, and by nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import numpy as np
import pytest
from starlette.testclient import TestClient

from asr import assemble, levels
from asr.speech import SAMPLE_RATE
from data.stages import Claim, RunKey
from data.types import Channel, Delivery, Provenance, Role, Segment, Stage, State, Word
from nlp.query import parse
from service.api.app import create
from service.exports import export
from service.reception import receive
from service.runtime import Runtime
from service.stages import annotate
from service.stages.transcribe import Heard, save, transcript_json
from service.stages.work import Owed

PROVENANCE = Provenance(component="test", version="1")


def segment(text: str, begin_ms: int, role: Role, *, suspect: bool = False) -> Segment:
    """Each word takes half a second."""
    words, place = [], 0
    for number, word in enumerate(text.split()):
        at = begin_ms + 500 * number
        where = {"char_begin": place, "char_end": place + len(word)}
        words.append(Word(text=word, begin_ms=at, end_ms=at + 500, confidence=0.9, **where))
        place += len(word) + 1
    return Segment(
        text=text,
        begin_ms=begin_ms,
        end_ms=words[-1].end_ms,
        channel=0 if role is Role.AGENT else 1,
        role=role,
        confidence=0.9,
        words=tuple(words),
        language="en",
        trust=0.12 if suspect else 0.97,
        flags=("maybe_no_speech", "suspect") if suspect else (),
    )


@pytest.fixture
def call(runtime: Runtime) -> uuid.UUID:
    """A call of two sentences in whose hold music two more were written, one with a telephone number."""
    sent = Delivery(name="call.wav", channel=Channel.VOICE, media_type="audio/x-wav", payload=b"RIFF\0\0\0\0WAVEfmt ")
    [contact] = receive(runtime, "default", [sent]).ids
    transcript = assemble(
        [
            segment("Hello how can I help", 0, Role.AGENT),
            segment("My card was stolen", 4000, Role.CUSTOMER),
            segment("Thanks for watching", 20_000, Role.AGENT, suspect=True),
            segment("Call me on +1 212 555 0134 please", 30_000, Role.CUSTOMER, suspect=True),
        ],
        duration_s=40,
        provenance=PROVENANCE,
        levels=levels(np.full((2, 40 * SAMPLE_RATE), 0.1, dtype=np.float32)),
    )
    item = runtime.inbox.write("default", "transcript", transcript_json(transcript)).item
    with runtime.database.tenant("default") as stores:
        key = RunKey(interaction_id=contact, stage=Stage.ANNOTATE, input_hash="i", params_hash="p")
        owed = Owed(claim=Claim(key=key, token=1, attempt=1), record=stores.interactions.get(contact))
        save(runtime, stores, [(owed, Heard(item=item, transcript=transcript))])
    [outcome] = annotate.compute(runtime, "default", [owed], lambda: True)
    assert outcome.error is None
    with runtime.database.tenant("default") as stores:
        annotate.save(runtime, stores, [(owed, outcome.value)])
        stores.interactions.set_state(contact, State.ANALYSED)
    return contact


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(create(runtime)) as opened:
        with runtime.database.tenant("default") as stores:
            stores.tenants.ensure()
            secret = stores.access.create_key("test", "analyst").secret
        opened.headers["Authorization"] = f"Bearer {secret}"
        yield opened


def test_what_is_suspect_reaches_no_turn_no_search_and_no_measure(runtime: Runtime, call: uuid.UUID) -> None:
    with runtime.database.tenant("default") as stores:
        turns, record = stores.turns.of(call), stores.interactions.get(call)
        found = stores.search.run(parse("watching"), limit=5)
    assert [turn.text for turn in turns] == ["Hello how can I help", "My card was stolen"]
    assert found.total == 0
    assert record.metrics["talk_s.agent"] == 2.5
    assert record.word_count == 9
    assert "set_aside" in record.flags


def test_what_is_suspect_is_kept_redacted(runtime: Runtime, call: uuid.UUID) -> None:
    with runtime.database.tenant("default") as stores:
        thanks, number = stores.turns.set_aside(call)
        masked = stores.turns.redactions(call)
    assert (thanks.text, thanks.trust, thanks.flags) == ("Thanks for watching", 0.12, ("maybe_no_speech",))
    assert "0134" not in number.text
    assert [(one.span.turn, one.token in number.text) for one in masked] == [(number.position, True)]
    assert (masked[0].span.begin_ms or 0) >= 30_000


def test_people_see_that_something_was_set_aside(runtime: Runtime, client: TestClient, call: uuid.UUID) -> None:
    answer = client.get(f"/v1/interactions/{call}").json()
    assert [passage["begin_ms"] for passage in answer["set_aside"]] == [20_000, 30_000]
    assert "set_aside" in answer["flags"]
    with runtime.database.tenant("default") as stores:
        record = stores.interactions.get(call)
        assert "2 set aside as doubtful" in export(stores, record, "txt").content
        assert '"trust"' in export(stores, record, "json").content
        assert "watching" not in export(stores, record, "srt").content


def test_loudness_is_that_of_each_role_while_it_speaks(client: TestClient, call: uuid.UUID) -> None:
    found = client.get(f"/v1/interactions/{call}/loudness").json()["dbfs"]
    assert found["agent"][:4] == [-20, -20, -20, None]
    assert found["customer"][3:7] == [None, -20, -20, None]
    assert len(found["agent"]) == 40
    assert set(found["agent"][20:]) == {None}
