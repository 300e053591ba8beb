"""What was embedded a moment ago is not embedded again."""

from __future__ import annotations

import numpy as np

from service.remembering import RememberingEmbedder
from tests.service.test_classify import CountingEmbedder, direction


def test_a_text_is_embedded_once_and_each_keeps_its_place() -> None:
    counting = CountingEmbedder()
    embedder = RememberingEmbedder(counting)  # type: ignore[arg-type]  # a double
    embedder.encode(["first", "second"])
    rows = embedder.encode(["third", "first", "third"])
    assert counting.asked == ["first", "second", "third"]
    assert np.array_equal(rows, np.stack([direction(text) for text in ("third", "first", "third")]))
    assert embedder.encode([]).shape == (0, counting.dimensions)


def test_it_forgets_what_was_wanted_longest_ago() -> None:
    counting = CountingEmbedder()
    embedder = RememberingEmbedder(counting, kept=2)  # type: ignore[arg-type]  # a double
    for text in ("first", "second", "first", "third", "first", "second"):
        embedder.encode([text])
    assert counting.asked == ["first", "second", "third", "second"]
