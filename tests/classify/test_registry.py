"""Ids are permanent: a reason that is found again keeps its own, and no id goes to two."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from classify import DiscoveredReason, Discovery, reconcile


@dataclass(frozen=True)
class Known:
    id: str
    name: str
    centroid: NDArray[np.float32]
    size: int


def direction(*parts: float) -> NDArray[np.float32]:
    return np.array(parts, dtype=np.float32)


def found(*centroids: NDArray[np.float32], labels: list[int] | None = None) -> Discovery:
    reasons = tuple(
        DiscoveredReason(name=f"found {n}", keywords=(), centroid=c, size=10, representatives=())
        for n, c in enumerate(centroids)
    )
    return Discovery(labels=np.array(labels or [], dtype=np.int64), reasons=reasons)


def fresh() -> object:
    numbers = count(1)
    return lambda: f"new-{next(numbers)}"


A, B, C = direction(1, 0, 0), direction(0, 1, 0), direction(0, 0, 1)


def test_a_reason_that_is_found_again_keeps_its_id() -> None:
    known = [Known("a", "A", A, 5), Known("b", "B", B, 5)]
    answer = reconcile(found(direction(0.1, 0.7, 0), A * 0.8), known, new_id=fresh())
    assert answer.ids == ("b", "a")
    assert [event.kind for event in answer.events] == ["matched", "matched"]


def test_what_is_unlike_all_known_is_created_and_what_is_not_found_is_retired() -> None:
    answer = reconcile(found(C), [Known("a", "A", A, 5)], new_id=fresh())
    assert answer.ids == ("new-1",)
    assert [(event.kind, event.reason_id) for event in answer.events] == [("created", "new-1"), ("retired", "a")]


def test_two_that_come_of_one_are_a_match_and_a_split() -> None:
    answer = reconcile(found(direction(1, 0.1, 0), direction(1, 0.5, 0)), [Known("a", "A", A, 5)], new_id=fresh())
    assert answer.ids == ("a", "new-1")
    assert answer.events[1].kind == "split"
    assert answer.events[1].others == ("a",)


def test_one_that_comes_of_two_is_a_match_and_a_merge() -> None:
    known = [Known("a", "A", direction(1, 0.1, 0), 9), Known("b", "B", direction(1, 0.5, 0), 4)]
    answer = reconcile(found(A), known, new_id=fresh())
    assert answer.ids == ("a",)
    assert [(event.kind, event.reason_id, event.others) for event in answer.events] == [
        ("matched", "a", ()),
        ("merged", "b", ("a",)),
    ]


def test_shared_contacts_outweigh_a_centroid_that_moved() -> None:
    known = [Known("a", "A", A, 3), Known("b", "B", B, 3)]
    discovery = found(direction(0.6, 0.8, 0), direction(0.8, 0.6, 0), labels=[0, 0, 0, 1, 1, 1])
    answer = reconcile(discovery, known, new_id=fresh(), previous=["a", "a", "a", "b", "b", None])
    assert answer.ids == ("a", "b")


def test_the_first_discovery_creates_everything() -> None:
    answer = reconcile(found(A, B), [], new_id=fresh())
    assert answer.ids == ("new-1", "new-2")
    assert {event.kind for event in answer.events} == {"created"}


vectors = st.lists(st.floats(-1, 1), min_size=4, max_size=4).map(lambda v: np.array([*v, 0.3], dtype=np.float32))


@settings(max_examples=60, deadline=None)
@given(st.lists(vectors, max_size=6), st.lists(vectors, max_size=6))
def test_ids_stay_one_to_one(new: list[NDArray[np.float32]], old: list[NDArray[np.float32]]) -> None:
    known = [Known(f"k{n}", "", centroid, 1) for n, centroid in enumerate(old)]
    answer = reconcile(found(*new), known, new_id=fresh())
    assert len(set(answer.ids)) == len(answer.ids) == len(new)
    told = [event.reason_id for event in answer.events]
    assert len(set(told)) == len(told)
    assert set(told) == {*answer.ids} | {reason.id for reason in known}
