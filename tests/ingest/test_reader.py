from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

import pytest

from data.types import Channel, CustomerRef, Delivery, Metadata, Refusal, Role, Sidecar
from ingest import ReadOptions, read, read_bytes
from tests.ingest.audio_samples import tone, wav

SOUND = wav(tone(0.2, channels=2))
MAIL = b"From: jo@example.com\r\nSubject: Hi\r\nDate: Mon, 05 Oct 2026 14:30:00 +0200\r\n\r\nWhere is my parcel?"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "b.wav").write_bytes(SOUND)
    (tmp_path / "a.eml").write_bytes(MAIL)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "note.txt").write_text("Customer called about a refund.")
    return tmp_path


def names(found: list[object]) -> list[str]:
    return [one.name for one in found if isinstance(one, Delivery | Refusal)]


def codes(found: list[object]) -> dict[str, str]:
    return {one.name: one.code for one in found if isinstance(one, Refusal)}


def test_a_folder_is_read_by_name_and_to_its_depth(inbox: Path) -> None:
    found = list(read(inbox))
    assert names(found) == ["a.eml", "b.wav", "more/note.txt"]
    assert [one.channel for one in found if isinstance(one, Delivery)] == [Channel.EMAIL, Channel.VOICE, Channel.NOTE]
    assert all(isinstance(one, Delivery) and not one.joined for one in found)


def test_options_fill_in_what_the_content_does_not_say(inbox: Path) -> None:
    options = ReadOptions(
        metadata=Metadata(queue="billing", customers=(CustomerRef.parse("crm:1"),)), channel=Channel.WEB
    )
    mail, call, _ = read(inbox, options)
    assert isinstance(mail, Delivery)
    assert isinstance(call, Delivery)
    assert mail.metadata.queue == "billing"
    assert mail.metadata.customers == (CustomerRef.parse("email:jo@example.com"),)
    assert mail.channel is Channel.WEB
    assert call.metadata.customers == (CustomerRef.parse("crm:1"),)
    assert call.channel is Channel.VOICE


@pytest.mark.parametrize("sidecar", ["b.json", "b.wav.json"])
def test_f34_a_side_car_in_json_is_joined(inbox: Path, sidecar: str) -> None:
    (inbox / sidecar).write_text(json.dumps({"callId": "x-1", "queue": "claims", "channelMap": ["customer", "agent"]}))
    found = [one for one in read(inbox) if isinstance(one, Delivery)]
    (call,) = (one for one in found if one.name == "b.wav")
    assert call.joined
    assert call.metadata.external_id == "x-1"
    assert call.metadata.channel_map == (Role.CUSTOMER, Role.AGENT)
    assert len(found) == 3
    (alone,) = read(inbox / "b.wav")
    assert alone == Delivery(
        name="b.wav",
        channel=Channel.VOICE,
        media_type="audio/wav",
        payload=inbox / "b.wav",
        metadata=call.metadata,
        joined=True,
    )


def test_f34_a_side_car_table_is_joined_by_its_file_column(inbox: Path) -> None:
    (inbox / "metadata.csv").write_text("File,Queue,CSAT\nb.wav,claims,5\na.eml,mail,9\n,x,1\nlater.wav,vip,\n")
    found = list(read(inbox))
    assert {one.name: one.metadata.queue for one in found if isinstance(one, Delivery)}["b.wav"] == "claims"
    assert [one.row for one in found if isinstance(one, Refusal)] == [2, 3]
    assert [one.key for one in found if isinstance(one, Sidecar)] == ["later.wav"]
    (alone,) = read(inbox / "b.wav")
    assert isinstance(alone, Delivery)
    assert alone.metadata.csat == 5


def test_f34_a_side_car_without_its_file_waits_under_its_key(tmp_path: Path) -> None:
    (tmp_path / "late.json").write_text('{"agent": "Kim"}')
    (tmp_path / "known.json").write_text('{"external_id": "x-9", "agent": "Kim"}')
    found = list(read(tmp_path))
    assert [one.key for one in found if isinstance(one, Sidecar)] == ["x-9", "late"]
    assert list(read(tmp_path / "late.json")) == [Sidecar(key="late", metadata=Metadata(agent="Kim"))]


def test_a_side_car_that_cannot_be_read_is_refused_and_its_file_taken(inbox: Path) -> None:
    (inbox / "b.json").write_text('{"csat": 99}')
    (inbox / "a.json").write_text("{oops")
    (inbox / "more" / "note.json").write_text('{"nothing": "known"}')
    found = list(read(inbox))
    assert set(codes(found)) == {"a.json", "b.json", "more/note.json"}
    assert {"a.eml", "b.wav", "more/note.txt"} <= set(names(found))


def test_f35_links_pipes_and_hidden_files_are_not_followed(
    inbox: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.txt").write_text("secret")
    (inbox / "link.txt").symlink_to(outside / "secret.txt")
    (inbox / "folder").symlink_to(outside)
    os.mkfifo(inbox / "pipe.wav")
    (inbox / ".hidden.txt").write_text("hidden")
    found = list(read(inbox))
    assert codes(found) == dict.fromkeys(("folder", "link.txt", "pipe.wav"), "input.unreadable")
    assert len(found) == 6


def test_f35_odd_names_are_made_readable(tmp_path: Path) -> None:
    for name in (unicodedata.normalize("NFD", "Zürich.txt"), "two\nlines.txt", "turned\u202etxt.txt"):
        (tmp_path / name).write_text("words")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt")).write_text("words")
    assert sorted(names(list(read(tmp_path)))) == sorted(
        ["Zürich.txt", "two lines.txt", "turnedtxt.txt", "bad\ufffd.txt"]
    )


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert codes(list(read(tmp_path / "absent.wav"))) == {"absent.wav": "input.unreadable"}


def test_one_bad_file_does_not_stop_the_rest(inbox: Path) -> None:
    (inbox / "a.pdf.wav").write_bytes(b"%PDF-1.7")
    (inbox / "b0.wav").write_bytes(b"")
    (inbox / "c.txt").write_text(" \n ")
    found = list(read(inbox))
    assert codes(found) == {"a.pdf.wav": "input.type_refused", "b0.wav": "audio.empty", "c.txt": "text.empty"}
    assert len(found) == 6


def test_a_file_over_the_limit_is_refused(inbox: Path) -> None:
    found = list(read(inbox / "b.wav", ReadOptions(max_bytes=100)))
    assert codes(found) == {"b.wav": "input.too_large"}


def test_f22_a_recording_over_the_limit_is_refused(inbox: Path) -> None:
    assert codes(list(read(inbox / "b.wav", ReadOptions(audio_max_s=0.1)))) == {"b.wav": "audio.too_long"}


def test_f23_a_map_that_does_not_fit_is_refused(inbox: Path) -> None:
    options = ReadOptions(metadata=Metadata(channel_map=(Role.AGENT,)))
    assert codes(list(read(inbox / "b.wav", options))) == {"b.wav": "audio.channel_map_invalid"}


def test_a_name_pattern_is_read_and_a_wrong_name_refused(tmp_path: Path) -> None:
    (tmp_path / "17_Kim.wav").write_bytes(SOUND)
    (tmp_path / "odd.wav").write_bytes(SOUND)
    good, odd = read(tmp_path, ReadOptions(name_pattern="{external_id}_{agent}"))
    assert isinstance(good, Delivery)
    assert (good.metadata.external_id, good.metadata.agent) == ("17", "Kim")
    assert isinstance(odd, Refusal)
    assert odd.code == "input.metadata_invalid"


def test_a_side_car_goes_before_the_name_and_the_name_before_the_options(tmp_path: Path) -> None:
    (tmp_path / "17_Kim.wav").write_bytes(SOUND)
    (tmp_path / "17_Kim.json").write_text('{"agent": "Lee"}')
    options = ReadOptions(
        name_pattern="{external_id}_{agent}", metadata=Metadata(external_id="0", agent="Max", queue="q")
    )
    (found,) = read(tmp_path, options)
    assert isinstance(found, Delivery)
    assert (found.metadata.external_id, found.metadata.agent, found.metadata.queue) == ("17", "Lee", "q")


def test_a_written_contact_is_no_call(inbox: Path) -> None:
    found = list(read(inbox / "a.eml", ReadOptions(channel=Channel.VOICE)))
    assert codes(found) == {"a.eml": "input.metadata_invalid"}


def test_an_upload_is_named_by_its_client_and_read_where_it_lies(inbox: Path) -> None:
    (found,) = read_bytes("..\\..\\etc/call.wav", inbox / "b.wav")
    assert isinstance(found, Delivery)
    assert found.name == "call.wav"
    assert found.payload == inbox / "b.wav"


def test_reading_twice_gives_the_same(inbox: Path) -> None:
    assert list(read(inbox)) == list(read(inbox))
