"""A call, a mail and a note with the real models, from acceptance to what is found in them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.embedded_home import find_home
from data.samples import FORTNIGHT
from data.types import Channel, Role, State
from ingest import ReadOptions
from service import intake
from service.queries import read
from service.reception import Summary
from service.runtime import Runtime, open_runtime
from service.settings import Settings
from tests.service.test_samples import rightly_told

pytestmark = pytest.mark.models
CARD = "4111 1111 1111 1111"
MAIL = f"""\
From: Ann <ann@example.org>
To: care@example.com
Date: Mon, 12 Oct 2026 09:00:00 +0000
Subject: Charged twice
Message-ID: <1@example.org>

Hello, I was charged twice for the same order and I want a refund. My card is {CARD}.

On Fri, 9 Oct 2026, care@example.com wrote:
> Thank you for your umbrella order.
"""


@pytest.fixture(scope="module")
def analysed(
    tmp_path_factory: pytest.TempPathFactory, model_dir: Path
) -> Iterator[tuple[Runtime, Summary, list[tuple[str, int, int]]]]:
    """A runtime in which the three were taken in and analysed, and what was shown of the way."""
    folder = tmp_path_factory.mktemp("in")
    (folder / "mail.eml").write_text(MAIL)
    (folder / "note.txt").write_text("Customer cannot sign in to the app since the update.")
    for name in ("call-01.ogg", "call-01.json"):
        (folder / name).write_bytes((FORTNIGHT / "calls" / name).read_bytes())
    home = tmp_path_factory.mktemp("home")
    settings = Settings(
        data_dir=home / "data",
        model_dir=model_dir,
        master_key_file=home / "keys" / "master.key",
        asr_model="tiny.en",
        threads=2,
    )
    shown: list[tuple[str, int, int]] = []
    with open_runtime(settings) as runtime:
        summary = intake.take_in(runtime, "default", folder, ReadOptions())
        assert intake.work_until_analysed(runtime, "default", summary, lambda *progress: shown.append(progress))
        yield runtime, summary, shown


def _of(runtime: Runtime, summary: Summary, channel: Channel) -> uuid.UUID:
    with runtime.database.tenant("default") as stores:
        records = stores.interactions.many(list(summary.ids)).values()
    return next(record.id for record in records if record.channel is channel)


Analysed = tuple[Runtime, Summary, list[tuple[str, int, int]]]


def test_all_is_analysed_and_every_stage_shows_how_far_it_is(analysed: Analysed) -> None:
    runtime, summary, shown = analysed
    assert intake.result(runtime, "default", summary).states == {State.ANALYSED: 3}
    assert shown[-4:] == [("transcribe", 1, 1), ("annotate", 3, 3), ("classify", 3, 3), ("mute", 1, 1)]


def test_a_call_has_its_roles_its_times_and_its_recording(analysed: Analysed) -> None:
    runtime, summary, _ = analysed
    call = _of(runtime, summary, Channel.VOICE)
    with runtime.database.tenant("default") as stores:
        turns, record, items = stores.turns.of(call), stores.interactions.get(call), stores.inbox.of(call)
    said = {role: " ".join(turn.text for turn in turns if turn.role is role).lower() for role in Role}
    assert "password" in said[Role.CUSTOMER]
    assert "customer care" in said[Role.AGENT]
    assert rightly_told(turns, "calls/call-01.ogg") > 0.95
    assert record.agent == "Priya Nair"
    assert 55 < (record.duration_s or 0) < 70
    assert record.metrics["talk_share.customer"] > 0.2
    assert [item.kind for item in items] == ["recording"], "the original is destroyed with its key"


def test_a_mail_is_its_newest_words_without_what_identifies_a_person(analysed: Analysed) -> None:
    runtime, summary, _ = analysed
    mail = _of(runtime, summary, Channel.EMAIL)
    with runtime.database.tenant("default") as stores:
        [turn], record, items = stores.turns.of(mail), stores.interactions.get(mail), stores.inbox.of(mail)
    assert "charged twice" in turn.text
    assert "umbrella" not in turn.text
    assert "[CARD_1]" in turn.text
    assert record.subject == "Charged twice"
    assert record.issue
    assert items == (), "the original is destroyed with its key"


def test_a_note_is_the_agents_and_tells_its_issue(analysed: Analysed) -> None:
    runtime, summary, _ = analysed
    note = _of(runtime, summary, Channel.NOTE)
    with runtime.database.tenant("default") as stores:
        [turn], record = stores.turns.of(note), stores.interactions.get(note)
    assert turn.role is Role.AGENT
    assert "sign in" in (record.issue or "")


@pytest.mark.parametrize(
    ("query", "channel"),
    [
        ('"charged twice"', Channel.EMAIL),
        ("customer:(password)", Channel.VOICE),
        ("customer:(sounds:passwurd)", Channel.VOICE),
        ("first:50s(password) duration>30s", Channel.VOICE),
    ],
)
def test_search_finds_in_them_what_is_in_them(analysed: Analysed, query: str, channel: Channel) -> None:
    runtime, _, _ = analysed
    with runtime.database.tenant("default") as stores:
        page = stores.search.run(read(query))
    assert [hit.interaction.channel for hit in page.hits] == [channel]
    assert page.hits[0].turns


def test_f40_a_card_number_is_nowhere_in_the_clear(analysed: Analysed) -> None:
    runtime, _, _ = analysed
    wanted = {CARD.encode(), CARD.replace(" ", "").encode()}
    server = find_home(runtime.settings.data_dir)
    assert server is not None
    folders = [runtime.settings.data_dir, server.root]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    with runtime.database.tenant("default") as stores:
        [dumped] = stores.driver_connection.execute(
            "SELECT string_agg(t::text, ' ') FROM (SELECT i::text FROM interaction i"
            " UNION ALL SELECT t::text FROM turn t UNION ALL SELECT e::text FROM embedding e) AS t(t)"
        ).fetchall()
    assert not [path for path in files if any(number in path.read_bytes() for number in wanted)]
    assert CARD not in dumped[0]
