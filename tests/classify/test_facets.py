"""A reason that is said in several ways takes contacts that are like one of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classify import Facets, assign
from classify.values import Vectors


@dataclass(frozen=True)
class Reason:
    id: str
    name: str
    centroid: np.ndarray[tuple[int], np.dtype[np.float32]]
    size: int


def _around(direction: int, count: int, seed: int) -> Vectors:
    random = np.random.default_rng(seed)
    vectors = np.eye(1, 8, direction, dtype=np.float32) + 0.1 * random.normal(size=(count, 8)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def _members() -> tuple[Vectors, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """One reason of two wordings that have nothing in common, beside one that lies between them."""
    between = _around(0, 20, 3) + _around(1, 20, 4) + _around(2, 20, 5)
    between /= np.linalg.norm(between, axis=1, keepdims=True)
    return np.vstack([_around(0, 45, 1), _around(1, 15, 2), between]), np.repeat([0, 1], [60, 20])


def _reasons(vectors: Vectors, labels: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[Reason]:
    return [Reason(str(one), str(one), vectors[labels == one].mean(axis=0), 1) for one in (0, 1)]


def test_a_contact_like_the_rarer_wording_gets_the_reason_all_the_same() -> None:
    vectors, labels = _members()
    reasons = _reasons(vectors, labels)
    asked = _around(1, 10, 9)
    by_centroid = [one.nearest_id for one in assign(asked, reasons)]
    facets = Facets.of(vectors, labels, np.stack([reason.centroid for reason in reasons]))
    by_facet = [one.nearest_id for one in assign(asked, reasons, facets)]
    assert by_centroid.count("0") == 0
    assert by_facet.count("0") == 10


def test_each_reason_has_a_facet_and_none_is_nearer_than_a_cosine_can_be() -> None:
    vectors, labels = _members()
    centroids = np.stack([reason.centroid for reason in _reasons(vectors, labels)] + [np.eye(1, 8, 7)[0]])
    cosines = Facets.of(vectors, labels, centroids.astype(np.float32)).cosines(vectors)
    assert cosines.shape == (len(vectors), 3)
    assert np.abs(cosines).max() <= 1 + 1e-5


def test_without_contacts_the_facets_change_nothing_but_rounding() -> None:
    vectors, labels = _members()
    reasons = _reasons(vectors, labels)
    nobody = Facets.of(vectors[:0], labels[:0], np.stack([reason.centroid for reason in reasons]))
    plain, faceted = assign(vectors, reasons), assign(vectors, reasons, nobody)
    assert [one.reason_id for one in plain] == [one.reason_id for one in faceted]
    assert np.allclose([one.confidence for one in plain], [one.confidence for one in faceted], atol=1e-3)
