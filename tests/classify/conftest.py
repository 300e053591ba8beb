"""A small contact centre in sentences, and the real embedder that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from classify import load_embedder
from classify.embedding import SentenceEmbedder


@dataclass(frozen=True, slots=True)
class Corpus:
    texts: list[str]
    truth: list[str]
    vectors: NDArray[np.float32]


WORDINGS = {
    "card": ["My card payment was declined", "The shop refused my card", "Card declined again at the till",
             "Why is my card payment declined?", "The terminal would not take my card", "card payment declined twice"],
    "router": ["Where is my new router?", "The router has not been delivered", "Router delivery is late",
               "I am still waiting for the router delivery", "My router never arrived", "router parcel not delivered"],
    "cancel": ["I want to cancel my subscription", "Please cancel my contract", "How do I cancel the subscription?",
               "Cancel my plan at the end of the month", "I would like to end my contract", "cancel subscription now"],
    "password": ["I cannot reset my password", "The password reset link does not work", "Forgot my password",
                 "Password reset mail never comes", "My login password is not accepted", "reset password please"],
}  # fmt: skip
ENDINGS = ("", " please help", " since yesterday")


def clustered(groups: int, each: int, seed: int = 0, spread: float = 0.04) -> Corpus:
    """Points around random directions, with texts that only tell them apart."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(groups, 48))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    points = np.repeat(centres, each, axis=0) + random.normal(scale=spread, size=(groups * each, 48))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    truth = [f"matter{group}" for group in range(groups) for _ in range(each)]
    texts = [f"{matter} number {row} is broken" for row, matter in enumerate(truth)]
    return Corpus(texts, truth, points.astype(np.float32))


@pytest.fixture(scope="session")
def embedder(model_dir: Path) -> SentenceEmbedder:
    return load_embedder(model_dir / "all-MiniLM-L6-v2", threads=2)


@pytest.fixture(scope="session")
def corpus(embedder: SentenceEmbedder) -> Corpus:
    texts = [wording + ending for wordings in WORDINGS.values() for wording in wordings for ending in ENDINGS]
    truth = [label for label, wordings in WORDINGS.items() for _ in range(len(wordings) * len(ENDINGS))]
    return Corpus(texts, truth, embedder.encode(texts))
