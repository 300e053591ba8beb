"""The figures of search: their keys, and what they are measured on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from data.database import Database
from data.types import Query
from nlp.query import parse
from service.evaluate import search
from service.evaluate.search import Place, Pool, measured
from service.evaluate.search_corpus import Corpus, pool
from service.evaluate.search_questions import KINDS, Questions

SENTENCES = ["my card was declined", "where is the parcel that I sent", "I want to cancel my plan", "it works again"]


class Directions:
    name = "directions"
    dimensions = 4
    threshold = 0.5


def test_turns_are_the_same_each_time_and_some_words_are_in_most_of_them() -> None:
    sentences = pool(None)
    turns = [turn.text for turn in Corpus(sentences, 1).turns(2_000)]
    assert turns == [turn.text for turn in Corpus(sentences, 1).turns(2_000)]
    assert turns != [turn.text for turn in Corpus(sentences, 2).turns(2_000)]
    counted = Counter(word for turn in turns for word in turn.lower().split())
    assert counted["the"] > 0.03 * counted.total()
    assert sum(count == 1 for count in counted.values()) > 0.3 * len(counted)
    assert 15 < counted.total() / len(turns) < 30


def test_a_file_of_sentences_is_what_is_said(tmp_path: Path) -> None:
    (tmp_path / "said.txt").write_text("hello there\n\n hello there \nbye now\n")
    assert pool(tmp_path / "said.txt") == ["hello there", "bye now"]


def test_every_question_can_be_asked() -> None:
    turns = [turn.text for turn in Corpus(SENTENCES, 1).turns(200)]
    questions = Questions(turns, ["2025-03-01"], 1)
    for kind in KINDS:
        for one in questions.of(kind, 50):
            assert isinstance(parse(one.text), Query)


def test_figures_have_the_keys_of_the_contract(
    database_url: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "EACH", 5)
    said = Pool(sentences=SENTENCES, vectors=np.eye(4, dtype=np.float32), embedder=Directions())  # type: ignore[arg-type]
    figures = measured(Place(database=database, url=database_url, said=said), 400)
    assert {*KINDS, "meaning", "best"} <= set(figures)
    assert all({"p50_ms", "p95_ms"} <= set(figures[kind]) for kind in (*KINDS, "meaning"))
    assert set(figures["best"]["words"]) == {"p50_ms", "p95_ms"}
    assert figures["meaning"]["recall"] == 1.0
    with database.tenant("first") as stores:
        assert stores.search.run(parse("")).total == 10
        assert stores.search.run(parse("card OR parcel OR cancel OR works")).total == 10
