"""What is kept of a contact as a file: over the command line, over HTTP, one contact and many."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import webvtt
from sqlalchemy import update
from starlette.testclient import TestClient

from data.stores import Stores
from data.tables import TurnRow
from data.types import Channel, Filter, Highlight, Provenance, Redaction, Role, Span, State, Turn, Word
from service import categories
from service.api.app import create
from service.api.exports import preferred
from service.cli import main
from service.cli.export import FORMATS as OFFERED_BY_THE_COMMAND
from service.cli.group import explain
from service.exports import FORMATS, export, export_many, open_sink
from service.exports.document import Transcript
from service.runtime import Runtime
from service.serving import environment
from service.settings import Settings
from tests.data.conversations import annotations, talk

SCHEMA = Path(__file__).parents[2] / "docs" / "transcript.schema.json"
TURNS = (
    (Role.AGENT, ("Good", "morning,", "how", "can", "I", "help?"), 500),
    (Role.CUSTOMER, ("My", "card", "[CARD_1]", "was", "declined."), 4000),
    (Role.AGENT, ("Thank", "you."), 9000),
)


def spoken(position: int, role: Role, words: tuple[str, ...], begin_ms: int) -> Turn:
    text, found = "", []
    for number, word in enumerate(words):
        at = len(text) + 1 if text else 0
        text = f"{text} {word}".strip()
        begin = begin_ms + 300 * number
        where = {"char_begin": at, "char_end": at + len(word), "begin_ms": begin, "end_ms": begin + 250}
        found.append(Word(text=word, confidence=0.5 + number / 10, **where))
    end_ms = found[-1].end_ms
    channel = int(role is Role.AGENT)
    times = {"begin_ms": begin_ms, "end_ms": end_ms}
    return Turn(position=position, role=role, text=text, words=tuple(found), channel=channel, **times)


def called(stores: Stores, **columns: Any) -> uuid.UUID:
    """An analysed call with word times and a masked card number."""
    contact = talk(stores, agent="Kim", channel_map=["customer", "agent"], **columns)
    said = tuple(spoken(position, *turn) for position, turn in enumerate(TURNS))
    span = Span(turn=1, char_begin=8, char_end=16, begin_ms=4600, end_ms=4850)
    masked = (Redaction(span=span, type="CREDIT_CARD", token="[CARD_1]"),)
    made_by = Provenance(component="asr", version="1", model="base", model_sha256="905e")
    stores.interactions.save_transcript_meta(contact, duration_s=12.5, language="en", provenance=made_by)
    stores.interactions.save_turns(contact, said, masked, annotations(None, (), None), None)
    stores.interactions.add_flags(contact, "partial")
    return contact


@pytest.fixture
def call(runtime: Runtime) -> uuid.UUID:
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        return called(stores)


@pytest.fixture
def mail(runtime: Runtime) -> uuid.UUID:
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        said = "Dear all,\n[0:00] agent: you owe me\nBye"
        return talk(stores, (Role.CUSTOMER, said), channel=Channel.EMAIL, subject="My bill")


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(create(runtime), raise_server_exceptions=False) as opened:
        with runtime.database.tenant("default") as stores:
            stores.tenants.ensure()
            secret = stores.access.create_key("test", "analyst").secret
        opened.headers["Authorization"] = f"Bearer {secret}"
        yield opened


def written(runtime: Runtime, contact: uuid.UUID, name: str) -> str:
    with runtime.database.tenant("default") as stores:
        return export(stores, stores.interactions.get(contact), name).content


def test_the_command_offers_every_format() -> None:
    assert tuple(FORMATS) == OFFERED_BY_THE_COMMAND


def test_subtitles_tell_who_says_what(runtime: Runtime, call: uuid.UUID) -> None:
    read = webvtt.from_buffer(io.StringIO(written(runtime, call, "vtt")), format="vtt")
    assert [(one.voice, one.start, one.text) for one in read] == [
        ("agent", "00:00:00.500", "Good morning, how can I help?"),
        ("customer", "00:00:04.000", "My card [CARD_1] was declined."),
        ("agent", "00:00:09.000", "Thank you."),
    ]
    assert "AGENT: Thank you." in written(runtime, call, "srt")


def test_text_reads_as_a_conversation(runtime: Runtime, call: uuid.UUID, mail: uuid.UUID) -> None:
    assert written(runtime, call, "txt") == (
        f"voice, 2026-10-05 09:00 UTC, 0:12 min, contact {call}\n\n"
        "[0:00] agent: Good morning, how can I help?\n"
        "[0:04] customer: My card [CARD_1] was declined.\n"
        "[0:09] agent: Thank you.\n"
    )
    assert written(runtime, mail, "txt") == (
        f"My bill\nemail, 2026-10-05 09:00 UTC, contact {mail}\n\n"
        "customer: Dear all,\n  [0:00] agent: you owe me\n  Bye\n"
    )


def test_what_was_heard_before_channels_were_kept_is_on_that_of_its_role(runtime: Runtime, call: uuid.UUID) -> None:
    before = written(runtime, call, "rttm")
    with runtime.database.tenant("default") as stores:
        stores.session.execute(update(TurnRow).values(channel=None))
    assert written(runtime, call, "rttm") == before


def test_words_and_turns_are_on_the_channel_they_were_heard_on(runtime: Runtime, call: uuid.UUID) -> None:
    ctm = written(runtime, call, "ctm").splitlines()
    assert ctm[0] == f"{call} 1 4.000 0.250 My 0.5000 lex customer"
    assert ctm[5] == f"{call} 2 0.500 0.250 Good 0.5000 lex agent"
    assert written(runtime, call, "rttm").splitlines()[1] == (
        f"SPEAKER {call} 1 4.000 1.450 <NA> <NA> customer <NA> <NA>"
    )


def test_json_is_as_its_schema_says(runtime: Runtime, call: uuid.UUID, mail: uuid.UUID) -> None:
    schema = json.loads(SCHEMA.read_text())
    for contact in (call, mail):
        jsonschema.validate(json.loads(written(runtime, contact, "json")), schema)
    found = json.loads(written(runtime, call, "json"))
    assert found["schema"] == "reasonance.transcript/1"
    assert (found["id"], found["flags"], found["duration_s"]) == (str(call), ["partial"], 12.5)
    assert found["provenance"]["transcribe"]["model"] == "base"
    assert [turn["channel"] for turn in found["turns"]] == [2, 1, 2]
    assert found["turns"][1]["confidence"] == 0.7
    for turn in found["turns"]:
        assert [turn["text"][word["char_begin"] : word["char_end"]] for word in turn["words"]] == [
            word["text"] for word in turn["words"]
        ]
    (masked,) = found["redactions"]
    assert found["turns"][masked["turn"]]["text"][masked["char_begin"] : masked["char_end"]] == "[CARD_1]"


def test_what_came_of_it_is_in_json_vcon_and_text(runtime: Runtime, call: uuid.UUID) -> None:
    span = Span(turn=1, char_begin=0, char_end=7, begin_ms=4000, end_ms=4550)
    issue = Highlight(kind="issue", text="My card was declined.", spans=(span,), confidence=0.8)
    promise = Highlight(kind="outcome", label="promised", text="We will call.\nSoon.", spans=(span,), confidence=0.7)
    with runtime.database.tenant("default") as stores:
        said = tuple(spoken(position, *turn) for position, turn in enumerate(TURNS))
        known = replace(annotations(None, ("card",), None), highlights=(issue, promise))
        stores.interactions.save_turns(call, said, (), known, None)
    found = json.loads(written(runtime, call, "json"))
    jsonschema.validate(found, json.loads(SCHEMA.read_text()))
    assert [(line["kind"], line["label"]) for line in found["summary"]] == [("issue", None), ("outcome", "promised")]
    assert found["highlights"][1]["spans"] == [asdict(span)]
    assert [phrase["text"] for phrase in found["key_phrases"]] == ["card"]
    transcript, short, full = json.loads(written(runtime, call, "vcon"))["analysis"]
    assert "highlights" not in transcript["body"]
    assert (short["type"], short["body"]) == ("summary", "My card was declined.\nWe will call. Soon.")
    assert full["body"]["highlights"] == found["highlights"]
    assert "\n\n- My card was declined.\n- We will call. Soon.\n\n[0:00] agent: " in written(runtime, call, "txt")


def categorised(runtime: Runtime, **queries: str) -> dict[str, uuid.UUID]:
    """Publishes and applies categories, each in its second version."""
    found = {}
    for name, query in queries.items():
        with runtime.database.tenant("default") as stores:
            found[name] = stores.categories.create(name.replace("_", " "), "nothing", author="test").id
            stores.categories.revise(found[name], query, author="test")
        categories.publish(runtime, "default", found[name], actor="test")
    assert categories.settle(runtime, "default")
    return found


def test_categories_are_in_json_vcon_and_text_with_version_state_and_place(
    runtime: Runtime, call: uuid.UUID, mail: uuid.UUID
) -> None:
    made = categorised(runtime, card_declined="customer:( my ) declined", parcel="parcel", first="first:5s( money )")
    schema = json.loads(SCHEMA.read_text())
    found = json.loads(written(runtime, call, "json"))
    jsonschema.validate(found, schema)
    places = [{"turn": 1, "char_begin": 0, "char_end": 2, "begin_ms": 4000, "end_ms": 4250}]
    places += [{"turn": 1, "char_begin": 21, "char_end": 29, "begin_ms": 5200, "end_ms": 5450}]
    told = {"version": 2, "reason_code": None, "evidence": []}
    matched, first, parcel = found["categories"]
    assert matched == {**told, "id": str(made["card_declined"]), "name": "card declined"} | {
        "state": "matched",
        "evidence": places,
    }
    assert parcel == {**told, "id": str(made["parcel"]), "name": "parcel", "state": "not_matched"}
    assert first["state"] == "not_matched"
    letter = json.loads(written(runtime, mail, "json"))
    jsonschema.validate(letter, schema)
    assert [(one["name"], one["state"], one["reason_code"]) for one in letter["categories"]] == [
        ("card declined", "not_matched", None),
        ("first", "not_matched", None),
        ("parcel", "not_matched", None),
    ]
    for contact, expected in ((call, found), (mail, letter)):
        *others, last = json.loads(written(runtime, contact, "vcon"))["analysis"]
        assert (last["type"], last["body"]) == ("categories", {"categories": expected["categories"]})
        assert all("categories" not in one["body"] for one in others if one["type"] == "transcript")
    assert "\n\n- category card declined (version 2): matched, at 0:04, 0:05\n\n[0:00] agent:" in written(
        runtime, call, "txt"
    )
    assert "category" not in written(runtime, mail, "txt")


def test_what_a_category_cannot_tell_says_so_and_why(runtime: Runtime, mail: uuid.UUID) -> None:
    categorised(runtime, first="first:5s( owe )")
    (told,) = json.loads(written(runtime, mail, "json"))["categories"]
    assert (told["state"], told["reason_code"], told["evidence"]) == ("not_evaluated", "query.undecided", [])
    assert "- category first (version 2): not evaluated, query.undecided" in written(runtime, mail, "txt")


def test_no_other_format_asks_for_categories(
    runtime: Runtime, call: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    categorised(runtime, card="card")

    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("service.exports.material.results", refuse)
    for name in ("srt", "vtt", "ctm", "rttm"):
        assert "version 2" not in written(runtime, call, name)


def test_f39_a_categorys_name_is_inert_in_every_export(runtime: Runtime, call: uuid.UUID) -> None:
    name = '=HYPERLINK("http://example.org","<img onerror=alert(1)>")'
    with runtime.database.tenant("default") as stores:
        made = stores.categories.create(name, "card", author="test")
    categories.publish(runtime, "default", made.id, actor="test")
    assert categories.settle(runtime, "default")
    (line,) = [line for line in written(runtime, call, "txt").splitlines() if "HYPERLINK" in line]
    assert line.startswith("- category =HYPERLINK")
    assert json.loads(written(runtime, call, "json"))["categories"][0]["name"] == name


def test_the_schema_in_the_documents_is_the_one_that_is_kept() -> None:
    assert json.loads(SCHEMA.read_text()) == Transcript.model_json_schema(by_alias=True)


@pytest.mark.shared
def test_a_vcon_is_valid(runtime: Runtime, call: uuid.UUID, mail: uuid.UUID, shared: Path) -> None:
    schema = json.loads((shared / "vcon" / "vcon_json_schema.json").read_text())
    check = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    for contact in (call, mail):
        assert [fault.message for fault in check.iter_errors(json.loads(written(runtime, contact, "vcon")))] == []


def test_a_vcon_of_a_call_has_its_transcript_and_no_recording(runtime: Runtime, call: uuid.UUID) -> None:
    found = json.loads(written(runtime, call, "vcon"))
    (dialog,) = found["dialog"]
    assert (dialog["type"], dialog["parties"], "body" in dialog, "url" in dialog) == ("recording", [0, 1], False, False)
    assert found["parties"] == [{"role": "customer"}, {"role": "agent", "name": "Kim"}]
    (analysis,) = found["analysis"]
    assert (analysis["type"], analysis["dialog"], analysis["vendor"]) == ("transcript", 0, "Reasonance")
    assert analysis["body"]["turns"][1]["text"] == "My card [CARD_1] was declined."


def test_a_vcon_of_writing_has_its_texts(runtime: Runtime, mail: uuid.UUID) -> None:
    found = json.loads(written(runtime, mail, "vcon"))
    assert found["subject"] == "My bill"
    assert [(one["type"], one["application"]) for one in found["dialog"]] == [("text", "email")]


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_route_answers_each_format_as_a_file(
    client: TestClient, call: uuid.UUID, runtime: Runtime, name: str
) -> None:
    answer = client.get(f"/v1/interactions/{call}/transcript?format={name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == FORMATS[name].media_type
    assert answer.headers["content-disposition"] == (f'attachment; filename="voice-20261005-090000-{call}.{name}"')
    if name != "vcon":
        assert answer.text == written(runtime, call, name)
    with runtime.database.tenant("default") as stores:
        assert stores.audit.list(limit=1)[0].action == "transcript.export"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "json"),
        ("text/vtt", "vtt"),
        ("text/html, text/plain;q=0.5, application/x-subrip;q=0.9", "srt"),
        ("application/vcon+json", "vcon"),
        ("text/vtt;q=nonsense, text/plain", "txt"),
        ("", "json"),
    ],
)
def test_the_accept_header_chooses(accept: str, expected: str) -> None:
    assert preferred(accept) == expected


def test_what_a_format_cannot_hold_is_refused_with_a_code(
    client: TestClient, mail: uuid.UUID, runtime: Runtime
) -> None:
    with runtime.database.tenant("default") as stores:
        untimed = talk(stores, (Role.CUSTOMER, "hello"))
        pending = talk(stores, state=State.PENDING)
        aside = talk(stores, state=State.PENDING)
        stores.interactions.set_state(aside, State.QUARANTINED, "audio.unreadable")
    refused = [(mail, "srt"), (mail, "ctm"), (untimed, "vtt"), (untimed, "rttm"), (pending, "txt"), (aside, "txt")]
    found = [client.get(f"/v1/interactions/{contact}/transcript?format={name}") for contact, name in refused]
    assert {answer.status_code for answer in found} == {409}
    errors = [answer.json()["error"] for answer in found]
    assert [error["code"] for error in errors] == [
        *["export.unfit"] * 4,
        "export.not_ready",
        "export.unfit",
    ]
    assert "take txt, json or vcon" in errors[0]["message"]
    assert "audio.unreadable" in errors[-1]["message"]
    assert (
        client.get(f"/v1/interactions/{mail}/transcript?format=doc").json()["error"]["code"] == "request.field_invalid"
    )


def test_many_contacts_become_a_file_each(runtime: Runtime, call: uuid.UUID, mail: uuid.UUID, tmp_path: Path) -> None:
    shown: list[tuple[str, int, int]] = []
    wanted = Filter()
    with open_sink(tmp_path / "all") as sink:
        done = export_many(
            runtime.database, "default", wanted, "srt", sink, actor="test", show=lambda *at: shown.append(at)
        )
    assert (done.written, dict(done.left_out)) == (1, {"export.unfit": 1})
    assert [path.suffix for path in (tmp_path / "all").iterdir()] == [".srt"]
    assert shown[-1] == ("export", 2, 2)
    with open_sink(tmp_path / "all.zip") as sink:
        export_many(runtime.database, "default", wanted, "vcon", sink, actor="test", show=lambda *at: None)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        ids = {json.loads(archive.read(name))["uuid"] for name in archive.namelist()}
    assert ids == {str(call), str(mail)}


def test_more_contacts_than_a_page_are_all_written(
    runtime: Runtime, call: uuid.UUID, mail: uuid.UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.exports.many.PAGE", 1)
    with open_sink(tmp_path / "out") as sink:
        done = export_many(runtime.database, "default", Filter(), "txt", sink, actor="test", show=lambda *at: None)
    assert done.written == len(list((tmp_path / "out").iterdir())) == 2


@pytest.fixture
def run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., tuple[int, str, str]]:
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)

    def command(*arguments: str) -> tuple[int, str, str]:
        capsysbinary.readouterr()
        code = explain(main, list(arguments))
        seen = capsysbinary.readouterr()
        return code, seen.out.decode(), seen.err.decode()

    return command


def test_the_command_writes_one_or_many(
    run: Callable[..., tuple[int, str, str]], runtime: Runtime, call: uuid.UUID, mail: uuid.UUID, tmp_path: Path
) -> None:
    expected = written(runtime, call, "vtt")
    assert run("export", str(call), "--format", "vtt") == (0, expected, "")
    assert run("export", str(call), "--format", "vtt", "-o", str(tmp_path / "a.vtt"))[0] == 0
    assert (tmp_path / "a.vtt").read_text() == expected
    code, out, err = run("export", "--channel", "voice", "--format", "ctm", "--to", str(tmp_path / "out"))
    assert (code, out.startswith("1 written to ")) == (0, True)
    code, out, err = run("export", "--format", "ctm", "--to", str(tmp_path / "out"))
    assert err.splitlines()[-1] == "export.unfit: 1 left out"


@pytest.mark.parametrize(
    "arguments",
    [[], ["x", "--to", "y"], ["x", "--queue", "billing"], ["--to", "y", "-o", "z"], ["x", "--format", "doc"]],
)
def test_a_command_that_says_too_much_or_too_little_is_refused(
    run: Callable[..., tuple[int, str, str]], arguments: list[str]
) -> None:
    code, _, err = run("export", *arguments)
    assert (code, err.partition(":")[0]) == (2, "request.invalid")


def test_f37_another_tenant_exports_nothing_of_ours(runtime: Runtime, call: uuid.UUID, tmp_path: Path) -> None:
    with runtime.database.tenant("other") as stores:
        stores.tenants.ensure()
    with open_sink(tmp_path / "out") as sink:
        done = export_many(runtime.database, "other", Filter(), "json", sink, actor="test", show=lambda *at: None)
    assert (done.written, list((tmp_path / "out").iterdir())) == (0, [])


def test_an_export_is_the_same_each_time(runtime: Runtime, call: uuid.UUID) -> None:
    for name in set(FORMATS) - {"vcon"}:
        assert written(runtime, call, name) == written(runtime, call, name)
    one, other = (json.loads(written(runtime, call, "vcon")) for _ in range(2))
    assert {**one, "created_at": ""} == {**other, "created_at": ""}
