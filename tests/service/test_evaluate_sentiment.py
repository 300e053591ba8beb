from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import TableRowInvalid
from service.evaluate.sentiment import baseline, gold_label, is_heldout, macro_f1, ours


def options(file: Path, split: str = "all") -> dict[str, object]:
    return {"file": str(file), "text_column": "text", "label_column": "label", "split": split}


@pytest.mark.parametrize(
    ("value", "expected"),
    [("Positive", "positive"), (0.05, "positive"), ("-0.05", "negative"), (0.04, "neutral"), ("neutral", "neutral")],
)
def test_labels_are_words_or_numbers(value: str | float, expected: str) -> None:
    assert gold_label(value) == expected


def test_a_label_that_is_neither_is_named() -> None:
    with pytest.raises(TableRowInvalid, match="meh"):
        gold_label("meh")


def test_macro_f1_is_the_mean_over_classes() -> None:
    gold = ["positive", "positive", "negative", "neutral"]
    assert macro_f1(gold, gold) == 1
    assert macro_f1(gold, ["positive"] * 4) == pytest.approx((2 * 2 / 6) / 3)


def test_figures_have_the_keys_of_the_contract(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("text,label\nI was charged twice,negative\nThis is great,positive\nWhere is it?,neutral\n")
    figures = ours(**options(file))
    assert set(figures) == {"macro_f1", "accuracy", "n", "texts_per_s", "embed_texts_per_s"}
    assert (figures["n"], figures["macro_f1"]) == (3, 1.0)
    assert set(baseline(**options(file))) == set(figures)


def test_heldout_is_three_tenths_by_hash() -> None:
    share = sum(is_heldout(str(number)) for number in range(2000)) / 2000
    assert share == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize("name", ["amazon", "movie", "news", "tweets"])
def test_it_is_no_worse_than_vader_on_a_whole_set(shared: Path, name: str) -> None:
    file = options(shared / "eval" / f"sentiment-{name}.jsonl")
    assert ours(**file)["macro_f1"] >= baseline(**file)["macro_f1"]
