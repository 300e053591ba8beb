"""The sentiment model learns what it is shown, and the same from the same."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.sentiment_fit import Examples, fitted, wording
from nlp.sentiment_model import SentimentModel


@pytest.fixture(scope="module")
def examples() -> Examples:
    """A part of the product's own sentences, with vectors whose first number is the score."""
    own = wording()[::4]
    scores = np.array([score for _, score in own], dtype=np.float32)
    vectors = np.column_stack([scores, np.ones_like(scores)]).astype(np.float32)
    return Examples(
        texts=[text for text, _ in own], scores=scores, weights=np.ones_like(scores), vectors=vectors, bridged=vectors
    )


def test_the_same_examples_give_the_same_weights_and_a_model_that_has_learned(examples: Examples) -> None:
    one, other = (fitted(examples, "sha") for _ in range(2))
    assert _parts(one) == _parts(other)
    found = np.array(one.scores("meaning", examples.texts, examples.vectors))
    assert np.corrcoef(found, examples.scores)[0, 1] > 0.5
    assert one.embedder == "sha"


def test_the_products_sentences_are_on_the_scale_and_each_is_there_once() -> None:
    own = wording()
    assert len({text for text, _ in own}) == len(own)
    assert {score for _, score in own} == {-0.6, -0.35, 0.0, 0.35, 0.6}


def _parts(model: SentimentModel) -> dict[str, bytes]:
    networks = {
        f"{kind}.{name}": getattr(one, name).tobytes()
        for kind, one in model.networks.items()
        for name in ("straight", "hidden", "out", "bias")
    }
    return {**networks, "said": model.said.tobytes()}
