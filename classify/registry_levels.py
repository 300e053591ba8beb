"""The registry's three levels: the reasons first, then what they lie in, and what they fall apart into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from classify.registry import reconcile
from classify.values import UNASSIGNED, DiscoveredReason, Discovery, Labels, ReasonEvent, Reconciled, Vectors
from classify.values import RegisteredReason as OneLevel


class RegisteredReason(OneLevel, Protocol):
    @property
    def level(self) -> str: ...
    @property
    def parent_id(self) -> str | None: ...
    @property
    def placed(self) -> bool:
        """A person said what it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A reason of any level, as it is to be stored. ``parent_id``: a group's is None, a reason's may be."""

    id: str
    reason: DiscoveredReason
    parent_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hierarchy:
    """``reasons`` are one level's; ``details`` has each row's finer reason, or None. A child's parent lives."""

    reasons: Reconciled
    groups: tuple[Placed, ...]
    group_of: Mapping[str, str | None]
    details: tuple[Placed, ...]
    detail_of_row: tuple[str | None, ...]
    events: tuple[ReasonEvent, ...]


def reconcile_levels(
    discovery: Discovery,
    vectors: Vectors,
    known: Sequence[RegisteredReason],
    *,
    new_id: Callable[[], str],
    previous: Sequence[tuple[str | None, str | None]],
    given: Mapping[int, str | None] | None = None,
) -> Hierarchy:
    """All levels of the discovery under permanent ids. ``previous`` is each row's reason and detail before."""
    level = {name: [reason for reason in known if reason.level == name] for name in ("group", "reason", "detail")}
    before = [reason for reason, _ in previous]
    reasons = reconcile(discovery, vectors, level["reason"], new_id=new_id, previous=before, given=given)
    groups = _groups(discovery, vectors, level, before, new_id)
    group_of = _group_of(reasons, groups, level["reason"])
    stored, group_events = _used_groups(reasons, groups, group_of, level["group"])
    details, of_row, detail_events = _details(discovery, vectors, level["detail"], reasons, previous, new_id)
    return Hierarchy(
        reasons=reasons,
        groups=stored,
        group_of=group_of,
        details=details,
        detail_of_row=of_row,
        events=(*group_events, *reasons.events, *detail_events),
    )


def _groups(
    discovery: Discovery,
    vectors: Vectors,
    level: Mapping[str, Sequence[RegisteredReason]],
    before: Sequence[str | None],
    new_id: Callable[[], str],
) -> Reconciled:
    parent = {reason.id: reason.parent_id for reason in level["reason"]}
    above = np.array([*(discovery.group_of or [UNASSIGNED] * len(discovery.reasons)), UNASSIGNED], dtype=np.int64)
    found = Discovery(labels=above[discovery.labels], reasons=discovery.groups)
    had = [parent.get(reason) if reason else None for reason in before]
    return reconcile(found, vectors, level["group"], new_id=new_id, previous=had)


def _group_of(reasons: Reconciled, groups: Reconciled, known: Sequence[RegisteredReason]) -> dict[str, str | None]:
    """Where a person put it; else where most of its contacts are; else where it was."""
    before = {reason.id: reason for reason in known}
    living = {*groups.ids}
    answer: dict[str, str | None] = {}
    for number, reason_id in enumerate(reasons.ids):
        old = before.get(reason_id)
        was = old.parent_id if old is not None and old.parent_id in living else None
        if old is not None and old.placed and (was is not None or old.parent_id is None):
            answer[reason_id] = was
        else:
            answer[reason_id] = _most(groups, groups.discovery.labels[reasons.discovery.labels == number]) or was
    return answer


def _most(level: Reconciled, labels: Labels) -> str | None:
    found = labels[labels != UNASSIGNED]
    return level.ids[int(np.bincount(found).argmax())] if len(found) else None


def _used_groups(
    reasons: Reconciled,
    groups: Reconciled,
    group_of: Mapping[str, str | None],
    known: Sequence[RegisteredReason],
) -> tuple[tuple[Placed, ...], tuple[ReasonEvent, ...]]:
    """Those with a reason in them, described by it; and those that a person keeps."""
    inside: dict[str, list[DiscoveredReason]] = {}
    for reason_id, reason in zip(reasons.ids, reasons.discovery.reasons, strict=True):
        if (group := group_of[reason_id]) is not None:
            inside.setdefault(group, []).append(reason)
    kept = {reason.id for reason in known if reason.kept and reason.active}
    stored = [
        Placed(id=group_id, reason=_sum(group, inside.get(group_id, [])))
        for group_id, group in zip(groups.ids, groups.discovery.reasons, strict=True)
        if group_id in inside or group_id in kept
    ]
    return tuple(stored), _told(groups.events, {one.id: one.reason.size for one in stored}, known)


def _sum(group: DiscoveredReason, inside: Sequence[DiscoveredReason]) -> DiscoveredReason:
    size = sum(reason.size for reason in inside)
    if not size:
        return replace(group, size=0)
    centroid = sum(reason.centroid.astype(np.float64) * reason.size for reason in inside) / size
    return replace(group, size=size, centroid=np.asarray(centroid, dtype=np.float32))


def _told(
    events: Sequence[ReasonEvent], stored: Mapping[str, int], known: Sequence[RegisteredReason]
) -> tuple[ReasonEvent, ...]:
    """Of those that are not stored after all the new ones are not told of, and the known ones are retired."""
    active = {reason.id for reason in known if reason.active}
    told = []
    for event in events:
        ended = event.kind in ("merged", "retired")
        if ended or event.reason_id in stored:
            others = tuple(other for other in event.others if other in stored or not ended)
            kind = "retired" if event.kind == "merged" and not others else event.kind
            size = event.size_after if ended else stored[event.reason_id]
            told.append(replace(event, kind=kind, others=others, size_after=size))
        elif event.reason_id in active:
            told.append(
                ReasonEvent(kind="retired", reason_id=event.reason_id, size_before=event.size_before, size_after=0)
            )
    return tuple(told)


def _details(
    discovery: Discovery,
    vectors: Vectors,
    known: Sequence[RegisteredReason],
    reasons: Reconciled,
    previous: Sequence[tuple[str | None, str | None]],
    new_id: Callable[[], str],
) -> tuple[tuple[Placed, ...], tuple[str | None, ...], tuple[ReasonEvent, ...]]:
    """A contact has a detail only where that is one of its reason."""
    labels = discovery.detail_labels if len(discovery.detail_labels) else np.full(len(vectors), UNASSIGNED)
    found = Discovery(labels=labels, reasons=discovery.details)
    settled = reconcile(found, vectors, known, new_id=new_id, previous=[detail for _, detail in previous])
    parents = _parents(settled, reasons, known)
    of_row = _of_rows(settled, reasons, parents)
    sizes = Counter(detail for detail in of_row if detail)
    kept = {reason.id for reason in known if reason.kept and reason.active}
    stored = [
        Placed(id=detail_id, reason=replace(detail, size=sizes[detail_id]), parent_id=parents[detail_id])
        for detail_id, detail in zip(settled.ids, settled.discovery.reasons, strict=True)
        if parents[detail_id] is not None and (sizes[detail_id] or detail_id in kept)
    ]
    events = _told(settled.events, {one.id: one.reason.size for one in stored}, known)
    alive = {one.id for one in stored}
    ended = {event.reason_id for event in events if event.kind in ("merged", "retired")}
    orphans = [reason for reason in known if reason.active and reason.id not in alive | ended]
    gone = [ReasonEvent(kind="retired", reason_id=one.id, size_before=one.size, size_after=0) for one in orphans]
    return tuple(stored), of_row, (*events, *gone)


def _parents(settled: Reconciled, reasons: Reconciled, known: Sequence[RegisteredReason]) -> dict[str, str | None]:
    """Where a person put it; else the reason of most of its contacts; else the one above it, or that one's heir."""
    before = {reason.id: reason for reason in known}
    heir = {event.reason_id: event.others[0] for event in reasons.events if event.kind == "merged"}
    living = {*reasons.ids}
    answer: dict[str, str | None] = {}
    for number, detail_id in enumerate(settled.ids):
        old = before.get(detail_id)
        was = heir.get(old.parent_id, old.parent_id) if old is not None and old.parent_id else None
        was = was if was in living else None
        if old is not None and old.placed and was is not None:
            answer[detail_id] = was
        else:
            answer[detail_id] = _most(reasons, reasons.discovery.labels[settled.discovery.labels == number]) or was
    return answer


def _of_rows(settled: Reconciled, reasons: Reconciled, parents: Mapping[str, str | None]) -> tuple[str | None, ...]:
    details = [settled.ids[label] if label != UNASSIGNED else None for label in settled.discovery.labels]
    own = [reasons.ids[label] if label != UNASSIGNED else None for label in reasons.discovery.labels]
    return tuple(
        detail if detail is not None and reason is not None and parents[detail] == reason else None
        for detail, reason in zip(details, own, strict=True)
    )
