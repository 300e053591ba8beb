"""Written contacts in four languages with the real models, from acceptance to what is found, searched and counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.records import InteractionRecord
from data.trends import TrendQuery
from data.types import Channel, State
from ingest import ReadOptions
from nlp.query import parse
from service import intake
from service.runtime import Runtime, open_runtime
from tests.fixtures_database import Emptied
from tests.service.conftest import settings_in

pytestmark = pytest.mark.models
WRITTEN = {
    "en": "My payment was declined twice at the shop and I want to know why. My card is 4111 1111 1111 1111.",
    "de": "Meine Rechnung ist falsch, mir wurden 49,90 € doppelt abgebucht. Bitte erstatten Sie mir den Betrag zurück.",
    "es": "No me ha llegado el pedido de la semana pasada y quiero cancelar la compra cuanto antes.",
    "zh": "我的信用卡上周丢了，请尽快挂失并补办一张新卡。另外账单金额也不对。",
}
QUOTED = {
    "en": "On Mon, 5 Oct 2026, Care <care@shop.example> wrote:\n> Thank you for your umbrella.",
    "de": "Am 05.10.2026 um 10:00 schrieb Care <care@shop.example>:\n> Danke für den Regenschirm, umbrella.",
    "es": "El lun, 5 oct 2026 a las 10:00, Care (<care@shop.example>) escribió:\n> Gracias por el paraguas, umbrella.",
    "zh": "在 2026-10-05 10:00:00，客服 <care@shop.example> 写道：\n> 感谢您购买雨伞 umbrella。",
}
FOUND = {"en": "declined", "de": "rechnung", "es": "pedido", "zh": "账单"}
ANSWERS = {"n/a": True, "asdf": True, "keine Angabe": True, "无": True, "sin comentarios": True, "slow delivery": False}
NOTE = "Cust cld re pymt decl on card. Adv'd to call bank."


@pytest.fixture(scope="module")
def analysed(
    tmp_path_factory: pytest.TempPathFactory, emptied: Emptied, model_dir: Path
) -> Iterator[tuple[Runtime, list[InteractionRecord]]]:
    folder = tmp_path_factory.mktemp("in")
    for language, text in WRITTEN.items():
        header = f"From: a@{language}.example\nSubject: =?utf-8?q?x?=\nDate: Mon, 12 Oct 2026 09:00:00 +0000\n"
        mail = f"{header}Content-Type: text/plain; charset=utf-8\n\n{text}\n\n{QUOTED[language]}\n"
        (folder / f"mail-{language}.eml").write_text(mail, encoding="utf-8")
    rows = "".join(f"{answer},3,2026-10-12T09:00:00Z\n" for answer in (*ANSWERS, ""))
    (folder / "survey.csv").write_text(f"comment,csat,date\n{rows}", encoding="utf-8")
    (folder / "note.txt").write_text(NOTE)
    home = tmp_path_factory.mktemp("home")
    with emptied.one() as url, open_runtime(settings_in(home, url)) as runtime:
        summary = intake.take_in(runtime, "default", folder, ReadOptions())
        assert intake.work_until_analysed(runtime, "default", summary, lambda *_: None)
        with runtime.database.tenant("default") as stores:
            records = list(stores.interactions.many(list(summary.ids)).values())
        assert len(records) == len(WRITTEN) + len(ANSWERS) + 2
        assert all(record.state is State.ANALYSED for record in records)
        yield runtime, records


Analysed = tuple[Runtime, list[InteractionRecord]]


def _mail(records: list[InteractionRecord], language: str) -> InteractionRecord:
    return next(record for record in records if record.channel is Channel.EMAIL and record.language == language)


@pytest.mark.parametrize("language", WRITTEN)
def test_a_mail_is_read_redacted_and_searched_in_its_language(analysed: Analysed, language: str) -> None:
    runtime, records = analysed
    record = _mail(records, language)
    with runtime.database.tenant("default") as stores:
        (turn,) = stores.turns.of(record.id)
        found = [hit.interaction.id for hit in stores.search.run(parse(FOUND[language])).hits]
    assert "umbrella" not in turn.text
    assert "4111" not in turn.text
    assert record.id in found
    issue = next(one for one in record.highlights if one.kind == "issue")
    for span in issue.spans:
        assert turn.text[span.char_begin : span.char_end] in issue.text
    skipped = {one.feature for one in record.skipped}
    assert ("key_phrases" in skipped) == (not record.key_phrases)
    assert language != "de" or "EUR 49.90" in [entity.value for entity in record.entities]


def test_a_note_is_kept_as_written_and_understood_in_full(analysed: Analysed) -> None:
    runtime, records = analysed
    (note,) = (record for record in records if record.channel is Channel.NOTE)
    with runtime.database.tenant("default") as stores:
        (turn,) = stores.turns.of(note.id)
        found = [hit.interaction.id for hit in stores.search.run(parse("pymt")).hits]
    assert turn.text == NOTE
    assert note.id in found
    issue = next(one for one in note.highlights if one.kind == "issue")
    assert "payment declined" in issue.text
    assert "pymt decl" in turn.text[issue.spans[0].char_begin : issue.spans[0].char_end]


def test_answers_that_say_nothing_are_counted_and_nothing_else(analysed: Analysed) -> None:
    runtime, records = analysed
    answers = [record for record in records if record.channel is Channel.SURVEY]
    junk = [record for record in answers if "junk" in record.flags]
    assert len(junk) == sum(ANSWERS.values())
    assert sum("no_text" in record.flags for record in answers) == 1
    for record in junk:
        assert (record.highlights, record.sentiment) == ((), None)
    with runtime.database.tenant("default") as stores:
        embedded = stores.embeddings.all(runtime.models.embedder.name).interaction_ids
        trend = stores.trends.series(TrendQuery(grain="month", by=("channel",), measures=("junk_share",)))
    assert not {record.id for record in junk} & set(embedded)
    sums = {point.values: point.sums["junk_share"] for point in trend.points}
    assert (sums["survey",].n, sums["survey",].total) == (len(ANSWERS), sum(ANSWERS.values()))
    assert sums["email",].n == sums["note",].n == 0
