"""Permanent ids: which discovered reason is which known one, and what became of the rest.

    which continues which → what people decided → contacts stay where they were unless it is clear → what happened

A reason goes on unless the evidence is strong that it does not, and a contact keeps its reason unless an event says
why not or another reason fits it clearly better: reports of two fortnights can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classify import registry_contacts
from classify.registry_matching import Before, Match, match
from classify.values import (
    UNASSIGNED,
    DiscoveredReason,
    Discovery,
    EventKind,
    Labels,
    ReasonEvent,
    Reconciled,
    RegisteredReason,
    Vectors,
)

REPRESENTATIVES = 3


def reconcile(
    discovery: Discovery,
    vectors: Vectors,
    known: Sequence[RegisteredReason],
    *,
    new_id: Callable[[], str],
    previous: Sequence[str | None] | None = None,
    given: Mapping[int, str | None] | None = None,
) -> Reconciled:
    """The discovery under permanent ids: each reason continues a known one, or is new; no id goes twice.

    ``known`` has every reason there ever was, the ended ones too. ``previous`` has the id of the active reason that
    each row had before; ``given`` that which a person gave some rows, which they keep. Groups and details are not
    looked at.
    """
    before = Before.of(known, previous or [None] * len(vectors))
    matched = match(discovery, before, new_id)
    labels = registry_contacts.settled(discovery, matched, before, vectors, given or {})
    kept = [place for place in range(len(matched.ids)) if matched.is_known(place) or (labels == place).any()]
    reasons = [_reason(place, labels, matched, discovery, before, vectors) for place in kept]
    order = sorted(range(len(kept)), key=lambda at: (-reasons[at].size, at))
    renumbered = np.full(len(matched.ids) + 1, UNASSIGNED, dtype=np.int64)
    for number, at in enumerate(order):
        renumbered[kept[at]] = number
    return Reconciled(
        discovery=Discovery(labels=renumbered[labels], reasons=tuple(reasons[at] for at in order)),
        ids=tuple(matched.ids[kept[at]] for at in order),
        events=_events(kept, reasons, matched, before),
    )


def _reason(
    place: int, labels: Labels, matched: Match, discovery: Discovery, before: Before, vectors: Vectors
) -> DiscoveredReason:
    """As it was found where nothing changed; else described by who has it now."""
    rows = np.flatnonzero(labels == place)
    parts = matched.parts[place]
    if len(parts) == 1 and np.array_equal(rows, np.flatnonzero(discovery.labels == parts[0])):
        return discovery.reasons[parts[0]]
    old = before.at(matched.ids[place])
    typical = max((discovery.reasons[part] for part in parts), key=lambda part: part.size, default=None)
    if not len(rows) and old is not None:
        return DiscoveredReason(name=old.name, keywords=old.keywords, centroid=old.centroid, size=0, representatives=())
    centroid = vectors[rows].mean(axis=0, dtype=np.float64)
    named = typical or old
    assert named is not None, "what has contacts was found or was known"
    return DiscoveredReason(
        name=named.name,
        keywords=named.keywords,
        centroid=centroid.astype(np.float32),
        size=len(rows),
        representatives=_representatives(rows, centroid, vectors, typical.representatives if typical else ()),
    )


def _representatives(
    rows: NDArray[np.int64], centroid: NDArray[np.float64], vectors: Vectors, before: Sequence[int]
) -> tuple[int, ...]:
    """Those that it had and that stayed, then the most typical of who has it now."""
    stayed = [row for row in before if row in set(rows.tolist())]
    nearest = rows[np.argsort(-(vectors[rows] @ centroid), kind="stable")[: 2 * REPRESENTATIVES]].tolist()
    return tuple(dict.fromkeys([*stayed, *nearest]))[:REPRESENTATIVES]


def _events(
    kept: Sequence[int], reasons: Sequence[DiscoveredReason], matched: Match, before: Before
) -> tuple[ReasonEvent, ...]:
    found = [
        _found(place, reason, matched, before)
        for place, reason in zip(kept, reasons, strict=True)
        if matched.parts[place]
    ]
    return (*found, *(_lost(old, matched, before, {*kept}) for old in sorted(matched.heirs)))


def _found(place: int, reason: DiscoveredReason, matched: Match, before: Before) -> ReasonEvent:
    """Matched; or restored; or split from reasons that live on; or new."""
    others = tuple(before.known[old].id for old in matched.sources.get(place, ()))
    old = before.at(matched.ids[place])
    if old is not None:
        kind: EventKind = "matched" if old.active else "restored"
        return _event(kind, old.id, () if old.active else others, _cosine(reason, old), old.size, reason.size)
    if others:
        first = before.known[matched.sources[place][0]]
        return _event("split", matched.ids[place], others, _cosine(reason, first), first.size, reason.size)
    return _event("created", matched.ids[place], (), None, None, reason.size)


def _lost(old: int, matched: Match, before: Before, kept: set[int]) -> ReasonEvent:
    """Merged into the reasons that its contacts went to; or gone."""
    reason, heirs = before.known[old], [place for place in matched.heirs[old] if place in kept]
    if heirs:
        others = tuple(matched.ids[place] for place in heirs)
        return _event("merged", reason.id, others, float(matched.cosines[heirs[0], old]), reason.size, None)
    return _event("retired", reason.id, (), None, reason.size, 0)


def _cosine(reason: DiscoveredReason, old: RegisteredReason) -> float:
    lengths = float(np.linalg.norm(reason.centroid) * np.linalg.norm(old.centroid))
    return float(reason.centroid @ old.centroid) / max(lengths, 1e-12)


def _event(
    kind: EventKind,
    reason_id: str,
    others: tuple[str, ...],
    similarity: float | None,
    before: int | None,
    after: int | None,
) -> ReasonEvent:
    return ReasonEvent(
        kind=kind,
        reason_id=reason_id,
        others=others,
        similarity=None if similarity is None else round(similarity, 4),
        size_before=before,
        size_after=after,
    )
