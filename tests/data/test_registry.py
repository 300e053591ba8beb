"""What people do to reasons: contacts follow, nothing is lost, and every step can be read and undone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from data.database import Database
from data.errors import Conflict, FieldInvalid, NotFound
from data.ids import new_id
from data.reason_records import Part, Seed
from data.stores import Stores
from data.types import Filter
from tests.data.registry_world import EMBEDDER, at, contacts, detail_of, discovered, faults, found, reason_of, to

ANNA = "api_key:anna"


@pytest.fixture
def stores(database: Database) -> Iterator[Stores]:
    with database.tenant("default") as stores:
        yield stores
        assert faults(stores) == []


@pytest.fixture
def cards(stores: Stores) -> tuple[uuid.UUID, uuid.UUID, list[uuid.UUID]]:
    """Two reasons, ``card`` with contacts at 0, 10, 80 and 90 degrees and ``refund`` with one at 180."""
    ids = contacts(stores, 0, 10, 80, 90, 180)
    card, refund = found("card", ids[:4], 45), found("refund", ids[4:], 180)
    discovered(stores, [(card, ids[:4]), (refund, ids[4:])], created(card.id), created(refund.id))
    return card.id, refund.id, ids


def created(reason_id: uuid.UUID):  # type: ignore[no-untyped-def]
    from data.reason_records import ReasonChange

    return ReasonChange(kind="created", reason_id=reason_id)


Cards = tuple[uuid.UUID, uuid.UUID, list[uuid.UUID]]


def counts(stores: Stores) -> dict[str, int]:
    return {reason.name: reason.contacts for reason in stores.reasons.list()}


def test_a_merge_takes_the_contacts_along_and_leaves_a_trail(stores: Stores, cards: Cards) -> None:
    card, refund, ids = cards
    stores.registry.merge(refund, card, actor=ANNA)
    assert counts(stores) == {"card": 5}
    assert set(reason_of(stores, *ids)) == {card}
    assert stores.registry.resolve(refund) == card
    event = stores.reasons.history(refund)[-1]
    assert (event.kind, event.others, event.actor, event.size_before, event.size_after) == (
        "merged",
        (card,),
        ANNA,
        1,
        5,
    )
    assert stores.reasons.history(card)[-1] == event
    assert stores.audit.list(limit=1)[0].action == "reason.merged"
    assert len(stores.reasons.assignments_of(ids[4])) == 2
    [known] = stores.reasons.known(EMBEDDER)
    assert known.size == 5
    assert known.centroid.tolist() == pytest.approx(sum(at(a) for a in (0, 10, 80, 90, 180)).__truediv__(5).tolist())


def test_a_merge_is_undone_by_restoring(stores: Stores, cards: Cards) -> None:
    card, refund, _ids = cards
    stores.registry.merge(card, refund, actor=ANNA)
    stores.registry.restore(card, actor=ANNA)
    assert counts(stores) == {"card": 4, "refund": 1}
    assert stores.registry.resolve(card) == card
    assert [event.kind for event in stores.reasons.history(card)] == ["created", "merged", "restored"]
    with pytest.raises(Conflict):
        stores.registry.restore(card, actor=ANNA)


def test_of_several_parts_the_largest_keeps_the_id_and_the_rest_go_to_the_nearest(stores: Stores, cards: Cards) -> None:
    card, _, ids = cards
    parts = [Part(name="card lost", examples=(ids[0],)), Part(name="card declined", examples=(ids[2], ids[3]))]
    lost, declined = stores.registry.split(card, parts, actor=ANNA)
    assert reason_of(stores, *ids[:4]) == [lost, lost, declined, declined]
    assert card in (lost, declined)
    assert counts(stores) == {"card lost": 2, "card declined": 2, "refund": 1}
    other = declined if lost == card else lost
    event = next(event for event in stores.reasons.history(other) if event.kind == "split")
    assert (event.others, event.size_before, event.size_after) == ((card,), 4, 2)
    assert stores.registry.state().corrections() == {ids[0]: str(lost), ids[2]: str(declined), ids[3]: str(declined)}


def test_a_single_part_is_taken_out_and_the_rest_stays(stores: Stores, cards: Cards) -> None:
    card, _, ids = cards
    [lost] = stores.registry.split(card, [Part(name="card lost", examples=(ids[0],))], actor=ANNA)
    assert lost != card
    assert reason_of(stores, *ids[:4]) == [lost, lost, card, card]
    assert stores.reasons.get(card).name == "card"


def test_a_split_needs_examples_of_its_own(stores: Stores, cards: Cards) -> None:
    card, _, ids = cards
    for parts, error in (
        ([], FieldInvalid),
        ([Part(name="a", examples=())], FieldInvalid),
        ([Part(name="a", examples=(ids[0],)), Part(name="A ", examples=(ids[1],))], FieldInvalid),
        ([Part(name="a", examples=(ids[0],)), Part(name="b", examples=(ids[0],))], FieldInvalid),
        ([Part(name="a", examples=(ids[4],))], Conflict),
        ([Part(name="refund", examples=(ids[0],))], Conflict),
    ):
        with pytest.raises(error):
            stores.registry.split(card, parts, actor=ANNA)


def test_a_retired_reason_leaves_its_contacts_unassigned_until_it_is_restored(stores: Stores, cards: Cards) -> None:
    card, _, ids = cards
    assert set(stores.registry.retire(card, actor=ANNA)) == set(ids[:4])
    assert counts(stores) == {"refund": 1}
    assert stores.reasons.unassigned() == 4
    assert stores.registry.resolve(card) is None
    stores.registry.restore(card, actor=ANNA)
    assert counts(stores) == {"card": 4, "refund": 1}


def test_a_name_is_taken_once(stores: Stores, cards: Cards) -> None:
    card, refund, _ = cards
    stores.registry.rename(card, "  Card   declined ", actor=ANNA)
    assert stores.reasons.get(card).name == "Card declined"
    assert stores.reasons.history(card)[-1].detail == {"from": "card", "to": "Card declined"}
    with pytest.raises(Conflict):
        stores.registry.rename(refund, "card DECLINED", actor=ANNA)
    with pytest.raises(FieldInvalid):
        stores.registry.rename(refund, " ", actor=ANNA)


def test_reasons_go_into_groups_and_the_groups_count_them(stores: Stores, cards: Cards) -> None:
    card, refund, _ids = cards
    money = stores.registry.group("Money", like=card, actor=ANNA)
    assert stores.registry.group("money", like=card, actor=ANNA) == money
    stores.registry.move(card, money, actor=ANNA)
    [group] = stores.reasons.list(levels=["group"], quotes=1)
    assert (group.name, group.contacts, len(group.quotes)) == ("Money", 4, 0)
    assert stores.interactions.list(Filter(reason=str(money))).total == stores.reasons.get(money).contacts == 4
    stores.registry.move(refund, money, actor=ANNA)
    assert stores.reasons.get(money).contacts == 5
    stores.registry.move(card, None, actor=ANNA)
    assert stores.reasons.get(money).contacts == 1
    with pytest.raises(Conflict):
        stores.registry.move(card, refund, actor=ANNA)
    with pytest.raises(Conflict):
        stores.registry.move(money, None, actor=ANNA)
    stores.registry.retire(money, actor=ANNA)
    assert stores.reasons.get(refund).parent_id is None
    assert counts(stores) == {"card": 4, "refund": 1}


def test_details_follow_their_reason_and_take_their_contacts_along(stores: Stores) -> None:
    ids = contacts(stores, 0, 10, 80, 90, 180)
    card, refund = found("card", ids[:4], 45), found("refund", ids[4:], 180)
    lost = found("lost", ids[:2], 5, level="detail", parent_id=card.id)
    declined = found("declined", ids[2:4], 85, level="detail", parent_id=card.id)
    details = {ids[0]: lost.id, ids[1]: lost.id, ids[2]: declined.id, ids[3]: declined.id}
    reasons = (card, refund, lost, declined)
    discovered(
        stores,
        [(card, ids[:4]), (refund, ids[4:])],
        *(created(reason.id) for reason in reasons),
        details=details,
        others=[lost, declined],
    )
    assert stores.interactions.list(Filter(reason=str(lost.id))).total == stores.reasons.get(lost.id).contacts == 2
    assert {detail.name: detail.contacts for detail in stores.reasons.list(levels=["detail"])} == {
        "lost": 2,
        "declined": 2,
    }
    stores.registry.move(lost.id, refund.id, actor=ANNA)
    assert counts(stores) == {"card": 2, "refund": 3}
    assert stores.interactions.list(Filter(reason=str(lost.id))).total == 2
    stores.registry.merge(refund.id, card.id, actor=ANNA)
    assert stores.reasons.get(lost.id).parent_id == card.id
    stores.registry.restore(refund.id, actor=ANNA)
    assert stores.reasons.get(lost.id).parent_id == refund.id
    assert detail_of(stores, *ids) == [lost.id, lost.id, declined.id, declined.id, None]
    stores.registry.merge(lost.id, declined.id, actor=ANNA)
    assert counts(stores) == {"card": 4, "refund": 1}
    stores.registry.split(card.id, [Part(name="a", examples=(ids[0],)), Part(name="b", examples=(ids[3],))], actor=ANNA)
    assert stores.reasons.get(declined.id).contacts == 2
    stores.registry.retire(stores.reasons.get(declined.id).parent_id or "", actor=ANNA)
    assert stores.reasons.get(declined.id).state == "retired"


def test_seeds_are_known_at_once_and_are_planted_once(stores: Stores) -> None:
    seeds = [
        Seed(name="card lost", centroid=at(0), group="Cards"),
        Seed(name="card declined", centroid=at(90), group="cards"),
        Seed(name="refund", centroid=at(180)),
    ]
    first = stores.registry.seed(seeds, embedder=EMBEDDER, actor=ANNA, starter="banking")
    assert stores.registry.seed(seeds, embedder=EMBEDDER, actor=ANNA) == first
    assert [known.name for known in stores.reasons.known(EMBEDDER)] == [
        name for _, name in sorted(zip(first, ("card lost", "card declined", "refund"), strict=True))
    ]
    event = stores.reasons.history(first[0])[0]
    assert (event.kind, event.actor, event.detail) == ("seeded", ANNA, {"starter": "banking"})
    assert len({stores.reasons.get(one).parent_id for one in first[:2]}) == 1


def test_what_people_did_is_what_the_next_discovery_must_heed(stores: Stores, cards: Cards) -> None:
    card, refund, ids = cards
    [odd] = stores.registry.seed([Seed(name="odd", centroid=at(270))], embedder=EMBEDDER, actor=ANNA)
    stores.registry.pin(refund, actor=ANNA)
    [lost] = stores.registry.split(card, [Part(name="lost", examples=(ids[0],))], actor=ANNA)
    stores.registry.merge(lost, card, actor=ANNA)
    stores.registry.retire(odd, actor=ANNA)
    known = {uuid.UUID(one.id): one for one in stores.registry.state().registered(EMBEDDER)}
    assert (known[refund].kept, known[refund].whole, known[refund].active) == (True, True, True)
    assert (known[card].kept, known[card].whole) == (True, True)
    assert (known[lost].joined, known[lost].merged_into, known[lost].active) == (True, str(card), False)
    assert (known[odd].barred, known[odd].active) == (True, False)
    stores.registry.unpin(refund, actor=ANNA)
    known = {uuid.UUID(one.id): one for one in stores.registry.state().registered(EMBEDDER)}
    assert not known[refund].kept
    assert stores.registry.state().corrections()[ids[0]] == str(card)


def test_a_contact_that_is_assigned_meanwhile_gets_the_heir(stores: Stores, cards: Cards) -> None:
    card, refund, _ids = cards
    stores.registry.merge(card, refund, actor=ANNA)
    [late] = contacts(stores, 5)
    stores.reasons.assign(late, to(card))
    assert reason_of(stores, late) == [refund]


def test_a_contact_does_not_have_a_reason_twice(stores: Stores, cards: Cards) -> None:
    from sqlalchemy import text

    card, refund, ids = cards
    stores.session.execute(
        text("""INSERT INTO assignment (tenant, id, interaction_id, reason_id, confidence, is_primary)
                VALUES ('default', :id, :interaction, :reason, 0.5, false)"""),
        {"id": new_id(), "interaction": ids[0], "reason": refund},
    )
    stores.registry.merge(card, refund, actor=ANNA)
    assert sum(one.is_current for one in stores.reasons.assignments_of(ids[0])) == 1


def test_as_reported_is_what_was_current_then(database: Database) -> None:
    from sqlalchemy import func, select

    from data.lineage import assignment_as_of

    with database.tenant("default") as stores:
        ids = contacts(stores, 0, 180)
        one, two = found("one", ids[:1]), found("two", ids[1:], 180)
        discovered(stores, [(one, ids[:1]), (two, ids[1:])], created(one.id), created(two.id))
    with database.tenant("default") as stores:
        moment = stores.session.scalar(select(func.clock_timestamp()))
        assert moment is not None
        stores.registry.merge(two.id, one.id, actor=ANNA)
    with database.tenant("default") as stores:
        assert set(reason_of(stores, *ids)) == {one.id}
        then = assignment_as_of("default", moment)
        reported = {row[0]: row[1] for row in stores.session.execute(select(then.interaction_id, then.reason_id))}
        assert reported == {ids[0]: one.id, ids[1]: two.id}


def test_another_tenants_reason_cannot_be_changed(database: Database) -> None:
    with database.tenant("other") as stores:
        ids = contacts(stores, 0)
        theirs = found("theirs", ids)
        discovered(stores, [(theirs, ids)], created(theirs.id))
    with database.tenant("default") as stores, pytest.raises(NotFound):
        stores.registry.rename(theirs.id, "mine", actor=ANNA)
