"""Which discovered reason continues which known one, and what people's decisions make of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from classify.values import UNASSIGNED, DiscoveredReason, Discovery, RegisteredReason

SAME_FROM = 0.75
"""Cosine from which a reason may be the same as one before; half of the discoveries of a corpus's two halves agree."""
SHARED_FROM = 0.3
"""Share of the smaller one's contacts from which two reasons are kin, whatever the cosine says."""
RESTORED_FROM = 0.9
"""Cosine from which a reason is one that had ended: no contact that they share can say so."""
PART_FROM = 0.1
"""Share of a reason's contacts from which an event names where they came from, or went."""


@dataclass(frozen=True, slots=True)
class Before:
    """``rows`` has for each row the place in ``known`` of the reason it had, or −1."""

    known: Sequence[RegisteredReason]
    rows: NDArray[np.int64]
    places: Mapping[str, int]

    @classmethod
    def of(cls, known: Sequence[RegisteredReason], previous: Sequence[str | None]) -> Self:
        places = {reason.id: place for place, reason in enumerate(known)}
        active = {reason.id for reason in known if reason.active}
        rows = [places[one] if one is not None and one in active else UNASSIGNED for one in previous]
        return cls(known, np.array(rows, dtype=np.int64), places)

    def at(self, reason_id: str) -> RegisteredReason | None:
        place = self.places.get(reason_id)
        return None if place is None else self.known[place]


@dataclass(frozen=True, slots=True)
class Match:
    """``ids`` are those that live from now on; a number below is a place among them."""

    ids: tuple[str, ...]
    parts: tuple[tuple[int, ...], ...]
    """Which discovered reasons each is made of; none where it only lives on."""
    place_of: NDArray[np.int64]
    """For each discovered reason its place, or −1 where a person said that it is none."""
    sources: Mapping[int, tuple[int, ...]]
    """For new and restored ones, the known ones that their contacts come from, the most first."""
    heirs: Mapping[int, tuple[int, ...]]
    """For known ones that end, where their contacts go, the most first."""
    cosines: NDArray[np.float64]
    """Of each that lives on with each known one."""
    known_count: int

    def is_known(self, place: int) -> bool:
        return place < self.known_count


def match(discovery: Discovery, before: Before, new_id: Callable[[], str]) -> Match:
    flows = _flows(discovery, before)
    cosines = _cosines([reason.centroid for reason in discovery.reasons], before.known)
    owner = _continued(cosines, flows, before.known)
    _fold(owner, cosines, flows, before.known)
    _restore(owner, cosines, before.known)
    return _match(discovery, before, owner, flows, new_id)


def _flows(discovery: Discovery, before: Before) -> NDArray[np.int64]:
    """How many contacts of each known reason are in each discovered one; the last row counts the unassigned."""
    counts = np.zeros((len(discovery.reasons) + 1, len(before.known)), dtype=np.int64)
    had = before.rows != UNASSIGNED
    np.add.at(counts, (discovery.labels[had], before.rows[had]), 1)
    return counts


def _cosines(centroids: Sequence[NDArray[np.floating]], known: Sequence[RegisteredReason]) -> NDArray[np.float64]:
    if not centroids or not known:
        return np.zeros((len(centroids), len(known)))
    new = np.stack(centroids).astype(np.float64)
    old = np.stack([reason.centroid for reason in known]).astype(np.float64)
    lengths = np.linalg.norm(new, axis=1)[:, None] * np.linalg.norm(old, axis=1)[None, :]
    return np.asarray(new @ old.T / np.maximum(lengths, 1e-12))


def _continued(
    cosines: NDArray[np.float64], flows: NDArray[np.int64], known: Sequence[RegisteredReason]
) -> NDArray[np.int64]:
    """For each discovered reason the active one that it continues, or −1.

    One to one, so that as many contacts as can be keep their reason (Kuhn 1955); the cosine decides between equals.
    """
    from scipy.optimize import linear_sum_assignment

    shared = flows[:-1]
    smaller = np.minimum(shared.sum(axis=1)[:, None], shared.sum(axis=0)[None, :])
    kin = (cosines >= SAME_FROM) | (shared >= SHARED_FROM * np.maximum(smaller, 1))
    active = np.array([reason.active for reason in known], dtype=bool)
    worth = np.where(kin & active[None, :], shared + np.clip(cosines, 0.0, 1.0), 0.0)
    owner = np.full(len(cosines), UNASSIGNED, dtype=np.int64)
    for found, old in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
        if worth[found, old] > 0:
            owner[found] = old
    return owner


def _fold(
    owner: NDArray[np.int64],
    cosines: NDArray[np.float64],
    flows: NDArray[np.int64],
    known: Sequence[RegisteredReason],
) -> None:
    """What is a part of a reason that a person wants whole is that reason."""
    places = {reason.id: place for place, reason in enumerate(known)}
    for found in np.flatnonzero(owner == UNASSIGNED):
        old = _belongs(flows[found], cosines[found], known, places)
        if old is not None and known[old].whole:
            owner[found] = old


def _belongs(
    shared: NDArray[np.int64],
    cosines: NDArray[np.float64],
    known: Sequence[RegisteredReason],
    places: Mapping[str, int],
) -> int | None:
    """The known reason that most of the contacts come from; where none was known, the one that is most like it."""
    if not known:
        return None
    if shared.sum():
        most = int(shared.argmax())
        return most if 2 * shared[most] >= shared.sum() else None
    like = int(cosines.argmax())
    if cosines[like] < SAME_FROM:
        return None
    heir = known[like].merged_into if known[like].joined else None
    return places.get(heir) if heir is not None else like


def _restore(owner: NDArray[np.int64], cosines: NDArray[np.float64], known: Sequence[RegisteredReason]) -> None:
    """What is like a reason that had ended is that one again; the most alike first."""
    from scipy.optimize import linear_sum_assignment

    ended = np.array([not reason.active and not reason.joined for reason in known], dtype=bool)
    worth = np.where((owner == UNASSIGNED)[:, None] & ended[None, :] & (cosines >= RESTORED_FROM), cosines, 0.0)
    for found, old in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
        if worth[found, old] > 0:
            owner[found] = old


def _match(
    discovery: Discovery,
    before: Before,
    owner: NDArray[np.int64],
    flows: NDArray[np.int64],
    new_id: Callable[[], str],
) -> Match:
    known = before.known
    living = _living(owner, known)
    place_of_known = {old: place for place, old in enumerate(living)}
    ids = [known[old].id for old in living]
    parts: list[list[int]] = [[] for _ in living]
    place_of = np.full(len(owner), UNASSIGNED, dtype=np.int64)
    for found, old in enumerate(owner.tolist()):
        if old != UNASSIGNED and known[old].barred:
            continue
        if old == UNASSIGNED:
            ids.append(new_id())
            parts.append([])
        place_of[found] = place_of_known[old] if old != UNASSIGNED else len(ids) - 1
        parts[place_of[found]].append(found)
    moved = _moved(flows, place_of, len(ids))
    ended = [old for old, reason in enumerate(known) if reason.active and old not in place_of_known]
    fresh = [place for place in range(len(ids)) if place >= len(living) or not known[living[place]].active]
    return Match(
        ids=tuple(ids),
        parts=tuple(map(tuple, parts)),
        place_of=place_of,
        sources={place: _largest(moved[place]) for place in fresh},
        heirs={old: _largest(moved[:, old]) for old in ended},
        cosines=_cosines([_centroid(part, discovery, known, living, place) for place, part in enumerate(parts)], known),
        known_count=len(living),
    )


def _living(owner: NDArray[np.int64], known: Sequence[RegisteredReason]) -> list[int]:
    """Known reasons that live from now on: those that were found, and those that a person keeps."""
    found = {old for old in owner.tolist() if old != UNASSIGNED and not known[old].barred}
    return sorted(found | {old for old, reason in enumerate(known) if reason.active and reason.kept})


def _moved(flows: NDArray[np.int64], place_of: NDArray[np.int64], places: int) -> NDArray[np.int64]:
    moved = np.zeros((places, flows.shape[1]), dtype=np.int64)
    for found, place in enumerate(place_of.tolist()):
        if place != UNASSIGNED:
            moved[place] += flows[found]
    return moved


def _largest(counts: NDArray[np.int64]) -> tuple[int, ...]:
    """Those that hold a good part of the sum, the largest first."""
    order = np.argsort(-counts, kind="stable")
    return tuple(int(at) for at in order if counts[at] and counts[at] >= PART_FROM * counts.sum())


def _centroid(
    parts: Sequence[int],
    discovery: Discovery,
    known: Sequence[RegisteredReason],
    living: Sequence[int],
    place: int,
) -> NDArray[np.floating]:
    """Of all that it is made of; its own from before where it was not found."""
    found: list[DiscoveredReason] = [discovery.reasons[part] for part in parts]
    if not found:
        return known[living[place]].centroid
    sizes = np.array([max(reason.size, 1) for reason in found], dtype=np.float64)
    return np.asarray(np.average([reason.centroid for reason in found], axis=0, weights=sizes))
