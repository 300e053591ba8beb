from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from data.errors import TableRowInvalid
from service.evaluate.sentiment import baseline, gold_label, is_heldout, macro_f1, ours

SENTENCES = tomllib.loads((Path(__file__).parents[1] / "nlp" / "sentiment_sentences.toml").read_text(encoding="utf-8"))


def options(file: Path, model_dir: Path, split: str = "all", threads: int = 1) -> dict[str, object]:
    return {
        "file": str(file),
        "text_column": "text",
        "label_column": "label",
        "split": split,
        "embedder": "auto",
        "model_dir": str(model_dir),
        "threads": threads,
    }


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


@pytest.mark.models
def test_figures_have_the_keys_of_the_contract(tmp_path: Path, model_dir: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("text,label\nI was charged twice,negative\nThis is great,positive\nWhere is it?,neutral\n")
    figures = ours(**options(file, model_dir))
    assert set(figures) == {"macro_f1", "accuracy", "n", "texts_per_s", "embed_texts_per_s"}
    assert (figures["n"], figures["macro_f1"]) == (3, 1.0)
    assert ours(**options(file, model_dir, threads=2))["macro_f1"] == 1, "By two processes it is the same"
    assert set(baseline(**options(file, model_dir))) == set(figures)
    assert figures["embed_texts_per_s"] > 0


def test_heldout_is_three_tenths_by_hash() -> None:
    share = sum(is_heldout(str(number)) for number in range(2000)) / 2000
    assert share == pytest.approx(0.3, abs=0.03)


@pytest.mark.models
@pytest.mark.parametrize(("language", "least"), [("en", 0.85), ("de", 0.75), ("es", 0.75), ("zh", 0.75)])
def test_sentences_of_service_contacts_are_told_apart(
    tmp_path: Path, model_dir: Path, language: str, least: float
) -> None:
    rows = [{"text": text, "label": wanted} for wanted, texts in SENTENCES[language].items() for text in texts]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert ours(**options(file, model_dir))["macro_f1"] >= least


@pytest.mark.models
def test_a_request_for_help_does_not_hide_a_complaint(tmp_path: Path, model_dir: Path) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text("text\tlabel\nMy card was declined and I've been waiting for three weeks, please help\tnegative\n")
    assert ours(**options(file, model_dir))["accuracy"] == 1


GAINS = {"amazon": 0.06, "movie": 0.07, "news": 0.05, "tweets": -0.03}


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.parametrize("name", GAINS)
def test_it_is_better_than_vader_on_what_it_never_saw(shared: Path, model_dir: Path, name: str) -> None:
    """VADER was made on the tweets: to stay near it there is enough."""
    file = options(shared / "eval" / f"sentiment-{name}.jsonl", model_dir, "heldout")
    assert ours(**file)["macro_f1"] >= baseline(**file)["macro_f1"] + GAINS[name]
