"""A person's word on a contact holds, is audited, and stays in the history."""

from __future__ import annotations

import uuid

import pytest

from data.database import Database
from data.errors import Conflict, NotFound
from data.ids import new_id
from data.stores import Stores
from data.types import Filter
from tests.data.registry_world import contacts, discovered, found, reason_of, to


def world(stores: Stores) -> tuple[list[uuid.UUID], uuid.UUID, uuid.UUID]:
    """Six contacts, three of each of two reasons."""
    ids = contacts(stores, 0, 5, 10, 90, 95, 100)
    card, router = found("card", ids[:3], 5), found("router", ids[3:], 95)
    discovered(stores, [(card, ids[:3]), (router, ids[3:])])
    return ids, card.id, router.id


def test_a_correction_is_the_contacts_reason_and_stands_in_audit_and_history(database: Database) -> None:
    with database.tenant("default") as stores:
        ids, card, router = world(stores)
        given = stores.corrections.correct(ids[0], router, actor="key:ann")
        assert (given.reason_id, given.previous_id, given.is_current, given.learned) == (router, card, True, None)
        assert reason_of(stores, *ids) == [router, card, card, router, router, router]
        stored = stores.reasons.assignment_of(ids[0])
        assert stored is not None
        assert (stored.source, stored.assignment.confidence) == ("human", 1.0)
        [entry] = stores.audit.list()
        assert (entry.actor, entry.action, entry.subject) == ("key:ann", "interaction.reason.corrected", str(ids[0]))
        assert entry.detail == {"from": str(card), "to": str(router)}


def test_the_last_word_holds_and_all_are_remembered(database: Database) -> None:
    with database.tenant("default") as stores:
        ids, card, router = world(stores)
        for reason in (router, None, card):
            stores.corrections.correct(ids[0], reason, actor="ann")
        assert [one.reason_id for one in stores.corrections.history(ids[0])] == [card, None, router]
        assert [one.is_current for one in stores.corrections.history(ids[0])] == [True, False, False]
        assert stores.corrections.current() == {ids[0]: str(card)}


def test_none_of_the_reasons_is_a_word_too(database: Database) -> None:
    with database.tenant("default") as stores:
        ids, card, _ = world(stores)
        stores.corrections.correct(ids[0], None, actor="ann")
        assert stores.corrections.current() == {ids[0]: None}
        assert stores.interactions.list(Filter(reason=str(card))).total == 2
        assert stores.reasons.unassigned() == 1


def test_a_correction_follows_its_reason_into_another(database: Database) -> None:
    with database.tenant("default") as stores:
        ids, card, router = world(stores)
        stores.corrections.correct(ids[0], router, actor="ann")
        stores.registry.merge(router, card, actor="ann")
        assert stores.corrections.current() == {ids[0]: str(card)}
        [lesson] = stores.corrections.lessons()
        assert lesson.reason_id == card
        stores.registry.retire(card, actor="ann")
        assert stores.corrections.current() == {}
        assert stores.corrections.among(ids) == frozenset()


def test_what_is_not_there_or_has_ended_is_refused(database: Database) -> None:
    with database.tenant("default") as stores:
        ids, card, router = world(stores)
        stores.registry.retire(router, actor="ann")
        with pytest.raises(Conflict):
            stores.corrections.correct(ids[0], router, actor="ann")
        for contact, reason in ((new_id(), card), (ids[0], new_id()), ("no id", card)):
            with pytest.raises(NotFound):
                stores.corrections.correct(contact, reason, actor="ann")
        assert stores.corrections.current() == {}


def test_another_tenants_contacts_cannot_be_corrected_nor_seen(database: Database) -> None:
    with database.tenant("default") as stores:
        ids, card, _ = world(stores)
        stores.corrections.correct(ids[0], card, actor="ann")
    with database.tenant("other") as stores:
        with pytest.raises(NotFound):
            stores.corrections.correct(ids[1], None, actor="eve")
        with pytest.raises(NotFound):
            stores.corrections.history(ids[0])
        assert stores.corrections.current() == {}
        assert stores.corrections.lessons() == ()


def test_the_version_changes_with_all_that_the_assigner_depends_on(database: Database) -> None:
    with database.tenant("default") as stores:
        ids, card, router = world(stores)
        seen = {stores.corrections.version()}
    with database.tenant("default") as stores:
        given = stores.corrections.correct(ids[0], router, actor="ann")
        seen.add(stores.corrections.version())
        stores.corrections.judge([given.id], learned=True)
        seen.add(stores.corrections.version())
    with database.tenant("default") as stores:
        stores.registry.rename(card, "cards", actor="ann")
        seen.add(stores.corrections.version())
        assert stores.corrections.version() in seen
    assert len(seen) == 4


def test_drift_is_told_by_the_last_discovery_and_what_came_since(database: Database) -> None:
    with database.tenant("default") as stores:
        assert stores.drift.samples(28).discovered_at is None
        ids, card, _ = world(stores)
        new = contacts(stores, 40, 45)
        stores.reasons.assign(new[0], to(None))
        stores.reasons.assign(new[1], to(card))
        stores.reasons.assign(ids[1], to(card))
        samples = stores.drift.samples(28)
    assert (samples.before.contacts, samples.before.unassigned) == (6, 0)
    assert (samples.now.contacts, samples.now.unassigned, samples.now.distances) == (2, 1, (0.1, 0.1))
