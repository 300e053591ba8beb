"""``evaluate embedding`` says how fast and how exact the vectors are."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import TooFewTexts
from service.evaluate.embedding import ours


@pytest.mark.models
def test_figures_stand_beside_the_reference(model_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "texts.csv"
    file.write_text("body\nWhere is my parcel?\nMy card was declined\nMy card was declined\n")
    figures = ours(str(file), "body", "auto", str(model_dir), 2)
    assert (figures["n"], figures["words"]) == (2, 4.0)
    assert 0.99 <= figures["cosine_min"] <= figures["cosine_mean"] <= 1.0001
    assert figures["texts_per_s"] > 0
    assert figures["ratio"] > 0
    assert figures["reference"]["texts_per_s"] > 0


def test_an_empty_file_has_too_few_texts(tmp_path: Path) -> None:
    file = tmp_path / "texts.csv"
    file.write_text("body\n")
    with pytest.raises(TooFewTexts):
        ours(str(file), "body", "auto", str(tmp_path), 2)
