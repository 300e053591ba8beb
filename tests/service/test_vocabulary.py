"""The vocabulary by command line and over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from asr.vocabulary import VOCABULARY
from data import codec
from data.types import Provenance, VocabularyEntry, Word
from service.api.app import create
from service.hearing import HearingOrder, Window, hear
from service.runtime import Runtime
from tests.data.conversations import talk
from tests.service.test_api import code, key
from tests.service.test_cli import Run, run

__all__ = ["run"]

CALL = Path(__file__).parents[2] / "data" / "samples" / "fortnight" / "calls" / "call-03.ogg"
ADDRESS = "/v1/vocabulary"
ENTRY = {"phrase": "Reasonance", "kind": "product", "spoken": ["reason ants"], "language": None}


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(create(runtime), raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


def test_names_go_in_come_out_and_go_away_over_http(client: TestClient, runtime: Runtime) -> None:
    headers = key(runtime)
    stored = client.post(ADDRESS, json={"entries": [ENTRY, {"phrase": "Kibrex"}]}, headers=headers)
    assert stored.json() == {"new": 2, "changed": 0, "repeated": 0}
    listed = client.get(ADDRESS, headers=key(runtime, role="analyst")).json()["entries"]
    assert [entry["phrase"] for entry in listed] == ["Kibrex", "Reasonance"]
    assert listed[1] == ENTRY
    gone = client.delete(ADDRESS, params={"phrase": ["Kibrex", "nothing"]}, headers=headers)
    assert gone.json() == {"removed": 1}


def test_f37_another_tenants_key_sees_no_names_and_an_analyst_changes_none(
    client: TestClient, runtime: Runtime
) -> None:
    client.post(ADDRESS, json={"entries": [ENTRY]}, headers=key(runtime))
    other = key(runtime, tenant="other")
    assert client.get(ADDRESS, headers=other).json() == {"entries": []}
    assert client.delete(ADDRESS, params={"phrase": "Reasonance"}, headers=other).json() == {"removed": 0}
    refused = client.post(ADDRESS, json={"entries": [ENTRY]}, headers=key(runtime, role="analyst"))
    assert code(refused) == "access.forbidden"


def test_what_is_no_name_is_refused_with_its_code(client: TestClient, runtime: Runtime) -> None:
    refused = client.post(ADDRESS, json={"entries": [{"phrase": "123"}]}, headers=key(runtime))
    assert code(refused) == "vocabulary.invalid"


def test_names_by_command_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    file.write_text("phrase,kind\nKibrex,product\n42,product\n")
    assert json.loads(run("vocabulary", "add", "Reasonance", "--spoken", "reason ants", "--json")[1])["new"] == 1
    exit_code, shown, told = run("vocabulary", "import", str(file), "--json")
    assert (exit_code, json.loads(shown)["new"]) == (0, 1)
    assert told.startswith("vocabulary.invalid: row 2:")
    assert [one["phrase"] for one in json.loads(run("vocabulary", "list", "--json")[1])] == ["Kibrex", "Reasonance"]
    assert json.loads(run("vocabulary", "remove", "Kibrex", "--json")[1]) == {"removed": 1}
    assert run("vocabulary", "add", "a", "b", "--spoken", "c")[0] == 2


@pytest.mark.models
def test_a_name_is_put_right_on_the_way_from_sound_to_words(model_dir: Path) -> None:
    """The small model hears "Tidal" or "Tidwell" in this call."""
    order = HearingOrder(
        model=str(model_dir / "tiny.en"),
        device="cpu",
        compute_type="int8",
        threads=2,
        language="en",
        channel_map=None,
        window_s=1800,
        audio_max_s=3600,
        vocabulary=(VocabularyEntry(phrase="Tidewell", kind="name"),),
    )
    (window,) = [one for one in hear(CALL.read_bytes(), order) if isinstance(one, Window)]
    (segment,) = [one for one in window.segments if VOCABULARY in one.flags]
    (word,) = [one for one in segment.words if one.heard is not None]
    assert word.text == "Tidewell"
    assert word.heard in ("Tidal", "Tidwell")
    assert segment.text.startswith("Tidewell billing")


def test_what_was_heard_is_stored_beside_the_name() -> None:
    word = Word(text="Tidewell", begin_ms=0, end_ms=9, confidence=0.5, char_begin=0, char_end=8, heard="Tidwell")
    plain = replace(word, heard=None)
    stored = codec.words([word, plain])
    assert [codec.word(one) for one in stored] == [word, plain]
    assert len(stored[1]) == 6


def test_the_page_of_a_contact_says_which_model_made_its_transcript(client: TestClient, runtime: Runtime) -> None:
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        interaction = talk(stores, "hello")
        made = Provenance(component="asr.whisper", version="1.2.1", model="tiny.en")
        stores.interactions.save_transcript_meta(interaction, duration_s=1.0, language="en", provenance=made)
    shown = client.get(f"/interactions/{interaction}", headers=key(runtime)).text
    assert "Transcribed by tiny.en (asr.whisper 1.2.1)" in shown
