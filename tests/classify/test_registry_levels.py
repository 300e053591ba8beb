"""Groups, reasons and details keep their ids together, and each lies in one that lives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from classify import DiscoveredReason, Discovery, Hierarchy, reconcile_levels


@dataclass(frozen=True)
class Known:
    id: str
    level: str
    parent_id: str | None
    centroid: NDArray[np.float32]
    size: int
    name: str = ""
    keywords: tuple[str, ...] = ()
    active: bool = True
    merged_into: str | None = None
    kept: bool = False
    whole: bool = False
    joined: bool = False
    barred: bool = False
    placed: bool = False


VECTORS = np.eye(8, dtype=np.float32).repeat(5, axis=0)
"""Eight matters, each five times: two make a reason, two reasons a group."""
MATTER = np.arange(8).repeat(5)


def level(labels: NDArray[np.int64]) -> tuple[DiscoveredReason, ...]:
    return tuple(
        DiscoveredReason(
            name=f"{number}",
            keywords=(),
            centroid=VECTORS[labels == number].mean(axis=0),
            size=int((labels == number).sum()),
            representatives=(int(np.flatnonzero(labels == number)[0]),),
        )
        for number in range(labels.max() + 1)
    )


FOUND = Discovery(
    labels=MATTER // 2,
    reasons=level(MATTER // 2),
    groups=level(MATTER // 4),
    group_of=(0, 0, 1, 1),
    details=level(MATTER),
    detail_labels=MATTER,
    detail_of=(0, 0, 1, 1, 2, 2, 3, 3),
)
NOTHING = [(None, None)] * len(VECTORS)


def known_after(answer: Hierarchy) -> list[Known]:
    groups = [Known(one.id, "group", None, one.reason.centroid, one.reason.size) for one in answer.groups]
    pairs = zip(answer.reasons.ids, answer.reasons.discovery.reasons, strict=True)
    reasons = [Known(one, "reason", answer.group_of[one], reason.centroid, reason.size) for one, reason in pairs]
    details = [Known(one.id, "detail", one.parent_id, one.reason.centroid, one.reason.size) for one in answer.details]
    return [*groups, *reasons, *details]


def rows_after(answer: Hierarchy) -> list[tuple[str | None, str | None]]:
    own = [answer.reasons.ids[label] if label >= 0 else None for label in answer.reasons.discovery.labels]
    return list(zip(own, answer.detail_of_row, strict=True))


def first() -> Hierarchy:
    numbers = count()
    return reconcile_levels(FOUND, VECTORS, [], new_id=lambda: f"n{next(numbers)}", previous=NOTHING)


def again(known: list[Known], found: Discovery = FOUND, answer: Hierarchy | None = None) -> Hierarchy:
    numbers = count(100)
    before = rows_after(answer or first())
    return reconcile_levels(found, VECTORS, known, new_id=lambda: f"n{next(numbers)}", previous=before)


def test_every_level_is_stored_below_what_it_lies_in() -> None:
    answer = first()
    assert (len(answer.groups), len(answer.reasons.ids), len(answer.details)) == (2, 4, 8)
    assert [group.reason.size for group in answer.groups] == [20, 20]
    assert sorted(answer.group_of.values()) == sorted(2 * [group.id for group in answer.groups])  # type: ignore[type-var]
    parents = {detail.id: detail.parent_id for detail in answer.details}
    assert all(parents[detail] == reason for reason, detail in rows_after(answer) if detail)
    assert {event.kind for event in answer.events} == {"created"}


def test_finding_the_same_again_changes_no_id() -> None:
    answer = again(known_after(first()))
    assert rows_after(answer) == rows_after(first())
    assert answer.group_of == first().group_of
    assert {event.kind for event in answer.events} == {"matched"}


def test_where_a_person_moved_a_reason_it_stays() -> None:
    known = known_after(first())
    groups = [one.id for one in known if one.level == "group"]
    at, moved = next((at, one) for at, one in enumerate(known) if one.level == "reason" and one.parent_id == groups[0])
    known[at] = replace(moved, parent_id=groups[1], placed=True, kept=True)
    answer = again(known)
    assert answer.group_of[moved.id] == groups[1]
    assert sorted(group.reason.size for group in answer.groups) == [10, 30]


def test_a_group_that_nothing_lies_in_any_more_ends_unless_a_person_keeps_it() -> None:
    one_group = replace(FOUND, groups=level(MATTER // 8), group_of=(0, 0, 0, 0))
    answer = again(known_after(first()), one_group)
    assert len(answer.groups) == 1
    [ended] = [event for event in answer.events if event.kind == "merged"]
    assert ended.others == (answer.groups[0].id,)
    kept = [replace(one, kept=True) if one.level == "group" else one for one in known_after(first())]
    assert len(again(kept, one_group).groups) == 2


def test_without_finer_levels_details_end_and_groups_too() -> None:
    answer = again(known_after(first()), Discovery(labels=FOUND.labels, reasons=FOUND.reasons))
    assert (answer.details, answer.groups) == ((), ())
    assert set(answer.detail_of_row) == {None}
    assert [event.kind for event in answer.events].count("retired") == 10
