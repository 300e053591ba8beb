"""Discovery finds what is there, the same in any order and process, and says honestly what belongs nowhere."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify import Granularity, discover
from data.errors import TooFewTexts
from tests.classify.conftest import Corpus, clustered

ROOT = Path(__file__).parents[2]


def partition(labels: np.ndarray, rows: np.ndarray) -> dict[int, int]:
    return {int(row): int(label) for row, label in zip(rows, labels, strict=True)}


def test_each_reason_is_found_once(corpus: Corpus) -> None:
    found = discover(corpus.texts, corpus.vectors)
    pairs = {(truth, int(label)) for truth, label in zip(corpus.truth, found.labels, strict=True) if label >= 0}
    assert len(found.reasons) == len(set(corpus.truth)) == len(pairs)
    assert (found.labels >= 0).mean() > 0.95


def test_names_say_the_reason_in_the_customers_words(corpus: Corpus) -> None:
    found = discover(corpus.texts, corpus.vectors)
    names = {corpus.truth[reason.representatives[0]]: reason.name for reason in found.reasons}
    assert "router" in names["router"]
    assert "password" in names["password"]
    assert "card" in names["card"]
    assert "cancel" in names["cancel"] or "contract" in names["cancel"]
    assert all("please" not in name and "yesterday" not in name for name in names.values())


def test_representatives_are_three_members_in_different_words(corpus: Corpus) -> None:
    found = discover(corpus.texts, corpus.vectors)
    for number, reason in enumerate(found.reasons):
        assert len({corpus.texts[row].lower() for row in reason.representatives}) == 3
        assert all(found.labels[row] == number for row in reason.representatives)


def test_quotes_are_different_wordings_where_there_are_such(corpus: Corpus) -> None:
    found = discover(corpus.texts, corpus.vectors)
    for reason in found.reasons:
        said = [set(corpus.texts[row].lower().replace("?", "").split()) for row in reason.representatives]
        assert all(len(a & b) / len(a | b) <= 0.5 for a, b in combinations(said, 2))


def test_the_order_of_texts_changes_nothing(corpus: Corpus) -> None:
    found = discover(corpus.texts, corpus.vectors)
    order = np.random.default_rng(3).permutation(len(corpus.texts))
    again = discover([corpus.texts[row] for row in order], corpus.vectors[order])
    assert (again.labels == found.labels[order]).all()
    assert [reason.name for reason in again.reasons] == [reason.name for reason in found.reasons]
    assert all((a.centroid == b.centroid).all() for a, b in zip(again.reasons, found.reasons, strict=True))


def test_another_process_finds_the_same() -> None:
    program = (
        "from tests.classify.conftest import clustered; from classify import discover; c = clustered(6, 40);"
        "print(discover(c.texts, c.vectors).labels.tolist())"
    )
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    corpus = clustered(6, 40)
    assert answer.stdout.strip() == str(discover(corpus.texts, corpus.vectors).labels.tolist())


def test_finer_reasons_are_parts_of_coarser_ones() -> None:
    corpus = clustered(12, 40, spread=0.08)
    coarse, medium, fine = (
        discover(corpus.texts, corpus.vectors, granularity=grain) for grain in ("coarse", "medium", "fine")
    )
    assert len(coarse.reasons) < len(medium.reasons) < len(fine.reasons)
    within = {(int(a), int(b)) for a, b in zip(fine.labels, medium.labels, strict=True) if min(a, b) >= 0}
    assert len(within) == len(fine.reasons)


def test_a_text_unlike_all_others_is_unassigned(corpus: Corpus, embedder: object) -> None:
    strange = ["What is the capital of Mongolia?", "Add two eggs to the flour and stir"]
    vectors = np.vstack([corpus.vectors, embedder.encode(strange)])  # type: ignore[attr-defined]
    found = discover([*corpus.texts, *strange], vectors)
    assert found.labels[-2:].tolist() == [-1, -1]


def test_what_has_no_words_is_counted_not_clustered(corpus: Corpus, embedder: object) -> None:
    junk = ["-", "…", ".", "", "x", "?!", "42", "好"] * 4
    vectors = np.vstack([corpus.vectors, embedder.encode(junk)])  # type: ignore[attr-defined]
    found = discover([*corpus.texts, *junk], vectors)
    assert (found.labels[-len(junk) :] == -1).all()


def test_what_many_say_in_the_same_words_is_a_reason(corpus: Corpus, embedder: object) -> None:
    repeated = ["Too expensive"] * 8
    vectors = np.vstack([corpus.vectors, embedder.encode(repeated)])  # type: ignore[attr-defined]
    found = discover([*corpus.texts, *repeated], vectors)
    assert set(found.labels[-8:].tolist()) != {-1}


def test_thirty_equal_texts_are_one_reason() -> None:
    vectors = np.tile(np.eye(1, 8, dtype=np.float32), (30, 1))
    found = discover(["My bill is too high"] * 30, vectors)
    assert [reason.size for reason in found.reasons] == [30]
    assert "bill" in found.reasons[0].name


def test_fewer_than_thirty_texts_are_too_few() -> None:
    corpus = clustered(2, 14)
    for texts, vectors in ((corpus.texts, corpus.vectors), ([], np.zeros((0, 8), dtype=np.float32))):
        with pytest.raises(TooFewTexts):
            discover(texts, vectors)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 6), st.integers(30, 60), st.floats(0.01, 0.5), st.integers(0, 99))
def test_labels_and_reasons_agree_whatever_the_corpus(groups: int, each: int, spread: float, seed: int) -> None:
    corpus = clustered(groups, each, seed, spread)
    found = discover(corpus.texts, corpus.vectors)
    assert found.labels.shape == (groups * each,)
    assert set(found.labels.tolist()) - {-1} == set(range(len(found.reasons)))
    assert [reason.size for reason in found.reasons] == np.bincount(found.labels[found.labels >= 0]).tolist()
    assert len({reason.name for reason in found.reasons}) == len(found.reasons)
    assert all(np.isfinite(reason.centroid).all() for reason in found.reasons)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 12),
    st.integers(30, 50),
    st.floats(0.01, 0.5),
    st.integers(0, 99),
    st.sampled_from(("coarse", "medium", "fine")),
)
def test_the_three_levels_are_one_hierarchy(
    groups: int, each: int, spread: float, seed: int, granularity: Granularity
) -> None:
    corpus = clustered(groups, each, seed, spread)
    found = discover(corpus.texts, corpus.vectors, granularity=granularity)
    assert set(found.group_of) == set(range(len(found.groups)))
    for number, group in enumerate(found.groups):
        assert group.size == sum(
            reason.size for reason, above in zip(found.reasons, found.group_of, strict=True) if above == number
        )
    for row in np.flatnonzero(found.detail_labels >= 0):
        assert found.detail_of[found.detail_labels[row]] == found.labels[row]
    for number, reason in enumerate(found.reasons):
        own = [part.size for part, above in zip(found.details, found.detail_of, strict=True) if above == number]
        assert not own or (len(own) > 1 and sum(own) == reason.size)
    for level in (found.groups, found.reasons, found.details):
        assert len({part.name for part in level}) == len(level)


def test_what_is_a_reason_when_asked_for_coarse_ones_is_a_group_otherwise() -> None:
    corpus = clustered(12, 40, spread=0.08)
    coarse, medium, fine = (
        discover(corpus.texts, corpus.vectors, granularity=grain) for grain in ("coarse", "medium", "fine")
    )
    assert (np.array(medium.group_of)[medium.labels] == coarse.labels).all()
    assert (np.array(fine.group_of)[fine.labels] == medium.labels).all()
