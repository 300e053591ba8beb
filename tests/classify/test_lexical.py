"""Words stand beside meaning where texts share them, and nowhere else."""

from __future__ import annotations

import numpy as np

from classify.lexical import SHARE, with_words


def _alike(size: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Vectors that an embedder cannot tell apart."""
    return np.repeat(np.eye(1, 8, dtype=np.float32), size, axis=0)


def test_texts_that_share_words_come_closer_than_others_that_mean_as_much() -> None:
    texts = ["top up failed", "top up declined", "transfer pending", "transfer slow", "card stolen", "card lost"]
    joined = with_words(_alike(6), texts)
    cosines = joined @ joined.T
    assert np.allclose(np.diag(cosines), 1.0, atol=1e-6)
    assert cosines[0, 1] > cosines[0, 2]
    assert cosines[2, 3] > cosines[2, 4]


def test_words_move_a_cosine_by_no_more_than_their_share() -> None:
    texts = [f"{thing} {what}" for thing in ("bill", "router", "parcel") for what in ("late", "broken", "wrong")]
    random = np.random.default_rng(3)
    vectors = random.normal(size=(9, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    moved = np.abs(with_words(vectors, texts) @ with_words(vectors, texts).T - vectors @ vectors.T)
    assert moved.max() <= 2 * SHARE + 1e-6


def test_texts_without_a_common_word_keep_their_vectors() -> None:
    vectors = np.eye(3, 4, dtype=np.float32)
    assert with_words(vectors, ["退款没有到账", "手机丢了", "无法登录"]) is vectors
    assert with_words(vectors, ["?", "!", "…"]) is vectors


def test_two_calls_give_the_same_bytes() -> None:
    texts = [f"my {thing} is {what}" for thing in ("bill", "router") for what in ("late", "broken", "wrong")]
    vectors = np.eye(6, 8, dtype=np.float32)
    assert with_words(vectors, texts).tobytes() == with_words(vectors, texts).tobytes()
