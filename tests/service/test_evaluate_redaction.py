"""Figures of redaction: what counts as masked, by hand-made cases, and the whole command on the real models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.errors import TableColumnMissing, TableRowInvalid
from service.evaluate.redaction import baseline, ours, spoken, spoken_baseline
from service.evaluate.scores_redaction import Case, Labelled, scores
from service.evaluate.spoken import conversations

KEYS = {"recall", "precision", "typed_recall", "by_type", "n", "texts_per_s", "types"}


def span(kind: str, begin: int, end: int) -> Labelled:
    return Labelled(type=kind, begin=begin, end=end)


def test_a_detail_is_found_only_where_all_its_letters_and_digits_are_masked() -> None:
    text = "Ann Lee, 12 Elm"
    gold = [span("PERSON", 0, 7), span("STREET_ADDRESS", 9, 15)]
    masked = [span("PERSON", 0, 3), span("PERSON", 4, 8), span("LOCATION", 9, 12)]
    figures = scores([Case(text=text, gold=gold, masked=masked)], known=["PERSON", "LOCATION"])
    assert figures["recall"] == 0.5
    assert figures["by_type"]["STREET_ADDRESS"] == {"n": 1, "recall": 0.0, "typed_recall": 0.0}
    assert figures["precision"] == pytest.approx(9 / 10)


def test_types_count_by_the_table_and_an_unknown_label_for_recall_alone() -> None:
    text = "Ann of Rome has a cat"
    gold = [span("PERSON", 0, 3), span("GPE", 7, 11), span("PET", 18, 21)]
    masked = [span("GPE", 0, 3), span("LOCATION", 7, 11), span("PERSON", 18, 21)]
    figures = scores([Case(text=text, gold=gold, masked=masked)], known=["PERSON", "LOCATION"])
    assert (figures["recall"], figures["typed_recall"]) == (1.0, 0.5)
    assert figures["by_type"]["PET"]["typed_recall"] is None


def test_nothing_to_count_is_null_not_a_perfect_score() -> None:
    figures = scores([Case(text="well", gold=[], masked=[])], known=["PERSON"])
    assert (figures["recall"], figures["precision"], figures["typed_recall"], figures["by_type"]) == (
        None,
        None,
        None,
        {},
    )


def options(file: Path, model_dir: Path, policy: str = "all") -> dict[str, object]:
    return {
        "file": str(file),
        "policy": policy,
        "language": None,
        "spacy_model": "en_core_web_sm",
        "model_dir": str(model_dir),
    }


def test_both_sides_have_the_keys_of_the_contract(tmp_path: Path, model_dir: Path) -> None:
    file = tmp_path / "rows.jsonl"
    text = "My name is Jane Miller and my card is 4111 1111 1111 1111, in Chicago."
    spans = [
        {"start": text.index(part), "end": text.index(part) + len(part), "type": kind}
        for part, kind in (
            ("Jane Miller", "PERSON"),
            ("4111 1111 1111 1111", "CREDIT_CARD"),
            ("Chicago", "LOCATION"),
        )
    ]
    file.write_text(json.dumps({"text": text, "spans": spans}) + "\n")
    figures, peer = ours(**options(file, model_dir)), baseline(**options(file, model_dir))
    assert set(figures) == set(peer) == KEYS
    assert (figures["recall"], figures["typed_recall"], figures["n"]) == (1.0, 1.0, 1)
    assert peer["by_type"]["CREDIT_CARD"]["recall"] == 1.0
    kept = ours(**options(file, model_dir, "default"))["by_type"]
    assert (kept["PERSON"]["recall"], kept["LOCATION"]["recall"]) == (1.0, 0.0)


def test_a_span_outside_its_text_is_named_by_its_row(tmp_path: Path, model_dir: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"text": "hello", "spans": [{"start": 2, "end": 9, "type": "PERSON"}]}\n')
    with pytest.raises(TableRowInvalid, match="row 1"):
        ours(**options(file, model_dir))
    file.write_text('{"text": "hello"}\n')
    with pytest.raises(TableColumnMissing, match="spans"):
        ours(**options(file, model_dir))


def test_numbers_said_aloud_are_masked_whole_in_every_turn_and_lookalikes_are_no_cards(model_dir: Path) -> None:
    asked = {"spoken": 12, "seed": 11, **options(Path(), model_dir)}
    figures, peer = spoken(**asked), spoken_baseline(**asked)
    assert {kind: figures[kind]["recall"] for kind in ("card", "phone", "email")} == {
        "card": 1.0,
        "phone": 1.0,
        "email": 1.0,
    }
    assert figures["lookalike"]["as_card_share"] == 0.0
    assert figures["lookalike"]["masked_share"] < 0.5
    assert peer["card"]["recall"] < 0.5


@pytest.mark.slow
def test_so_are_many_of_them(model_dir: Path) -> None:
    figures = spoken(spoken=500, seed=23, **options(Path(), model_dir))
    assert figures["card"]["recall"] == 1.0
    assert figures["lookalike"]["as_card_share"] <= 0.01
    assert min(figures["phone"]["recall"], figures["email"]["recall"]) >= 0.95


def test_made_up_conversations_are_the_same_for_a_seed_and_say_what_they_hide() -> None:
    some = list(conversations("card", 40, seed=3))
    assert some == list(conversations("card", 40, seed=3)) != list(conversations("card", 40, seed=4))
    assert {one.language for one in some} == {"en", "de", "zh"}
    assert any(sum(bool(turn.secrets) for turn in one.turns) > 3 for one in some)
    for one in some:
        for turn in one.turns:
            assert all(turn.text[begin:end].strip() for begin, end in turn.secrets)


@pytest.mark.slow
def test_recall_and_precision_are_above_plain_presidios_on_labelled_text(shared: Path, model_dir: Path) -> None:
    file = shared / "eval" / "redaction-presidio-large.jsonl"
    figures, peer = ours(**options(file, model_dir)), baseline(**options(file, model_dir))
    assert figures["recall"] >= 0.80
    assert figures["precision"] >= 0.88
    for kind, found in peer["by_type"].items():
        assert figures["by_type"][kind]["recall"] >= found["recall"], kind
