"""An episode is one customer's contacts about one reason without a gap; what is too recent to tell is said."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from sqlalchemy import select

from data.database import Database
from data.episodes import Dimension, RepeatCount, returns
from data.errors import CursorInvalid
from data.ids import new_id
from data.stores import Stores
from data.tables import ReasonRow
from data.types import Channel, CustomerRef, Filter, ReasonAssignment, State
from tests.data.conversations import MONDAY, talk

ANN = CustomerRef(scheme="crm", value="Ann")
BOB = CustomerRef(scheme="crm", value="Bob")


def reason(stores: Stores, name: str = "card lost") -> uuid.UUID:
    row = ReasonRow(tenant=stores.tenant, id=new_id(), name=name, embedder="e", centroid=[1.0, 0.0], size=1)
    stores.session.add(row)
    stores.session.flush()
    return row.id


def contact(
    stores: Stores, day: float, why: uuid.UUID | None, customer: CustomerRef | None = ANN, **columns: object
) -> uuid.UUID:
    at = MONDAY + dt.timedelta(days=day)
    added = talk(stores, "hello", started_at=at, customer=customer, **columns)  # type: ignore[arg-type]  # columns
    value = ReasonAssignment(reason_id=str(why) if why else None, confidence=1, nearest_id=None, distance=None)
    stores.reasons.assign(added, value)
    return added


def counted(stores: Stores, *by: Dimension, wanted: Filter | None = None) -> dict[tuple[str, ...], tuple[int, ...]]:
    found = stores.episodes.repeats(by, wanted)
    return {group.values: (group.repeated, group.determined, group.too_recent) for group in found.groups}


def test_contacts_across_channels_are_one_episode_until_a_gap_of_more_than_seven_days(database: Database) -> None:
    with database.tenant("default") as stores:
        why = reason(stores)
        chain = [
            contact(stores, day, why, channel=channel)
            for day, channel in ((0, Channel.VOICE), (7, Channel.EMAIL), (13, Channel.NOTE), (20, Channel.SURVEY))
        ]
        later = contact(stores, 27.01, why)
        newer, older = stores.episodes.list().items
        assert older.interactions == tuple(chain)
        assert older.channels == (Channel.VOICE, Channel.EMAIL, Channel.NOTE, Channel.SURVEY)
        assert (older.id, older.contacts, older.reason_name, older.open) == (chain[0], 4, "card lost", False)
        assert (newer.interactions, newer.open) == ((later,), True)
        assert [one.contacts for one in stores.episodes.list(days=8).items] == [5]


def test_another_customer_or_reason_is_another_episode_and_what_is_unknown_is_none(database: Database) -> None:
    with database.tenant("default") as stores:
        lost, stolen = reason(stores), reason(stores, "card stolen")
        contact(stores, 0, lost)
        contact(stores, 1, stolen)
        contact(stores, 2, lost, BOB)
        contact(stores, 3, lost, None)
        contact(stores, 3, None)
        contact(stores, 3, lost, state=State.PENDING)
        contact(stores, 3, lost, is_current=False)
        contact(stores, 3, lost, channel=Channel.WEB, page="/cards")
        assert [one.contacts for one in stores.episodes.list().items] == [1, 1, 1]
        assert stores.episodes.repeats().excluded == {
            "customer_unknown": 1,
            "unassigned": 1,
            "not_analysed": 1,
            "web": 1,
        }


def test_a_filter_gives_whole_episodes_that_have_a_contact_of_it(database: Database) -> None:
    with database.tenant("default") as stores:
        why, other = reason(stores), reason(stores, "other")
        contact(stores, 0, why, queue="billing")
        contact(stores, 1, why, queue="cards")
        contact(stores, 1, why, BOB, queue="cards")
        contact(stores, 2, other, BOB)
        listed = stores.episodes.list
        assert [one.contacts for one in listed(Filter(queue="billing")).items] == [2]
        assert [one.contacts for one in listed(Filter(customer=BOB)).items] == [1, 1]
        assert [one.reason_name for one in listed(Filter(reason=str(other))).items] == ["other"]
        assert [one.contacts for one in listed(min_contacts=2).items] == [2]


def test_pages_give_every_episode_once(database: Database) -> None:
    with database.tenant("default") as stores:
        why = reason(stores)
        for number in range(7):
            contact(stores, number // 2, why, CustomerRef(scheme="crm", value=str(number)))
        whole = stores.episodes.list(limit=100)
        seen, cursor = [], None
        while True:
            page = stores.episodes.list(limit=2, cursor=cursor)
            seen += page.items
            if (cursor := page.next_cursor) is None:
                break
        assert tuple(seen) == whole.items
        assert page.total == whole.total == 7
        with pytest.raises(CursorInvalid):
            stores.episodes.list(cursor=whole.next_cursor or "nonsense")


def test_a_contact_is_a_repeat_of_the_one_before_it_and_too_recent_ones_count_in_neither(database: Database) -> None:
    with database.tenant("default") as stores:
        why = reason(stores)
        for day in (0, 5, 12.5, 40):
            contact(stores, day, why)
        contact(stores, 36, why, BOB)
        # Day 0 was followed; days 5 and 12.5 were not; days 36 and 40 are within seven days of the newest contact.
        assert counted(stores) == {(): (1, 3, 2)}
        assert stores.episodes.repeats(days=7.5).groups == (
            RepeatCount(values=(), determined=3, repeated=2, too_recent=2),
        )
        assert stores.episodes.repeats().observed_until == MONDAY + dt.timedelta(days=40)


def test_groups_are_those_of_the_first_contact_whoever_took_the_next(database: Database) -> None:
    with database.tenant("default") as stores:
        why = reason(stores)
        contact(stores, 0, why, agent="Kim", queue="a")
        contact(stores, 1, why, agent="Lee", queue="b")
        contact(stores, 30, why, BOB)
        by_agent = {("Kim",): (1, 1, 0), ("Lee",): (0, 1, 0), ("(none)",): (0, 0, 1)}
        assert counted(stores, "agent") == by_agent
        assert counted(stores, "reason", "queue")[str(why), "a"] == (1, 1, 0)
        assert counted(stores, wanted=Filter(queue="a")) == {(): (1, 1, 0)}
        assert stores.episodes.repeats(("reason",)).reason_names == {str(why): "card lost"}


def test_a_measure_can_join_who_came_back(database: Database) -> None:
    with database.tenant("default") as stores:
        why = reason(stores)
        first, second = contact(stores, 0, why), contact(stores, 1, why)
        came = returns("default", observed_until=MONDAY + dt.timedelta(days=7))
        rows = stores.session.execute(select(came)).all()
        assert {row.interaction_id: (row.repeated, row.next_id) for row in rows} == {
            first: (True, second),
            second: (None, None),
        }


def test_without_contacts_there_is_nothing_to_tell(database: Database) -> None:
    with database.tenant("default") as stores:
        found = stores.episodes.repeats(("reason",))
        assert (found.groups, found.observed_until) == ((), None)
        assert stores.episodes.list().total == 0


def test_f37_another_tenants_episodes_are_not_seen(database: Database) -> None:
    with database.tenant("other") as stores:
        contact(stores, 0, reason(stores))
    with database.tenant("default") as stores:
        assert stores.episodes.list().total == 0
        assert stores.episodes.repeats().groups == ()
