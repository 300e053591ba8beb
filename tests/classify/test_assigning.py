"""A new contact gets its reason with a confidence, or none with the nearest."""

from __future__ import annotations

import numpy as np
import pytest

from classify import assign, discover, memberships
from classify.embedding import SentenceEmbedder
from tests.classify.conftest import Corpus, clustered
from tests.classify.test_registry import Known


def registry(corpus: Corpus) -> list[Known]:
    found = discover(corpus.texts, corpus.vectors)
    return [
        Known(corpus.truth[reason.representatives[0]], reason.name, reason.centroid, reason.size)
        for reason in found.reasons
    ]


def test_new_contacts_get_their_reason(corpus: Corpus, embedder: SentenceEmbedder) -> None:
    known = registry(corpus)
    new = ["my card got declined in the supermarket", "when will the router arrive", "end my subscription today"]
    answers = assign(embedder.encode(new), known)
    assert [answer.reason_id for answer in answers] == ["card", "router", "cancel"]
    assert all(answer.confidence > 0.8 for answer in answers)


def test_what_fits_nowhere_is_unassigned_and_says_what_came_nearest(corpus: Corpus, embedder: SentenceEmbedder) -> None:
    (answer,) = assign(embedder.encode(["Which bus goes to the zoo?"]), registry(corpus))
    assert answer.reason_id is None
    assert answer.nearest_id is not None
    assert answer.distance is not None
    assert answer.distance > 0.5
    assert answer.confidence < 0.5


def test_without_known_reasons_nothing_is_guessed() -> None:
    (answer,) = assign(np.ones((1, 4), dtype=np.float32) / 2, [])
    assert (answer.reason_id, answer.nearest_id, answer.distance, answer.confidence) == (None, None, None, 0.0)


def test_members_of_a_discovery_keep_the_reason_it_found() -> None:
    corpus = clustered(5, 30)
    found = discover(corpus.texts, corpus.vectors)
    ids = [f"id-{number}" for number in range(len(found.reasons))]
    answers = memberships(found, corpus.vectors, ids)
    assert [answer.reason_id for answer in answers] == [ids[label] if label >= 0 else None for label in found.labels]


@pytest.mark.parametrize("spread", [0.02, 0.1, 0.2])
def test_confidence_is_a_probability(spread: float) -> None:
    corpus = clustered(4, 40, spread=spread)
    answers = assign(corpus.vectors, registry(corpus))
    assert all(0.0 <= answer.confidence <= 1.0 for answer in answers)
