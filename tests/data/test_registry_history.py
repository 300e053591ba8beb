"""Refits and edits in any order: ids are never reused, lineage always leads somewhere, nobody is lost."""

from __future__ import annotations

import math
import secrets
import uuid
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from classify import DiscoveredReason, Discovery
from data.database import Database
from data.embeddings import Embedded
from data.errors import Conflict
from data.ids import new_id
from data.lineage import heirs
from data.reason_records import Part, ReasonRecord, Seed
from data.stores import Stores
from data.tables import AssignmentRow, CorrectionRow, ReasonEventRow
from data.types import Filter
from service.discovery import record
from tests.data.conversations import MADE_BY
from tests.data.registry_world import EMBEDDER, at, contacts, faults, reason_of, to

MOST_CONTACTS = 60
choice = st.integers(0, 10_000)
BEGINNINGS = ("created", "seeded", "split")


class History:
    """Each rule is one transaction, and so is each look at what must hold. What it is done to, two numbers say."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tenant = f"t{secrets.token_hex(4)}"
        with database.tenant(self.tenant) as stores:
            stores.tenants.ensure()
        self.contacts = 0
        self.ids: set[uuid.UUID] = set()
        self.names = 0

    def arrive(self, where: int, count: int) -> None:
        """As the assigner does it: to a reason that may have ended meanwhile."""
        count = min(1 + count % 4, MOST_CONTACTS - self.contacts)
        with self.database.tenant(self.tenant) as stores:
            every = stores.reasons.list(include_retired=True)
            for number, contact in enumerate(contacts(stores, *(float(where + 80 * n) for n in range(count)))):
                stores.reasons.assign(contact, to(every[number % len(every)].id if every else None))
        self.contacts += count

    def refit(self, parts: int, turned: int) -> None:
        with self.database.tenant(self.tenant) as stores:
            corpus = stores.embeddings.all(EMBEDDER)
            record(stores, arcs(corpus, 1 + parts % 6, turned), corpus, EMBEDDER, "medium", MADE_BY)

    def merge(self, which: int, other: int) -> None:
        with self.database.tenant(self.tenant) as stores:
            row = self._one(stores, which)
            target = self._one(stores, other, [row.level]) if row else None
            if row and target and row.id != target.id:
                stores.registry.merge(row.id, target.id, actor="anna")
                assert stores.registry.resolve(row.id) == target.id

    def split(self, which: int, example: int) -> None:
        parts = 1 + example % 3
        with self.database.tenant(self.tenant) as stores:
            row = self._one(stores, which, ["reason"])
            page = stores.interactions.list(Filter(reason=str(row.id)), limit=MOST_CONTACTS).items if row else ()
            if row is None or len(page) < parts:
                return
            shown = [page[(example + number) % len(page)].id for number in range(parts)]
            ids = stores.registry.split(
                row.id, [Part(name=self._name(), examples=(contact,)) for contact in shown], actor="anna"
            )
            assert reason_of(stores, *shown) == list(ids)

    def move(self, which: int, to_which: int) -> None:
        with self.database.tenant(self.tenant) as stores:
            row = self._one(stores, which, ["reason", "detail"])
            if row and row.level == "detail":
                parent = self._one(stores, to_which, ["reason"])
                stores.registry.move(row.id, parent.id if parent else None, actor="anna")
            elif row:
                group = (
                    None
                    if to_which % 4 == 3
                    else stores.registry.group(f"group {to_which % 3}", like=row.id, actor="anna")
                )
                stores.registry.move(row.id, group, actor="anna")

    def pin(self, which: int, unpinned: int) -> None:
        with self.database.tenant(self.tenant) as stores:
            if row := self._one(stores, which):
                (stores.registry.unpin if unpinned % 3 == 0 else stores.registry.pin)(row.id, actor="anna")

    def rename(self, which: int, _: int) -> None:
        with self.database.tenant(self.tenant) as stores:
            if row := self._one(stores, which):
                stores.registry.rename(row.id, self._name(), actor="anna")

    def seed(self, where: int, _: int) -> None:
        with self.database.tenant(self.tenant) as stores:
            seeds = [Seed(name=self._name(), centroid=at(where), group="seeded")]
            stores.registry.seed(seeds, embedder=EMBEDDER, actor="anna")

    def retire(self, which: int, _: int) -> None:
        with self.database.tenant(self.tenant) as stores:
            if row := self._one(stores, which):
                stores.registry.retire(row.id, actor="anna")

    def restore(self, which: int, _: int) -> None:
        with self.database.tenant(self.tenant) as stores:
            ended = [row for row in self._all(stores) if row.state != "active"]
            if ended:
                with suppress(Conflict):
                    stores.registry.restore(ended[which % len(ended)].id, actor="anna")

    def correct(self, which: int, contact: int) -> None:
        """A person's word on one contact."""
        with self.database.tenant(self.tenant) as stores:
            row = self._one(stores, which, ["reason"])
            page = stores.interactions.list(Filter(), limit=MOST_CONTACTS).items
            if row:
                say(stores, page[contact % len(page)].id, row.id)

    def holds(self) -> None:
        with self.database.tenant(self.tenant) as stores:
            every = self._all(stores)
            ids = {row.id for row in every}
            assert ids >= self.ids, "an id went away"
            self.ids = ids
            assert faults(stores) == []
            active = {row.id: row for row in every if row.state == "active"}
            ends = heirs(stores.session, self.tenant)
            assert ends.keys() == ids
            assert all(end is None or end in active for end in ends.values())
            assert all(ends[reason_id] == reason_id for reason_id in active)
            counted = sum(row.contacts for row in active.values() if row.level == "reason")
            assert counted + stores.reasons.unassigned() == self.contacts
            for row in list(active.values())[self.names % 7 :: 7][:1]:
                assert stores.interactions.list(Filter(reason=str(row.id))).total == row.contacts
            assert_begun_once(stores)

    def _all(self, stores: Stores) -> tuple[ReasonRecord, ...]:
        return stores.reasons.list(levels=["group", "reason", "detail"], include_retired=True)

    def _one(self, stores: Stores, which: int, levels: list[Any] | None = None) -> ReasonRecord | None:
        found = stores.reasons.list(levels=levels or ["group", "reason", "detail"])
        return found[which % len(found)] if found else None

    def _name(self) -> str:
        self.names += 1
        return f"name {self.names}"


def arcs(corpus: Embedded, parts: int, turned: int) -> Discovery:
    """The circle cut into arcs; two neighbours are a group, and each falls apart into two halves."""
    angle = np.degrees(np.arctan2(corpus.vectors[:, 1], corpus.vectors[:, 0]))
    halves = ((angle + turned) % 360 // (360 / (2 * parts))).astype(np.int64)
    used, details = np.unique(halves, return_inverse=True)
    reasons, detail_of = np.unique(used // 2, return_inverse=True)
    _, group_of = np.unique(reasons // 2, return_inverse=True)
    labels = detail_of[details]
    return Discovery(
        labels=labels,
        reasons=described(labels, corpus),
        groups=described(group_of[labels], corpus),
        group_of=tuple(group_of.tolist()),
        details=described(details, corpus),
        detail_labels=details,
        detail_of=tuple(detail_of.tolist()),
    )


def described(labels: np.ndarray[Any, Any], corpus: Embedded) -> tuple[DiscoveredReason, ...]:
    rows = [np.flatnonzero(labels == label) for label in range(labels.max() + 1)]
    return tuple(
        DiscoveredReason(
            name=f"about {math.degrees(math.atan2(*corpus.vectors[mine].mean(axis=0)[::-1])):.0f}",
            keywords=(),
            centroid=corpus.vectors[mine].mean(axis=0),
            size=len(mine),
            representatives=tuple(mine[:3].tolist()),
        )
        for mine in rows
    )


def say(stores: Stores, contact: uuid.UUID, reason_id: uuid.UUID) -> None:
    its = (CorrectionRow.interaction_id == contact, CorrectionRow.is_current)
    stores.session.execute(update(CorrectionRow).where(*its).values(is_current=False))
    row = {"tenant": stores.tenant, "id": new_id(), "interaction_id": contact, "reason_id": reason_id, "actor": "anna"}
    stores.session.execute(insert(CorrectionRow), [row])
    stores.reasons.assign(contact, to(reason_id))
    current = (AssignmentRow.interaction_id == contact, AssignmentRow.is_current)
    stores.session.execute(update(AssignmentRow).where(*current).values(source="human"))


def assert_begun_once(stores: Stores) -> None:
    """No id begins twice: it is created, seeded or split off, once, and before anything else befalls it."""
    events = stores.session.scalars(select(ReasonEventRow).order_by(ReasonEventRow.at)).all()
    begun = [event.reason_id for event in events if event.kind in BEGINNINGS]
    assert len(begun) == len(set(begun))
    assert {event.reason_id for event in events} == set(begun)


RULES = ("arrive", "refit", "merge", "split", "move", "pin", "rename", "seed", "retire", "restore", "correct")
once = settings(max_examples=1, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def steps(count: int) -> st.SearchStrategy[list[tuple[str, int, int]]]:
    return st.lists(st.tuples(st.sampled_from(RULES), choice, choice), min_size=count, max_size=count)


@once
@given(steps=steps(60))
def test_sixty_refits_and_edits_lose_nothing(database: Database, steps: list[tuple[str, int, int]]) -> None:
    lived_through(database, steps)


@pytest.mark.slow
@once
@given(steps=steps(200))
def test_two_hundred_refits_and_edits_lose_nothing(database: Database, steps: list[tuple[str, int, int]]) -> None:
    lived_through(database, steps)


def lived_through(database: Database, steps: list[tuple[str, int, int]]) -> None:
    # The simplest of all histories comes first and is one rule again and again: it would be the only one.
    assume({rule for rule, _, _ in steps} == set(RULES))
    history = History(database)
    for number in range(5):
        history.arrive(number * 70, 3)
    for rule, one, other in steps:
        getattr(history, rule)(one, other)
        history.holds()
