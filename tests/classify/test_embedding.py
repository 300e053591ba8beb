"""The contract of every embedder: unit length, the same for the same texts, close where meaning is."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from classify import Embedder, load_embedder
from data.errors import ModelCorrupt, ModelMissing

ENGLISH, UNIVERSAL = "all-MiniLM-L6-v2", "universal-sentence-encoder-v3"
SAME = {
    "en": ("My bill is too high", "I was charged more than usual on my bill"),
    "de": ("My bill is too high", "Meine Rechnung ist zu hoch"),
    "zh": ("My bill is too high", "我的账单太高了"),
}
UNLIKE = {
    "en": "The recipe needs three eggs",
    "de": "Für das Rezept braucht man drei Eier",
    "zh": "这个菜谱需要三个鸡蛋",
}


@pytest.fixture(scope="module", params=[ENGLISH, UNIVERSAL])
def backend(request: pytest.FixtureRequest, model_dir: Path) -> Embedder:
    if not (model_dir / request.param).is_dir():
        pytest.skip("models are not assembled: run 'reasonance models assemble'")
    return load_embedder(model_dir / request.param, threads=2)


def test_rows_are_unit_length_and_in_order(backend: Embedder) -> None:
    vectors = backend.encode(["a long sentence about a router that is late", "card", ""])
    assert vectors.shape == (3, backend.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[1], backend.encode(["card"])[0], atol=1e-5)


def test_the_same_texts_give_the_same_bits_in_any_order(backend: Embedder) -> None:
    texts = [f"text {'word ' * (number % 17)}{number}" for number in range(150)]
    order = np.random.default_rng(0).permutation(len(texts))
    assert (backend.encode([texts[row] for row in order]) == backend.encode(texts)[order]).all()


def test_no_texts_give_no_rows(backend: Embedder) -> None:
    assert backend.encode([]).shape == (0, backend.dimensions)


def test_the_threshold_lies_between_unrelated_and_restated_in_each_language_it_reads(backend: Embedder) -> None:
    for language in backend.languages & SAME.keys():
        one, other = backend.encode(SAME[language])
        unlike = backend.encode([UNLIKE[language]])[0]
        assert one @ unlike < backend.threshold < one @ other, language


def test_provenance_names_the_weights(backend: Embedder) -> None:
    assert backend.name in (ENGLISH, UNIVERSAL)
    assert backend.provenance.model == backend.name
    assert len(backend.provenance.model_sha256 or "") == 64


def test_a_model_says_which_languages_it_reads(model_dir: Path) -> None:
    assert load_embedder(model_dir / ENGLISH).languages == {"en"}
    assert {"en", "de", "zh"} < (load_embedder(model_dir / UNIVERSAL).languages or set())


def test_a_model_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        load_embedder(tmp_path / "none")


def test_a_folder_without_a_model_is_corrupt(tmp_path: Path) -> None:
    with pytest.raises(ModelCorrupt):
        load_embedder(tmp_path)


@pytest.mark.parametrize("damaged", ["weights.npz", "sp.model"])
def test_a_damaged_multilingual_model_is_corrupt(model_dir: Path, tmp_path: Path, damaged: str) -> None:
    folder = shutil.copytree(model_dir / UNIVERSAL, tmp_path / UNIVERSAL)
    (folder / damaged).write_bytes(b"junk")
    with pytest.raises(ModelCorrupt):
        load_embedder(folder)
