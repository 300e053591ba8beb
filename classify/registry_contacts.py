"""A contact keeps its reason unless an event says why not, or another reason fits it clearly better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classify.cosines import Scale
from classify.registry_matching import Before, Match
from classify.values import UNASSIGNED, Discovery, Labels, Vectors

CLEARLY = 0.25
"""By how much more typical of another reason a contact must be to leave its own; 1 is a member, 0 a stranger."""
STRANGE_BELOW = 0.2
"""Typicality of its own reason below which a contact that discovery lets go has none."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """How typical each row is of a reason."""

    scale: Scale
    vectors: Vectors

    def of(self, rows: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.float64]:
        cosines = np.einsum("ij,ij->i", self.vectors[rows].astype(np.float64), self.scale.directions[places])
        return np.asarray((cosines - self.scale.other) / (self.scale.own[places] - self.scale.other))


def settled(
    discovery: Discovery, matched: Match, before: Before, vectors: Vectors, given: Mapping[int, str | None]
) -> Labels:
    """For each row the place of its reason among those that live from now on, or −1."""
    place_of = np.append(matched.place_of, UNASSIGNED)
    wanted = place_of[discovery.labels]
    if not matched.ids:
        return wanted
    own = _living(matched, before)
    fit = _Fit(Scale.of(_centroids(_lived_on(wanted, own, matched), matched, before, vectors)), vectors)
    own = _with_heirs(own, matched, before, wanted, fit)
    answer = _held(wanted, own, _explained(matched, before, wanted), fit)
    return _as_given(answer, matched, before, given)


def _centroids(wanted: Labels, matched: Match, before: Before, vectors: Vectors) -> NDArray[np.float64]:
    """Of those that discovery gives each; from before where it gives none."""
    rows = [np.flatnonzero(wanted == place) for place in range(len(matched.ids))]
    return np.stack([_centroid(members, matched.ids[place], before, vectors) for place, members in enumerate(rows)])


def _centroid(rows: NDArray[np.int64], reason_id: str, before: Before, vectors: Vectors) -> NDArray[np.float64]:
    old = before.at(reason_id)
    if not len(rows) and old is not None:
        return old.centroid.astype(np.float64)
    return np.asarray(vectors[rows].mean(axis=0, dtype=np.float64))


def _living(matched: Match, before: Before) -> Labels:
    """The place of the reason that each row had, or −1 where that ended."""
    places = {reason_id: place for place, reason_id in enumerate(matched.ids)}
    now = [places.get(reason.id, UNASSIGNED) for reason in before.known]
    return np.array([*now, UNASSIGNED], dtype=np.int64)[before.rows]


def _lived_on(wanted: Labels, own: Labels, matched: Match) -> Labels:
    """With the rows of those that a person keeps where they were: what took them in is not about them."""
    unfound = np.array([*(not parts for parts in matched.parts), False])
    return np.where(unfound[own], own, wanted)


def _with_heirs(own: Labels, matched: Match, before: Before, wanted: Labels, fit: _Fit) -> Labels:
    """Where a row's reason ended, the place of the heir that the row is most typical of."""
    own = own.copy()
    for old, heirs in matched.heirs.items():
        rows = np.flatnonzero(before.rows == old)
        if heirs and len(rows):
            fits = np.stack([fit.of(rows, np.full(len(rows), heir)) for heir in heirs])
            nearest = np.array(heirs)[fits.argmax(axis=0)]
            own[rows] = np.where(np.isin(wanted[rows], heirs), wanted[rows], nearest)
    return own


def _explained(matched: Match, before: Before, wanted: Labels) -> NDArray[np.bool_]:
    """That a reason came of the one that the row had: the event says why it changes."""
    allowed = np.zeros((len(matched.ids) + 1, len(before.known) + 1), dtype=bool)
    for place, sources in matched.sources.items():
        allowed[place, list(sources)] = True
    return np.asarray(allowed[wanted, before.rows])


def _held(wanted: Labels, own: Labels, explained: NDArray[np.bool_], fit: _Fit) -> Labels:
    answer = wanted.copy()
    rows = np.flatnonzero((own != UNASSIGNED) & (wanted != own) & ~explained)
    if not len(rows):
        return answer
    mine = fit.of(rows, own[rows])
    other = fit.of(rows, np.maximum(wanted[rows], 0))
    stays = np.where(wanted[rows] == UNASSIGNED, mine >= STRANGE_BELOW, other - mine < CLEARLY)
    answer[rows[stays]] = own[rows[stays]]
    return answer


def _as_given(answer: Labels, matched: Match, before: Before, given: Mapping[int, str | None]) -> Labels:
    """A person's word holds; where its reason ended, for the first of the heirs."""
    places = {reason_id: place for place, reason_id in enumerate(matched.ids)}
    for row, reason_id in given.items():
        if reason_id is None or reason_id in places:
            answer[row] = UNASSIGNED if reason_id is None else places[reason_id]
        elif heirs := _heirs(matched, before, reason_id):
            answer[row] = heirs[0]
    return answer


def _heirs(matched: Match, before: Before, reason_id: str) -> Sequence[int]:
    place = before.places.get(reason_id)
    return () if place is None else matched.heirs.get(place, ())
