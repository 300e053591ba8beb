from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from data.types import Channel, CustomerRef, Delivery, Refusal, Role
from ingest import read
from ingest.documents import open_document
from tests.ingest.audio_samples import tone, wav

AGENT = {"name": "Kim", "role": "agent", "tel": "+4930111"}
CUSTOMER = {"name": "Jo", "role": "customer", "tel": "tel:+4930222", "mailto": "mailto:Jo@Example.com"}
START = "2026-10-05T14:30:00+02:00"


def body(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def recording(channels: int = 2, **more: object) -> dict[str, object]:
    sound = body(wav(tone(0.2, channels=channels)))
    return {"type": "recording", "start": START, "parties": [0, 1], "encoding": "base64url", "body": sound} | more


def vcon(folder: Path, *dialogs: object, **more: object) -> list[Delivery | Refusal]:
    path = folder / "talk.vcon"
    content = {"uuid": "u-1", "created_at": START, "parties": [AGENT, CUSTOMER], "dialog": list(dialogs)} | more
    path.write_text(json.dumps(content))
    return list(read(path))  # type: ignore[arg-type]


def only(found: list[Delivery | Refusal]) -> Delivery:
    (one,) = found
    assert isinstance(one, Delivery), one
    return one


def codes(found: list[Delivery | Refusal]) -> list[str]:
    return [one.code for one in found if isinstance(one, Refusal)]


def test_a_recording_comes_with_its_channel_map_and_people(tmp_path: Path) -> None:
    found = only(vcon(tmp_path, recording()))
    assert found.channel is Channel.VOICE
    assert found.media_type == "audio/wav"
    assert found.metadata.channel_map == (Role.AGENT, Role.CUSTOMER)
    assert found.metadata.external_id == "u-1"
    assert found.metadata.agent == "Kim"
    assert found.metadata.customers == (CustomerRef.parse("phone:+4930222"), CustomerRef.parse("email:jo@example.com"))
    assert found.metadata.started_at is not None


def test_the_map_follows_the_order_of_the_dialog(tmp_path: Path) -> None:
    found = only(vcon(tmp_path, recording(parties=[1, [0]])))
    assert found.metadata.channel_map == (Role.CUSTOMER, Role.AGENT)


def test_a_mix_of_two_parties_has_no_map(tmp_path: Path) -> None:
    assert only(vcon(tmp_path, recording(channels=1))).metadata.channel_map is None
    assert only(vcon(tmp_path, recording(channels=1, parties=[[0, 1]]))).metadata.channel_map is None


def test_roles_that_are_not_given_are_not_guessed(tmp_path: Path) -> None:
    found = only(vcon(tmp_path, recording(), parties=[{"tel": "+1"}, {"tel": "+2"}]))
    assert found.metadata.channel_map is None
    assert found.metadata.customers == ()


def test_texts_are_the_turns_of_one_conversation(tmp_path: Path) -> None:
    texts = [
        {"type": "text", "start": START, "parties": [1, 0], "encoding": "none", "body": "My card is lost"},
        {
            "type": "text",
            "start": START,
            "parties": [0, 1],
            "mimetype": "text/html",
            "body": "<p>We send a <b>new</b> one</p>",
        },
        {"type": "text", "start": START, "parties": 1, "encoding": "json", "body": '"Thanks"'},
        {"type": "text", "start": START, "originator": 1, "encoding": "json", "body": {"text": "Bye"}},
        {"type": "text", "start": START, "parties": [0], "encoding": "base64url", "body": body(b"Goodbye")},
    ]
    found = only(vcon(tmp_path, *texts, subject="Card"))
    assert found.channel is Channel.CHAT
    document = open_document(found.media_type, found.payload)  # type: ignore[arg-type]
    assert document.subject == "Card"
    assert [(turn.role.value, " ".join(turn.text.split())) for turn in document.turns] == [
        ("customer", "My card is lost"),
        ("agent", "We send a new one"),
        ("customer", "Thanks"),
        ("customer", "Bye"),
        ("agent", "Goodbye"),
    ]


def test_several_recordings_are_several_calls(tmp_path: Path) -> None:
    found = vcon(tmp_path, recording(), {"type": "transfer"}, recording(channels=1))
    assert [one.name for one in found] == ["talk.vcon#0", "talk.vcon#2"]
    assert [one.metadata.external_id for one in found if isinstance(one, Delivery)] == ["u-1#0", "u-1#2"]


def test_one_bad_dialog_leaves_the_others(tmp_path: Path) -> None:
    found = vcon(tmp_path, recording(body="%%%"), recording(), recording(body=body(b"%PDF-1.4")))
    assert [type(one).__name__ for one in found] == ["Refusal", "Delivery", "Refusal"]


def test_nothing_is_fetched(tmp_path: Path) -> None:
    assert codes(vcon(tmp_path, {"type": "recording", "start": START, "url": "https://127.0.0.1/x"})) == [
        "vcon.external"
    ]


@pytest.mark.parametrize("key", ["critical", "must_support"])
def test_a_container_that_needs_an_unknown_extension_is_refused(tmp_path: Path, key: str) -> None:
    assert codes(vcon(tmp_path, recording(), **{key: ["quantum"]})) == ["vcon.invalid"]
    assert codes(vcon(tmp_path, recording(), **{key: ["CC"]})) == []


def test_a_signed_container_is_read(tmp_path: Path) -> None:
    inner = json.dumps({"uuid": "u", "parties": [AGENT, CUSTOMER], "dialog": [recording()]}).encode()
    path = tmp_path / "signed.vcon"
    path.write_text(json.dumps({"payload": body(inner), "signatures": [{}]}))
    assert only(list(read(path))).metadata.external_id == "u"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "{}",
        '{"vcon": "0.4.0"}',
        '{"ciphertext": "x", "recipients": []}',
        '{"parties": {}, "dialog": []}',
        '{"parties": [1], "dialog": [1]}',
        '{"parties": [{"name": {}}], "dialog": [{"type": "text", "body": "x"}]}',
        '{"signatures": [], "payload": 7}',
        '{"signatures": [], "payload": "W10"}',
        '{"a":' * 100_000,
    ],
)
def test_what_is_no_container_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "odd.vcon"
    path.write_text(content)
    assert codes(list(read(path))) == ["vcon.invalid"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "dialog",
    [
        {"type": "text", "parties": ["x"], "body": 7},
        {"type": "text", "start": "noon", "body": "hi"},
        {"type": "text", "encoding": "json", "body": [1]},
        {"type": "recording", "body": 7},
        {"type": "recording", "encoding": "json", "body": "UklGRg"},
    ],
)
def test_a_dialog_that_cannot_be_read_is_refused(tmp_path: Path, dialog: dict[str, Any]) -> None:
    assert codes(vcon(tmp_path, dialog)) != []
