"""The figures of the assigner: their keys, and what they mean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from service.evaluate.assign import ours
from service.evaluate.scores_assign import auroc, calibration_error
from tests.classify.conftest import ENDINGS, WORDINGS


def test_confidence_that_is_right_as_often_as_it_says_has_no_error() -> None:
    assert calibration_error(np.full(4, 0.75), np.array([1.0, 1.0, 1.0, 0.0])) == pytest.approx(0.0)
    assert calibration_error(np.ones(4), np.array([1.0, 1.0, 0.0, 0.0])) == pytest.approx(0.5)


def test_strangers_that_all_score_lower_are_told_apart() -> None:
    assert auroc(np.array([0.9, 0.8]), np.array([0.1, 0.2])) == 1.0
    assert auroc(np.array([0.5, 0.5]), np.array([0.5, 0.5])) == 0.5


def test_figures_have_the_keys_of_the_contract(tmp_path: Path, model_dir: Path) -> None:
    rows = [(wording + end, label) for label, some in WORDINGS.items() for wording in some for end in ENDINGS]
    for name, part in (("train", rows[::2]), ("test", rows[1::2])):
        (tmp_path / f"{name}.csv").write_text("\n".join(["text,label", *(f"{text},{label}" for text, label in part)]))
    (tmp_path / "strangers.csv").write_text("text,label\nWhich bus goes to the zoo?,\nHow tall is the tower?,\n")
    figures = ours(
        str(tmp_path / "train.csv"),
        str(tmp_path / "test.csv"),
        text_column="text",
        label_column="label",
        shots=[0, 5],
        out_of_scope=str(tmp_path / "strangers.csv"),
        embedder="all-MiniLM-L6-v2",
        model_dir=str(model_dir),
        threads=2,
    )
    assert set(figures) == {"accuracy", "ece", "oos_auroc", "seconds"}
    assert set(figures["accuracy"]) == set(figures["ece"]) == {"0", "5"}
    assert figures["accuracy"]["5"] > 0.9
    assert figures["oos_auroc"] > 0.9
