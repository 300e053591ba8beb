"""The texts that time and memory are measured on are many, different, and always the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from service.evaluate.discovery import made, ours


def test_texts_are_made_from_real_sentences_the_same_each_time() -> None:
    sentences = ["My card was declined", "Where is my new router?", "I want to cancel my contract"]
    vectors = np.eye(3, 8, dtype=np.float32)
    texts, mixed = made(sentences, vectors, 50)
    again, mixed_again = made(sentences, vectors, 50)
    assert texts[:3] == sentences
    assert all(text.startswith(sentences[row % 3]) for row, text in enumerate(texts))
    assert np.allclose(np.linalg.norm(mixed, axis=1), 1.0)
    assert (mixed.argmax(axis=1) == np.arange(50) % 3).all()
    assert texts == again
    assert (mixed == mixed_again).all()


@pytest.mark.models
def test_the_default_embedder_is_measured_too(model_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "texts.csv"
    matters = ("my card was declined at the", "where is the parcel for the", "cancel my contract with the")
    file.write_text("body\n" + "\n".join(f"{matter} {place}" for matter in matters for place in PLACES) + "\n")
    figures = ours(str(file), "body", 60, "auto", str(model_dir), 2)
    assert figures["n"] == 60
    assert figures["order_stable"] is True
    assert figures["growth"] == []


PLACES = ("shop", "bakery", "bookstore", "cinema", "hotel", "garage", "museum", "school", "station", "library")
