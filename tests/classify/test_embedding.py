"""The contract of every embedder: unit length, the same for the same texts, close where meaning is."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from classify import Embedder, load_bridged, load_embedder
from classify.bridge import Bridge
from classify.embedding import SentenceEmbedder
from data.errors import ModelCorrupt, ModelMissing
from data.models import MODELS
from nlp.language import detect

ENGLISH, UNIVERSAL = "all-MiniLM-L6-v2", "universal-sentence-encoder-v3"
BRIDGED = "bridged"
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


class OnDevice:
    """Stands in for the library's model on some device, and keeps how many texts come at once."""

    def __init__(self, device: str) -> None:
        self.device = torch.device(device)
        self.sizes: list[int] = []

    def get_embedding_dimension(self) -> int:
        return 2

    def encode(self, texts: list[str], *, batch_size: int, show_progress_bar: bool) -> NDArray[np.float32]:
        assert len(texts) <= batch_size
        self.sizes.append(len(texts))
        return np.full((len(texts), 2), 3.0, dtype=np.float32)


@pytest.fixture(scope="module", params=[ENGLISH, UNIVERSAL, BRIDGED])
def backend(request: pytest.FixtureRequest, model_dir: Path) -> Embedder:
    if request.param == BRIDGED:
        return bridged(model_dir)
    return load_embedder(model_dir / request.param, threads=2)


def bridged(model_dir: Path) -> Embedder:
    return load_bridged(model_dir / ENGLISH, model_dir / UNIVERSAL, language_of=detect, threads=2)


def test_rows_are_unit_length_and_in_order(backend: Embedder) -> None:
    vectors = backend.encode(["a long sentence about a router that is late", "card", ""])
    assert vectors.shape == (3, backend.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[1], backend.encode(["card"])[0], atol=1e-5)


def test_the_same_texts_give_the_same_bits_in_any_order(backend: Embedder) -> None:
    texts = [f"text {'word ' * (number % 17)}{number}" for number in range(70)]
    texts += [f"Wo bleibt mein Paket Nummer {number}?" for number in range(30)]
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


def test_english_is_placed_by_the_english_model_alone(model_dir: Path) -> None:
    texts = ["Where is my parcel?", "I want to cancel my contract"]
    both = load_bridged(model_dir / ENGLISH, model_dir / "none", language_of=detect, threads=2)
    english = load_embedder(model_dir / ENGLISH, threads=2)
    assert both.name == english.name
    assert (both.encode(texts) == english.encode(texts)).all()
    with pytest.raises(ModelMissing):
        both.encode([*texts, "Wo bleibt mein Paket?"])


def test_the_bridge_is_for_the_weights_that_are_pinned() -> None:
    bridge = Bridge.load()
    assert bridge.begins == MODELS[UNIVERSAL].weights[0].sha256
    assert bridge.ends == MODELS[ENGLISH].weights[0].sha256


def test_a_bridge_between_other_weights_is_refused(model_dir: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(model_dir / UNIVERSAL, tmp_path / UNIVERSAL)
    with np.load(folder / "weights.npz") as stored:
        np.savez(folder / "weights.npz", **dict(stored))
    other = load_bridged(model_dir / ENGLISH, folder, language_of=detect, threads=2)
    with pytest.raises(ModelCorrupt):
        other.encode(["Wo bleibt mein Paket?"])


def test_the_fast_way_stays_near_the_exact_one(model_dir: Path) -> None:
    texts = [text for pair in SAME.values() for text in pair] + ["a", "router " * 300]
    fast, exact = (load_embedder(model_dir / ENGLISH, threads=2, precision=one) for one in ("auto", "float32"))
    assert np.sum(fast.encode(texts) * exact.encode(texts), axis=1).min() >= 0.99


@pytest.mark.parametrize(("device", "sizes"), [("cpu", [64] * 4 + [44]), ("cuda", [256, 44])])
def test_a_gpu_takes_more_texts_at_once(device: str, sizes: list[int]) -> None:
    model = OnDevice(device)
    vectors = SentenceEmbedder(model, "double", None).encode([f"text {number}" for number in range(300)])
    assert model.sizes == sizes
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)


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
