"""What people did to reasons outlives every later discovery."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from classify import Discovery
from data.database import Database
from data.reason_records import Part, Seed
from data.stores import Stores
from service.discovery import record
from tests.data.conversations import MADE_BY
from tests.data.registry_world import EMBEDDER, at, contacts, faults, reason_of
from tests.data.test_registry_history import arcs, described, say

ANGLES = tuple(angle + step for angle in (10, 100, 190, 280) for step in (0, 20, 40, 60))


@pytest.fixture
def stores(database: Database) -> Iterator[Stores]:
    with database.tenant("default") as stores:
        yield stores
        assert faults(stores) == []


@pytest.fixture
def ids(stores: Stores) -> list[uuid.UUID]:
    """Four contacts in each quarter of the circle; each quarter is a reason."""
    ids = contacts(stores, *ANGLES)
    discover(stores, 4)
    return ids


def discover(stores: Stores, parts: int) -> None:
    corpus = stores.embeddings.all(EMBEDDER)
    found = arcs(corpus, parts, 0)
    record(stores, Discovery(labels=found.labels, reasons=found.reasons), corpus, EMBEDDER, "medium", MADE_BY)


def quarter(stores: Stores, ids: list[uuid.UUID], number: int) -> uuid.UUID:
    [reason] = set(reason_of(stores, *ids[4 * number : 4 * number + 4]))
    assert reason is not None
    return reason


def test_without_people_a_coarser_discovery_merges_and_a_finer_one_brings_back(
    stores: Stores, ids: list[uuid.UUID]
) -> None:
    before = [quarter(stores, ids, number) for number in range(4)]
    discover(stores, 2)
    after = [quarter(stores, ids, number) for number in range(4)]
    assert (after[0], after[2]) == (after[1], after[3])
    assert set(after) < set(before)
    discover(stores, 4)
    assert [quarter(stores, ids, number) for number in range(4)] == before
    [gone] = set(before[:2]) - {after[0]}
    assert [event.kind for event in stores.reasons.history(gone)][-2:] == ["merged", "restored"]


@pytest.mark.parametrize("deed", ["rename", "pin", "move"])
def test_what_a_person_named_pinned_or_moved_is_not_merged_away(
    stores: Stores, ids: list[uuid.UUID], deed: str
) -> None:
    mine = [quarter(stores, ids, number) for number in range(4)]
    for number, reason in enumerate(mine):
        if deed == "rename":
            stores.registry.rename(reason, f"mine {number}", actor="anna")
        elif deed == "pin":
            stores.registry.pin(reason, actor="anna")
        else:
            stores.registry.move(reason, stores.registry.group("G", like=reason, actor="anna"), actor="anna")
    names = [stores.reasons.get(reason).name for reason in mine]
    parents = [stores.reasons.get(reason).parent_id for reason in mine]
    discover(stores, 2)
    assert [quarter(stores, ids, number) for number in range(4)] == mine
    if deed != "move":
        assert [stores.reasons.get(reason).name for reason in mine] == names
    assert [stores.reasons.get(reason).parent_id for reason in mine] == parents


def test_a_pinned_reason_is_not_split(stores: Stores, ids: list[uuid.UUID]) -> None:
    mine = quarter(stores, ids, 0)
    stores.registry.pin(mine, actor="anna")
    discover(stores, 8)
    assert quarter(stores, ids, 0) == mine
    assert len(set(reason_of(stores, *ids[4:8]))) == 2


def test_a_merge_is_not_undone(stores: Stores, ids: list[uuid.UUID]) -> None:
    into = quarter(stores, ids, 1)
    stores.registry.merge(quarter(stores, ids, 0), into, actor="anna")
    for parts in (4, 8, 4):
        discover(stores, parts)
        assert set(reason_of(stores, *ids[:8])) == {into}


def test_a_split_is_not_undone(stores: Stores, ids: list[uuid.UUID]) -> None:
    [part] = stores.registry.split(quarter(stores, ids, 0), [Part(name="part", examples=tuple(ids[:2]))], actor="anna")
    before = reason_of(stores, *ids[:4])
    assert before[:2] == [part, part]
    discover(stores, 4)
    assert reason_of(stores, *ids[:4]) == before


def test_a_retired_reason_is_not_found_again_but_a_restored_one_is(stores: Stores, ids: list[uuid.UUID]) -> None:
    gone = quarter(stores, ids, 0)
    stores.registry.retire(gone, actor="anna")
    discover(stores, 4)
    assert set(reason_of(stores, *ids[:4])) == {None}
    stores.registry.restore(gone, actor="anna")
    discover(stores, 4)
    assert quarter(stores, ids, 0) == gone


def test_a_seed_stays_and_gets_what_is_found_to_be_like_it(stores: Stores) -> None:
    [seed, other] = stores.registry.seed(
        [Seed(name="mine", centroid=at(40)), Seed(name="nobody's", centroid=at(150))], embedder=EMBEDDER, actor="anna"
    )
    ids = contacts(stores, 10, 30, 50, 70, 280, 300)
    corpus = stores.embeddings.all(EMBEDDER)
    labels = np.array([ids.index(one) // 4 for one in corpus.interaction_ids])
    found = replace(arcs(corpus, 1, 0), labels=labels, reasons=described(labels, corpus), group_of=(0, 0))
    record(stores, replace(found, details=(), detail_labels=labels[:0]), corpus, EMBEDDER, "medium", MADE_BY)
    assert set(reason_of(stores, *ids[:4])) == {seed}
    assert stores.reasons.get(seed).name == "mine"
    assert (stores.reasons.get(other).state, stores.reasons.get(other).contacts) == ("active", 0)


def test_a_persons_word_on_a_contact_outlives_discoveries(stores: Stores, ids: list[uuid.UUID]) -> None:
    other = quarter(stores, ids, 2)
    say(stores, ids[0], other)
    for parts in (4, 8, 4):
        discover(stores, parts)
        assert stores.registry.resolve(other) == reason_of(stores, ids[0])[0]
    stored = stores.reasons.assignment_of(ids[0])
    assert stored is not None
    assert stored.source == "human"
