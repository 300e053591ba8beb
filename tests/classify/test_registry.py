"""Ids are permanent: a reason that is found again keeps its own, and no id goes to two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from classify import DiscoveredReason, Discovery, Reconciled, reconcile


@dataclass(frozen=True)
class Known:
    id: str
    name: str
    centroid: NDArray[np.float32]
    size: int
    keywords: tuple[str, ...] = ()
    active: bool = True
    merged_into: str | None = None
    kept: bool = False
    whole: bool = False
    joined: bool = False
    barred: bool = False


def direction(*parts: float) -> NDArray[np.float32]:
    return np.array(parts, dtype=np.float32)


def run(
    *centroids: NDArray[np.float32],
    known: Sequence[Known] = (),
    previous: Sequence[Sequence[str | None]] | None = None,
    given: Mapping[int, str | None] | None = None,
) -> Reconciled:
    """Discovers a reason at each centroid with three contacts, or as many as had something before."""
    rows = [len(previous[n]) if previous else 3 for n in range(len(centroids))]
    reasons = tuple(
        DiscoveredReason(name=f"found {n}", keywords=(), centroid=c, size=rows[n], representatives=())
        for n, c in enumerate(centroids)
    )
    labels = np.repeat(np.arange(len(centroids)), rows)
    vectors = np.array([c / np.linalg.norm(c) for c in centroids], dtype=np.float32).reshape(
        len(centroids), -1 if centroids else 3
    )
    return reconcile(
        Discovery(labels=labels, reasons=reasons),
        vectors[labels],
        known,
        new_id=fresh(),
        previous=[one for part in previous for one in part] if previous else None,
        given=given,
    )


def rows_of(answer: Reconciled) -> list[str | None]:
    return [answer.ids[label] if label != -1 else None for label in answer.discovery.labels]


def fresh() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"new-{next(numbers)}"


A, B, C = direction(1, 0, 0), direction(0, 1, 0), direction(0, 0, 1)


def test_a_reason_that_is_found_again_keeps_its_id() -> None:
    known = [Known("a", "A", A, 5), Known("b", "B", B, 5)]
    answer = run(direction(0.1, 0.7, 0), A * 0.8, known=known)
    assert rows_of(answer) == ["b"] * 3 + ["a"] * 3
    assert {event.kind for event in answer.events} == {"matched"}


def test_what_is_unlike_all_known_is_created_and_what_is_not_found_is_retired() -> None:
    answer = run(C, known=[Known("a", "A", A, 5)])
    assert answer.ids == ("new-1",)
    assert [(event.kind, event.reason_id) for event in answer.events] == [("created", "new-1"), ("retired", "a")]


def test_two_that_come_of_one_are_a_match_and_a_split() -> None:
    answer = run(A, direction(1, 0.5, 0), known=[Known("a", "A", A, 5)], previous=[["a"] * 3, ["a", "a"]])
    assert rows_of(answer) == ["a"] * 3 + ["new-1"] * 2
    split = answer.events[1]
    assert (split.kind, split.reason_id, split.others, split.size_after) == ("split", "new-1", ("a",), 2)


def test_one_that_comes_of_two_is_a_match_and_a_merge() -> None:
    known = [Known("a", "A", direction(1, 0.1, 0), 9), Known("b", "B", direction(1, 0.5, 0), 4)]
    answer = run(A, known=known, previous=[["a", "a", "b"]])
    assert rows_of(answer) == ["a"] * 3
    assert [(event.kind, event.reason_id, event.others) for event in answer.events] == [
        ("matched", "a", ()),
        ("merged", "b", ("a",)),
    ]


def test_shared_contacts_outweigh_a_centroid_that_moved() -> None:
    known = [Known("a", "A", A, 3), Known("b", "B", B, 3)]
    previous = [["a"] * 3, ["b", "b", None]]
    answer = run(direction(0.6, 0.8, 0), direction(0.8, 0.6, 0), known=known, previous=previous)
    assert rows_of(answer) == ["a"] * 3 + ["b"] * 3


def test_a_contact_stays_where_it_was_unless_another_reason_fits_clearly_better() -> None:
    known = [Known("a", "A", A, 9), Known("b", "B", B, 9)]
    labels = np.array([0] * 9 + [1] * 9)
    vectors = np.stack([A] * 8 + [direction(0.75, 0.66, 0)] + [B] * 8 + [direction(0.6, 0.8, 0)])
    reasons = tuple(
        DiscoveredReason(name="", keywords=(), centroid=c, size=9, representatives=()) for c in (A * 0.95, B * 0.95)
    )
    discovery = Discovery(labels=labels, reasons=reasons)
    previous = ["a"] * 8 + ["b"] + ["b"] * 8 + ["a"]
    answer = reconcile(discovery, vectors, known, new_id=fresh(), previous=previous)
    assert rows_of(answer) == previous
    previous = ["b"] + ["a"] * 8 + ["b"] * 9
    answer = reconcile(discovery, vectors, known, new_id=fresh(), previous=previous)
    assert rows_of(answer)[0] == "a"


def test_a_reason_that_a_person_keeps_lives_on_with_its_contacts_though_it_was_not_found() -> None:
    known = [Known("a", "A", A, 9), Known("b", "Mine", direction(1, 0.1, 0), 2, kept=True)]
    answer = run(direction(1, 0.05, 0), known=known, previous=[["a"] * 6 + ["b"] * 2])
    assert rows_of(answer) == ["a"] * 6 + ["b"] * 2
    assert [event.kind for event in answer.events] == ["matched"]
    assert [reason.name for reason in answer.discovery.reasons] == ["found 0", "Mine"]
    alone = run(A, known=[Known("b", "Mine", C, 0, keywords=("k",), kept=True)])
    assert [(reason.name, reason.size) for reason in alone.discovery.reasons] == [("found 0", 3), ("Mine", 0)]


def test_a_merge_of_people_is_not_undone_and_a_pinned_reason_is_not_split() -> None:
    merged = [
        Known("a", "A", A, 6, kept=True, whole=True),
        Known("b", "B", B, 3, active=False, joined=True, merged_into="a"),
    ]
    answer = run(A, B, known=merged, previous=[["a"] * 3, ["a"] * 3])
    assert rows_of(answer) == ["a"] * 6
    assert answer.ids == ("a",)
    assert answer.discovery.reasons[0].size == 6
    assert rows_of(run(A, B, known=merged)) == ["a"] * 6


def test_what_a_person_retired_stays_retired_and_what_was_retired_else_is_restored() -> None:
    answer = run(A, B, known=[Known("a", "A", A, 3, active=False, barred=True), Known("b", "B", B, 3, active=False)])
    assert rows_of(answer) == [None] * 3 + ["b"] * 3
    assert [(event.kind, event.reason_id) for event in answer.events] == [("restored", "b")]


def test_a_persons_word_on_a_contact_holds() -> None:
    known = [Known("a", "A", A, 3), Known("b", "B", B, 3)]
    answer = run(A, B, known=known, previous=[["a"] * 3, ["b"] * 3], given={0: "b", 1: None})
    assert rows_of(answer) == ["b", None, "a", "b", "b", "b"]
    assert sum(reason.size for reason in answer.discovery.reasons) == 5


def test_the_first_discovery_creates_everything() -> None:
    answer = run(A, B)
    assert answer.ids == ("new-1", "new-2")
    assert {event.kind for event in answer.events} == {"created"}


vectors = st.lists(st.floats(-1, 1), min_size=4, max_size=4).map(lambda v: np.array([*v, 0.3], dtype=np.float32))


@settings(max_examples=60, deadline=None)
@given(st.lists(vectors, max_size=6), st.lists(vectors, max_size=6), st.randoms())
def test_ids_stay_one_to_one(new: list[NDArray[np.float32]], old: list[NDArray[np.float32]], chance: Random) -> None:
    known = [Known(f"k{n}", "", centroid, 1) for n, centroid in enumerate(old)]
    before = [[chance.choice([None, *(reason.id for reason in known)]) for _ in range(3)] for _ in new]
    answer = run(*new, known=known, previous=before)
    assert len(set(answer.ids)) == len(answer.ids)
    told = [event.reason_id for event in answer.events]
    assert len(set(told)) == len(told)
    assert set(told) == {*answer.ids} | {reason.id for reason in known}
    assert sum(reason.size for reason in answer.discovery.reasons) == (answer.discovery.labels != -1).sum()
    ended = {event.reason_id for event in answer.events if event.kind in ("merged", "retired")}
    assert not ended & {*answer.ids}
    assert all(set(event.others) <= {*answer.ids} for event in answer.events if event.kind == "merged")
