"""The naming score: a name is good that finds its own members among all names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from service.evaluate.names import ours
from service.evaluate.scores_names import name_figures
from tests.classify.conftest import ENDINGS, WORDINGS

AXES = {"card declined": 0, "lost card": 1, "refund": 2}


def by_axis(texts: Sequence[str]) -> NDArray[np.float32]:
    return np.eye(3, dtype=np.float32)[[AXES[text] for text in texts]]


def test_a_name_that_lies_where_its_members_are_finds_them() -> None:
    labels, vectors = np.array([0, 0, 1, 2, -1]), by_axis(["card declined"] * 2 + ["lost card", "refund", "refund"])
    figures = name_figures(["card declined", "lost card", "refund"], labels, vectors, None, by_axis)
    assert (figures["retrieval"], figures["retrieval_siblings"], figures["label_match"]) == (1.0, 1.0, None)
    assert (figures["k"], figures["names_distinct"]) == (3, 3)
    assert figures["phrase_share"] == pytest.approx(2 / 3, abs=1e-4)


def test_a_name_that_says_another_reason_does_not() -> None:
    labels, vectors = np.array([0, 0, 0, 1]), by_axis(["card declined"] * 3 + ["lost card"])
    assert name_figures(["lost card", "card declined"], labels, vectors, None, by_axis)["retrieval"] == 0.0


def test_names_are_compared_with_the_words_of_the_usual_label() -> None:
    labels, vectors = np.array([0, 0, 0]), by_axis(["lost card"] * 3)
    truth = {"LostCard": 1.0, "card_declined": 0.0}
    for usual, expected in truth.items():
        figures = name_figures(["lost card"], labels, vectors, [usual, "refund", usual], by_axis)
        assert figures["label_match"] == expected


def test_figures_have_the_keys_of_the_contract(tmp_path: Path, model_dir: Path) -> None:
    file = tmp_path / "rows.csv"
    lines = [f"{wording}{end},{label}" for label, some in WORDINGS.items() for wording in some for end in ENDINGS]
    file.write_text("\n".join(["text,label", *lines]))
    options = {"file": str(file), "text_column": "text", "embedder": "all-MiniLM-L6-v2", "model_dir": str(model_dir)}
    figures = ours(**options, label_column="label", threads=2)
    assert set(figures) == {
        "n", "k", "names_distinct", "words_mean", "phrase_share", "retrieval", "retrieval_siblings", "label_match",
        "names",
    }  # fmt: skip
    assert figures["names_distinct"] == figures["k"] == len(WORDINGS)
