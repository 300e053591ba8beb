"""What is said about each part that was found: its name, its centre, its size and its three most typical texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from classify import naming
from classify.short_list import Reading
from classify.values import UNASSIGNED, DiscoveredReason, Discovery, Encode, Labels, Phrases, Texts, Vectors
from classify.wording import words

REPRESENTATIVES = 3
QUOTES_FROM = 50
"""Texts nearest to the centre that are looked at for quotes in different words."""
ALIKE = 0.5
"""Quotes that share this part of their words say it the same way."""
READ = 20_000
"""Texts of a level read for its names, those nearest to their part's centre: to read all would take the longest."""
FEWEST_READ = 30
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Levels:
    """A part of each level for each text, −1 where it belongs to none; each level's parts lie within the one above."""

    groups: Labels
    reasons: Labels
    details: Labels

    def of_rows(self, text_of_row: Rows) -> Self:
        """The same for rows, each of which has one of the texts or, at −1, none."""
        nothing = text_of_row == -1
        return type(self)(*(np.where(nothing, UNASSIGNED, part[text_of_row]) for part in self._all()))

    def without(self, lost: NDArray[np.bool_]) -> Self:
        return type(self)(*(np.where(lost, UNASSIGNED, part) for part in self._all()))

    def with_own(self, texts: Rows, numbers: Rows) -> Self:
        """Each of ``texts`` is a part of its own at every level, with a number that is free."""
        parts = [part.copy() for part in self._all()]
        for part in parts:
            part[texts] = numbers
        return type(self)(*parts)

    def _all(self) -> tuple[Labels, Labels, Labels]:
        return self.groups, self.reasons, self.details


@dataclass(frozen=True, slots=True)
class Contacts:
    texts: Texts
    vectors: Vectors
    phrases: Phrases
    order: Rows
    """By text, so that sums do not depend on who came first."""
    encode: Encode | None


def described(
    levels: Levels, texts: Texts, vectors: Vectors, phrases: Phrases, encode: Encode | None = None
) -> Discovery:
    """The parts of each level, the largest first, and who lies in whom."""
    contacts = Contacts(texts, vectors, phrases, _in_order(texts, vectors), encode)
    groups, group_of_row = _level(levels.groups, contacts)
    reasons, labels = _level(levels.reasons, contacts)
    details, detail_labels = _level(_where_several(levels.details, labels), contacts)
    return Discovery(
        labels=labels,
        reasons=reasons,
        groups=groups,
        group_of=_above(labels, group_of_row, len(reasons)),
        details=details,
        detail_labels=detail_labels,
        detail_of=_above(detail_labels, labels, len(details)),
    )


def _in_order(texts: Texts, vectors: Vectors) -> Rows:
    """Rows by text, and by vector where texts are equal."""
    rows = sorted(range(len(texts)), key=texts.__getitem__)
    begin = 0
    for end in range(1, len(rows) + 1):
        if end == len(rows) or texts[rows[end]] != texts[rows[begin]]:
            rows[begin:end] = sorted(rows[begin:end], key=lambda row: vectors[row].tobytes())
            begin = end
    return np.array(rows, dtype=np.int64)


def _where_several(details: Labels, reasons: Labels) -> Labels:
    """Details of those reasons alone that have more than one."""
    pairs = np.unique(np.stack([reasons, details])[:, reasons != UNASSIGNED], axis=1)
    several = np.flatnonzero(np.bincount(pairs[0]) > 1) if pairs.size else pairs[0]
    return np.where(np.isin(reasons, several), details, UNASSIGNED)


def _above(parts: Labels, larger: Labels, count: int) -> tuple[int, ...]:
    """For each of ``count`` parts the one of the level above that holds it."""
    answer = np.full(count, UNASSIGNED, dtype=np.int64)
    held = parts != UNASSIGNED
    answer[parts[held]] = larger[held]
    return tuple(answer.tolist())


def _level(labels: Labels, contacts: Contacts) -> tuple[tuple[DiscoveredReason, ...], Labels]:
    """What each part is called and like, and the labels renumbered by size."""
    members = _members(labels, contacts)
    most = max(FEWEST_READ, READ // max(len(members), 1))
    readings = [_reading(rows, most, contacts) for rows in members]
    names = naming.names(readings, contacts.encode)
    found = [_reason(rows, name, contacts) for rows, name in zip(members, names, strict=True)]
    ordered = np.full(len(labels), UNASSIGNED, dtype=np.int64)
    for number, rows in enumerate(members):
        ordered[rows] = number
    return tuple(found), ordered


def _members(labels: Labels, contacts: Contacts) -> list[Rows]:
    """The rows of each part in the contacts' order; the largest part first."""
    held = contacts.order[labels[contacts.order] != UNASSIGNED]
    by_part = held[np.argsort(labels[held], kind="stable")]
    members = np.split(by_part, np.flatnonzero(np.diff(labels[by_part])) + 1) if len(held) else []
    return sorted(members, key=lambda rows: (-len(rows), contacts.texts[rows[0]], contacts.texts[rows[-1]]))


def _reading(rows: Rows, most: int, contacts: Contacts) -> Reading:
    if len(rows) > most:
        centre = contacts.vectors[rows].mean(axis=0, dtype=np.float64)
        rows = rows[np.sort(np.argsort(-(contacts.vectors[rows] @ centre), kind="stable")[:most])]
    texts, phrases = [contacts.texts[row] for row in rows], [contacts.phrases[row] for row in rows]
    return naming.read(texts, phrases, contacts.vectors[rows])


def _reason(rows: Rows, name: naming.Naming, contacts: Contacts) -> DiscoveredReason:
    centroid = contacts.vectors[rows].mean(axis=0, dtype=np.float64)
    return DiscoveredReason(
        name=name.name,
        keywords=name.keywords,
        centroid=centroid.astype(np.float32),
        size=len(rows),
        representatives=_typical(rows, centroid, contacts),
    )


def _typical(rows: Rows, centroid: NDArray[np.float64], contacts: Contacts) -> tuple[int, ...]:
    """The rows nearest to the centroid, each in other words as far as there are such."""
    distinct: dict[tuple[str, ...], int] = {}
    for row in rows[np.argsort(-(contacts.vectors[rows] @ centroid), kind="stable")]:
        distinct.setdefault(tuple(words(contacts.texts[row])), int(row))
        if len(distinct) == QUOTES_FROM:
            break
    chosen: dict[tuple[str, ...], int] = {}
    for alike in (ALIKE, 1.0):
        for said, row in distinct.items():
            if len(chosen) < REPRESENTATIVES and all(_alike(said, other) < alike for other in chosen):
                chosen[said] = row
    return tuple(chosen.values())


def _alike(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of their words that both have; less than 1 where they differ in order alone."""
    shared, either = len({*one} & {*other}), len({*one} | {*other})
    return shared / (either + (one != other)) if either else float(one == other)
