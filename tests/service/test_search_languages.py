"""With the real models: what is said in four languages is found by its words and by what it means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.types import State
from ingest import ReadOptions
from nlp.query import parse
from service import intake
from service.meaning import embed_turns, meanings
from service.runtime import Runtime, open_runtime
from tests.fixtures_database import Emptied
from tests.service.conftest import settings_in

pytestmark = pytest.mark.models
NOTES = {
    "en": "The parcel never came, and the customer would like to be paid back what the order cost.",
    "de": "Die Kundin fragt, warum ihre Rechnungen in diesem Monat so viel höher sind als sonst.",
    "es": "El cliente dice que sus tarjetas fueron rechazadas dos veces en la tienda de ayer.",
    "zh": "客户说昨天收到的手机屏幕坏了，想要退款，不想换新的手机。",
}


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory, emptied: Emptied, model_dir: Path) -> Iterator[Runtime]:
    folder, home = tmp_path_factory.mktemp("in"), tmp_path_factory.mktemp("home")
    for language, note in NOTES.items():
        (folder / f"{language}.txt").write_text(note)
    with emptied.one() as url, open_runtime(settings_in(home, url)) as runtime:
        summary = intake.take_in(runtime, "default", folder, ReadOptions())
        assert intake.work_until_analysed(runtime, "default", summary, lambda *_: None)
        assert intake.result(runtime, "default", summary).states == {State.ANALYSED: 4}
        yield runtime


def found(runtime: Runtime, query: str) -> set[str]:
    parsed = parse(query)
    with runtime.database.tenant("default") as stores:
        page = stores.search.run(parsed, meanings=meanings(runtime, parsed))
    assert (page.count_kind, page.not_evaluated) == ("exact", 0)
    assert all(hit.turns for hit in page.hits)
    return {hit.interaction.name.removesuffix(".txt") for hit in page.hits}


@pytest.mark.parametrize(
    ("query", "languages"),
    [
        ("退款", {"zh"}),
        ("手机 退款", {"zh"}),
        ("款退", set()),
        ("rechnung", {"de"}),
        ("tarjeta", {"es"}),
        ("parcels", {"en"}),
    ],
)
def test_words_are_found_in_their_languages(analysed: Runtime, query: str, languages: set[str]) -> None:
    assert found(analysed, query) == languages


def test_what_means_the_same_is_found_in_other_words(analysed: Runtime) -> None:
    assert "en" in found(analysed, '~like:"I want a refund because my order was not delivered"')
    assert found(analysed, '~like:"a recipe for apple cake"') == set()
    assert found(analysed, 'parcel -~like:"I want a refund because my order was not delivered"') == set()


def test_turns_without_vectors_get_them_and_keep_them(analysed: Runtime) -> None:
    with analysed.database.tenant("default") as stores:
        ids = [hit.interaction.id for hit in stores.search.run(parse("")).hits]
        stores.meaning.put("the embedder before", ids, ())
        assert stores.search.run(parse("parcel")).total == 1
    shown: list[int] = []
    assert embed_turns(analysed, "default", shown.append) == 4
    assert shown == [4]
    assert embed_turns(analysed, "default", shown.append) == 0
    assert "en" in found(analysed, '~like:"I want a refund because my order was not delivered"')
