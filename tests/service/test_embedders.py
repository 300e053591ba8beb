"""The setting's name chooses the model; ``auto`` takes what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import ModelMissing
from service.embedders import ENGLISH, MULTILINGUAL, embedder_paths, open_embedder


@pytest.mark.models
def test_auto_takes_both_bundled_models(model_dir: Path) -> None:
    assert embedder_paths("auto", model_dir) == (model_dir / ENGLISH, model_dir / MULTILINGUAL)
    assert {"en", "de", "zh"} < (open_embedder("auto", model_dir, threads=2).languages or set())


@pytest.mark.models
def test_auto_makes_do_with_the_english_one(model_dir: Path, tmp_path: Path) -> None:
    (tmp_path / ENGLISH).symlink_to(model_dir / ENGLISH)
    assert embedder_paths("auto", tmp_path) == (tmp_path / ENGLISH,)
    assert open_embedder("auto", tmp_path, threads=2).languages == {"en"}


def test_auto_without_any_model_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        open_embedder("auto", tmp_path)


@pytest.mark.models
def test_a_name_is_taken_by_itself(model_dir: Path) -> None:
    assert open_embedder(MULTILINGUAL, model_dir, threads=2).name == MULTILINGUAL
