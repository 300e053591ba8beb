from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.errors import TableColumnMissing, TableRowInvalid
from service.evaluate.issue import ours, read_dialogues

ROWS = """talk,who,said,label
1,agent,How can I help?,
1,customer,Hello there,greeting
1,customer,I was charged twice for my subscription,charge
1,agent,Done. Anything else?,
1,customer,Yes I want to change my address,address
1,customer,hmm whatever it was,unclear
2,customer,Good morning,greeting
2,customer,My internet keeps dropping,fault;slow
3,customer,Hello,greeting
"""


def options(file: Path, **changed: object) -> dict[str, object]:
    columns = {"dialogue": "talk", "text": "said", "label": "label", "role": "who"}
    labels = {"between": ";", "none": "greeting", "unsure": "unclear"}
    return {"file": str(file), **columns, **labels, "channel": "voice", "language": "en", "split": "all", **changed}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "turns.csv"
    file.write_text(ROWS)
    return file


def test_labels_become_reasons_nothing_or_doubt(table: Path) -> None:
    first, second, third = read_dialogues(**options(table))
    assert first.reasons == ["charge", "address"]
    assert first.gold[1] == frozenset()
    assert first.gold[-1] is None
    assert second.gold[1] == {"fault", "slow"}
    assert third.reasons == []


def test_figures_have_the_keys_of_the_contract(table: Path) -> None:
    figures = ours(**options(table))
    assert figures["n"] == 2
    assert (figures["hit"], figures["recall"], figures["precision"]) == (1.0, 1.0, 1.0)
    assert figures["several"] == {"n": 2, "recall": 1.0}
    simple = figures.pop("baseline")
    figures.pop("dialogues_per_s")
    assert set(simple) == {"first_turn", "longest_turn"}
    assert simple["first_turn"].keys() == figures.keys()
    assert simple["first_turn"]["hit"] == 0.0
    json.dumps(figures)


def test_without_a_role_every_turn_is_the_customers(table: Path) -> None:
    first = next(read_dialogues(**options(table, role=None)))
    assert {turn.role for turn in first.turns} == {"customer"}


def test_what_is_missing_or_unknown_is_named(table: Path, tmp_path: Path) -> None:
    with pytest.raises(TableColumnMissing, match="nobody"):
        list(read_dialogues(**options(table, role="nobody")))
    odd = tmp_path / "odd.csv"
    odd.write_text("talk,who,said,label\n1,martian,Hello,\n")
    with pytest.raises(TableRowInvalid, match="martian"):
        list(read_dialogues(**options(odd)))


def test_heldout_is_a_part(table: Path) -> None:
    assert ours(**options(table, split="heldout"))["n"] <= 2
