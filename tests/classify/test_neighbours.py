"""Neighbours are exact among few texts and nearly so among many, and nothing is drawn by chance."""

from __future__ import annotations

import numpy as np
import pytest

from classify import cells, density, discover, neighbours
from tests.classify.conftest import clustered


def test_every_row_has_its_nearest_others_the_nearest_first() -> None:
    vectors = clustered(6, 20).vectors
    found, cosines = neighbours.nearest(vectors, 7)
    similar = vectors @ vectors.T
    np.fill_diagonal(similar, -np.inf)
    assert np.allclose(cosines, -np.sort(-similar, axis=1)[:, :7], atol=1e-6)
    assert (np.diff(cosines, axis=1) <= 0).all()
    assert (found != np.arange(len(vectors))[:, None]).all()


def test_among_many_texts_nearly_all_neighbours_are_found_by_looking_nearby(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = clustered(60, 100, spread=0.1).vectors
    exact = neighbours.nearest(vectors, 15)[0]
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 0)
    monkeypatch.setattr(cells, "CELL", 100)
    nearby = neighbours.nearest(vectors, 15)[0]
    assert np.mean([len({*a} & {*b}) / 15 for a, b in zip(exact, nearby, strict=True)]) > 0.95
    assert (neighbours.nearest(vectors, 15)[0] == nearby).all()


def test_every_row_has_enough_neighbours_even_in_a_small_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 0)
    monkeypatch.setattr(cells, "CELL", 3)
    monkeypatch.setattr(cells, "LOOKED_INTO", 1)
    found, cosines = neighbours.nearest(clustered(4, 10).vectors, 25)
    assert all(len({*row}) == 25 and number not in row for number, row in enumerate(found.tolist()))
    assert np.isfinite(cosines).all()


def test_many_texts_are_discovered_by_a_sample_the_same_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 0)
    monkeypatch.setattr(density, "MOST_POINTS", 200)
    corpus = clustered(8, 100)
    found = discover(corpus.texts, corpus.vectors)
    pairs = {(truth, int(label)) for truth, label in zip(corpus.truth, found.labels, strict=True) if label >= 0}
    assert len(found.reasons) == len(pairs) == 8
    assert (found.labels >= 0).mean() > 0.95
    order = np.random.default_rng(5).permutation(len(corpus.texts))
    again = discover([corpus.texts[row] for row in order], corpus.vectors[order])
    assert (again.labels == found.labels[order]).all()
    assert (again.detail_labels == found.detail_labels[order]).all()
