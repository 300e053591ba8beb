"""A call in which a card number is read out, from acceptance to what can be heard of it afterwards."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from data.errors import RecordingNotReady
from data.samples import FORTNIGHT
from data.types import Segment, Stage, State
from ingest.audio import decode, probe
from ingest.mute import PAD_MS
from service import pipeline
from service.api.app import create
from service.api.recordings import playable
from service.reception import receive
from service.runtime import Runtime
from tests.fixtures_database import Emptied
from tests.ingest.audio_samples import wav
from tests.service.conftest import call
from tests.service.recorded import hearing, kept, mute, taken_through
from tests.service.test_api import key

pytestmark = pytest.mark.models
CALL = FORTNIGHT / "calls" / "call-09.ogg"
PART_S = (20.0, 57.2)
"""The part of that call which is heard here."""
READ_OUT_S = (40.75 - PART_S[0], 45.4 - PART_S[0])
"""When the card number is said in it, by the script that the call was made from."""


@pytest.fixture(scope="module", params=["tiny.en", pytest.param("base", marks=pytest.mark.slow)])
def muted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, emptied: Emptied, model_dir: Path
) -> Iterator[tuple[Runtime, uuid.UUID]]:
    home = tmp_path_factory.mktemp("home")
    (home / "call.wav").write_bytes(_part())
    with emptied.one() as url, hearing(home, model_dir, request.param, url) as runtime:
        yield runtime, taken_through(runtime, home / "call.wav")


def _part() -> bytes:
    return wav(decode(CALL, begin_s=PART_S[0], end_s=PART_S[1]).samples.T)


def _stretches(runtime: Runtime, interaction_id: uuid.UUID) -> list[tuple[int, int]]:
    with runtime.database.tenant("default") as stores:
        spans = [one.span for one in stores.turns.redactions(interaction_id)]
    return [(one.begin_ms or 0, one.end_ms or 0) for one in spans]


def test_f40_the_span_of_a_card_number_is_silent_on_both_channels(muted: tuple[Runtime, uuid.UUID]) -> None:
    sound = decode(kept(*muted)).samples
    begin, end = (round(16_000 * second) for second in READ_OUT_S)
    assert sound.shape[0] == 2
    assert not sound[:, begin:end].any()
    for first, last in _stretches(*muted):
        assert not sound[:, 16 * max(0, first - PAD_MS) : 16 * (last + PAD_MS)].any()


def test_what_is_kept_is_the_call_but_for_what_is_silent_in_it(muted: tuple[Runtime, uuid.UUID]) -> None:
    after, before = decode(kept(*muted)).samples, decode(_part()).samples
    assert after.shape == before.shape
    assert probe(kept(*muted)).duration_s == pytest.approx(probe(_part()).duration_s, abs=0.01)
    silent = (after == 0).all(axis=0)
    assert np.abs(after[:, ~silent] - np.clip(before[:, ~silent], -1, 1)).max() <= 2 / 32_768
    assert 0.05 < silent.mean() < 0.35


def test_heard_again_the_number_is_gone_and_the_rest_is_there(muted: tuple[Runtime, uuid.UUID]) -> None:
    runtime, interaction_id = muted
    before, after = _words(_heard(runtime, _part())), _words(_heard(runtime, kept(runtime, interaction_id)))
    spans = _stretches(runtime, interaction_id)
    inside = " ".join(text for at, text in after if any(first < at < last for first, last in spans))
    assert not re.search(r"\d", inside)
    far = [text for at, text in before if all(abs(at - edge) > 1500 for span in spans for edge in span)]
    heard = {text for _, text in after}
    assert sum(text in heard for text in far) > 0.95 * len([text for text in far if not text.isdecimal()]) > 50


def _heard(runtime: Runtime, content: bytes) -> list[Segment]:
    from asr import transcribe
    from service.hearing import transcriber

    ears = transcriber(runtime.models.transcriber(), "cpu", "int8", 2)
    return list(transcribe(ears, decode(content).samples, language="en"))


def _words(segments: list[Segment]) -> list[tuple[float, str]]:
    words = [word for segment in segments for word in segment.words]
    return [((word.begin_ms + word.end_ms) / 2, re.sub(r"\W", "", word.text.lower())) for word in words]


def test_it_is_played_as_flac_whole_and_in_ranges(muted: tuple[Runtime, uuid.UUID]) -> None:
    runtime, interaction_id = muted
    content, client = kept(runtime, interaction_id), TestClient(create(runtime))
    address, headers = f"/v1/interactions/{interaction_id}/audio", key(runtime)
    whole = client.get(address, headers=headers)
    assert (whole.status_code, whole.headers["content-type"], whole.content) == (200, "audio/flac", content)
    part = client.get(address, headers=headers | {"Range": "bytes=70000-140000"})
    assert (part.status_code, part.content) == (206, content[70_000:140_001])
    assert part.headers["content-range"] == f"bytes 70000-140000/{len(content)}"
    assert client.get(address, headers=headers | {"Range": f"bytes={len(content)}-"}).status_code == 416
    with runtime.database.tenant("default") as stores:
        assert [entry.action for entry in stores.audit.list()] == ["audio.read"]


def test_nothing_is_played_before_it_is_muted(runtime: Runtime) -> None:
    [interaction_id] = receive(runtime, "default", [call(CALL.read_bytes())]).ids
    with runtime.database.tenant("default") as stores, pytest.raises(RecordingNotReady):
        playable(stores, stores.interactions.get(interaction_id))
    with runtime.database.tenant("default") as stores:
        stores.interactions.set_state(interaction_id, State.ANALYSED)
        pipeline.owe(stores, runtime.settings, Stage.MUTE, [(interaction_id, "analysed")])
    with runtime.database.tenant("default") as stores, pytest.raises(RecordingNotReady):
        playable(stores, stores.interactions.get(interaction_id))


def test_a_recording_that_cannot_be_muted_is_not_kept_and_says_why(runtime: Runtime) -> None:
    [interaction_id] = receive(runtime, "default", [call(b"RIFF\x00\x01\x02\x03WAVEfmt \x02")]).ids
    client = TestClient(create(runtime))
    address, headers = f"/v1/interactions/{interaction_id}/audio", key(runtime)
    mute(runtime, interaction_id)
    with runtime.database.tenant("default") as stores:
        record = stores.interactions.get(interaction_id)
        assert stores.inbox.of(interaction_id) == ()
    assert record.state is State.ANALYSED
    assert [(one.feature, one.reason_code) for one in record.skipped] == [("recording", "audio.unreadable")]
    refused = client.get(address, headers=headers)
    assert refused.status_code == 404
    assert refused.json()["error"]["code"] == "recording.withheld"
    assert "audio.unreadable" in refused.json()["error"]["message"]
