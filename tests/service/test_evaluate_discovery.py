"""The texts that time and memory are measured on are many, different, and always the same."""

from __future__ import annotations

import numpy as np

from service.evaluate.discovery import made


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
