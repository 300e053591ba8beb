"""F40: a card number that came in on every path, said in every way, is nowhere in what is kept."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from data.embedded_home import find_home
from data.tables import Base
from data.types import Filter, State
from ingest import ReadOptions
from nlp.query import parse
from service import intake
from service.api.app import create
from service.exports.many import export_many
from service.runtime import Runtime, open_runtime
from service.settings import Settings
from tests.service.test_api import key

pytestmark = pytest.mark.models

LONG, SECOND, PLAIN = "6304000012345678903", "2720991234567803", "4111111111111111"
"""19 digits; Mastercard's second series; the one that everybody tests with."""
CODE, MAIL, NAME = "8807", "jo.hartnoll@example.org", "Hartnoll"
SPELLED = "four one double one one, one one one, 1111 one one one one"


def _grouped(digits: str) -> str:
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


CHAT: dict[str, Any] = {
    "vcon": "0.0.1",
    "uuid": "018e3f5e-5a7a-8b4f-9d53-0c6b1f0a9c11",
    "created_at": "2026-10-12T09:00:00Z",
    "parties": [{"name": "Agent", "role": "agent"}, {"name": "Jo Hartnoll", "mailto": MAIL, "role": "customer"}],
    "dialog": [],
}
SAID = [
    (0, "What is the number on your card?"),
    (1, "sure, four one double one"),
    (0, "4111, okay"),
    (1, "one one one one um 1111"),
    (0, "mm-hmm"),
    (1, "and double one double one."),
    (0, "So that is four one one one, one one one one, triple one one, 1111?"),
    (1, "yes, and I want a refund for the broken kettle"),
    (0, "And the security code?"),
    (1, CODE),
]
MESSAGE = {"type": "text", "start": "2026-10-12T09:00:00Z", "mediatype": "text/plain", "encoding": "none"}
CHAT["dialog"] = [{**MESSAGE, "parties": [who], "body": body} for who, body in SAID]
EMAIL = f"""\
From: Jo Hartnoll <{MAIL}>
To: care@example.com
Date: Mon, 12 Oct 2026 09:00:00 +0000
Subject: Card 4111-1111-1111-1111 charged twice
Message-ID: <1@example.org>

Hello, the kettle was charged twice. My name is Jo Hartnoll, my card is {_grouped(LONG)}.
"""
NOTE = f"cust Jo Hartnoll cld re kettle, card {_grouped(SECOND)} decl"
SURVEY = f"comment,wrap_up_code\nthe kettle broke and you have my card {PLAIN},card {SECOND} declined\n"
UPLOAD = f"My card number is {SPELLED} and the kettle never came"

FORBIDDEN = [
    re.compile(rb"4[\s-]?1[\s-]?1[\s-]?1[\s-]?1[\s-]?1[\s-]?1[\s-]?1"),
    re.compile(rb"2720[\s-]?9912|9912[\s-]?3456|6304[\s-]?0000|0000[\s-]?1234[\s-]?5678|1234567890"),
    re.compile(rb"(?i)four one (?:double one|one one)|one one one one|triple one"),
    re.compile(rb"jo\.hartnoll@|Hartnoll|hartnoll"),
    re.compile(rb"\b8807\b"),
]


Seen = tuple[Runtime, list[str], list[str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def seen(home: Path, model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """A runtime in which all of it was taken in and analysed; what was embedded; what was logged."""
    folder = tmp_path_factory.mktemp("in")
    (folder / "chat.vcon.json").write_text(json.dumps(CHAT))
    (folder / "mail.eml").write_text(EMAIL)
    (folder / "note.txt").write_text(NOTE)
    (folder / "survey.csv").write_text(SURVEY)
    settings = Settings(
        data_dir=home / "data", model_dir=model_dir, master_key_file=home / "keys" / "master.key", threads=2
    )
    logged: list[str] = []
    handler = logging.Handler(logging.DEBUG)
    handler.emit = lambda record: logged.append(record.getMessage())  # type: ignore[method-assign]
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    with open_runtime(settings) as runtime:
        embedded = _listen(runtime)
        with TestClient(create(runtime)) as client:
            answer = client.post(
                "/v1/interactions", params={"name": "upload.txt"}, content=UPLOAD.encode(), headers=key(runtime)
            )
            assert answer.status_code in (200, 201, 202), answer.text
        summary = intake.take_in(runtime, "default", folder, ReadOptions())
        assert intake.work_until_analysed(runtime, "default", summary, lambda *_: None)
        yield runtime, embedded, logged
    root.removeHandler(handler)
    root.setLevel(level)


def _listen(runtime: Runtime) -> list[str]:
    """Everything that is embedded from here on."""
    heard: list[str] = []
    embedder = runtime.models.embedder
    encode = embedder.encode

    def listening(texts: Any, *arguments: Any, **options: Any) -> Any:
        heard.extend(texts)
        return encode(texts, *arguments, **options)

    object.__setattr__(embedder, "encode", listening)
    return heard


def _read(path: Path) -> bytes:
    """Empty where it is gone: the server tidies up while we look."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _found(content: bytes) -> list[bytes]:
    return [match.group() for pattern in FORBIDDEN for match in pattern.finditer(content)]


def test_f40_all_paths_were_analysed_and_hold_tokens(seen: Seen) -> None:
    runtime, _, _ = seen
    with runtime.database.tenant("default") as stores:
        records = stores.interactions.list(Filter()).items
        said = {record.id: " ".join(turn.text for turn in stores.turns.of(record.id)) for record in records}
        chat = next(record for record in records if record.name.startswith("chat"))
        redactions = stores.turns.redactions(chat.id)
    assert {record.state for record in records} == {State.ANALYSED}
    assert len(records) == 5
    assert all("[CARD_" in text for text in said.values())
    assert all("kettle" in text for text in said.values())
    assert {one.token for one in redactions if one.type == "CREDIT_CARD"} == {"[CARD_1]"}
    assert len([one for one in redactions if one.type == "CREDIT_CARD"]) == 5
    mail = next(record for record in records if record.name.startswith("mail"))
    assert mail.subject == "Card [CARD_1] charged twice"
    assert any(record.wrap_up_code == "card [CARD_1] declined" for record in records)


def test_f40_no_table_holds_it(seen: Seen) -> None:
    runtime, _, _ = seen
    with runtime.database.tenant("default") as stores:
        connection = stores.driver_connection
        dumped = {
            table.name: connection.execute(f"SELECT string_agg(t::text, ' ') FROM {table.name} t").fetchone()
            for table in Base.metadata.sorted_tables
        }
    assert len(dumped) > 20
    found = {name: _found((row[0] or "").encode()) for name, row in dumped.items() if row}
    assert {name: some for name, some in found.items() if some} == {}


def test_f40_no_file_of_the_data_directory_holds_it_inbox_indexes_and_write_ahead_log_included(seen: Seen) -> None:
    runtime, _, _ = seen
    server = find_home(runtime.settings.data_dir)
    assert server is not None
    folders = (runtime.settings.data_dir, server.root)
    files = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    assert (runtime.settings.data_dir / "inbox").is_dir()
    assert any(b"kettle" in _read(path) for path in files if "pg_wal" in path.parts), "it would be seen there"
    leaking = {str(path): some for path in sorted(files) if (some := _found(_read(path)))}
    assert {path: some[:3] for path, some in leaking.items() if "pginstall" not in path} == {}


def test_f40_no_vector_is_made_of_it_and_no_log_and_no_cache_holds_it(seen: Seen) -> None:
    runtime, embedded, logged = seen
    assert any("kettle" in text for text in embedded)
    assert _found(" ".join(embedded).encode()) == []
    assert logged
    assert _found("\n".join(logged).encode()) == []
    cached = [text for language in runtime.models._languages.values() for text in language._parsed]
    assert _found(" ".join(cached).encode()) == []


def test_f40_no_export_no_answer_and_no_search_holds_it(seen: Seen) -> None:
    runtime, _, _ = seen
    made: list[bytes] = []
    for name in ("json", "txt", "vcon"):
        export_many(
            runtime.database,
            "default",
            Filter(),
            name,
            lambda one: made.append(one.content.encode()),
            actor="test",
            show=lambda *_: None,
        )
    assert len(made) >= 10
    with TestClient(create(runtime)) as client:
        headers = key(runtime)
        listed = client.get("/v1/interactions", headers=headers).json()
        made.append(json.dumps(listed).encode())
        made += [client.get(f"/v1/interactions/{one['id']}", headers=headers).content for one in listed["items"]]
    assert [found for content in made for found in _found(content)] == []
    with runtime.database.tenant("default") as stores:
        assert stores.search.run(parse("4111")).hits == ()
        assert stores.search.run(parse("Hartnoll")).hits == ()
        assert len(stores.search.run(parse("kettle")).hits) == 5
