"""Vectors are unit length, the same for the same texts, and close where meaning is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classify import load_embedder
from classify.embedding import SentenceEmbedder
from data.errors import ModelCorrupt, ModelMissing


def test_rows_are_unit_length_and_in_order(embedder: SentenceEmbedder) -> None:
    vectors = embedder.encode(["a long sentence about a router that is late", "card", ""])
    assert vectors.shape == (3, embedder.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[1], embedder.encode(["card"])[0], atol=1e-5)


def test_the_same_texts_give_the_same_bits_in_any_order(embedder: SentenceEmbedder) -> None:
    texts = [f"text {'word ' * (number % 17)}{number}" for number in range(150)]
    order = np.random.default_rng(0).permutation(len(texts))
    assert (embedder.encode([texts[row] for row in order]) == embedder.encode(texts)[order]).all()


def test_no_texts_give_no_rows(embedder: SentenceEmbedder) -> None:
    assert embedder.encode([]).shape == (0, embedder.dimensions)


def test_the_threshold_lies_between_unrelated_and_restated(embedder: SentenceEmbedder) -> None:
    same = embedder.encode(["My bill is too high", "I was charged more than usual on my bill"])
    unlike = embedder.encode(["My bill is too high", "The recipe needs three eggs"])
    assert unlike[0] @ unlike[1] < embedder.threshold < same[0] @ same[1]


def test_provenance_names_the_weights(embedder: SentenceEmbedder) -> None:
    assert embedder.name == "all-MiniLM-L6-v2"
    assert len(embedder.provenance.model_sha256 or "") == 64


def test_a_model_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        load_embedder(tmp_path / "none")


def test_a_folder_without_a_model_is_corrupt(tmp_path: Path) -> None:
    with pytest.raises(ModelCorrupt):
        load_embedder(tmp_path)
