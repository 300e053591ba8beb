"""A trend counts exactly the contacts that the list behind it shows, in the tenant's days and weeks."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from data.calendar import Grain
from data.category_matches import Rule
from data.database import Database
from data.ids import new_id
from data.stores import Stores
from data.tables import AssignmentRow, ReasonRow
from data.trend_facts import Level
from data.trends import Coverage, Dimension, Measure, Trend, TrendQuery
from data.types import Channel, CustomerRef, Filter, ReasonAssignment, State
from nlp.query import parse
from tests.data.conversations import MONDAY, talk

DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
LEVELS: tuple[Level, ...] = ("group", "reason", "detail")
MEASURES = get_args(Measure)
DAY = dt.timedelta(days=1)


def a_reason(stores: Stores, name: str, **more: object) -> uuid.UUID:
    row = ReasonRow(tenant=stores.tenant, id=new_id(), name=name, embedder="e", centroid=[1.0, 0.0], size=1, **more)
    stores.session.add(row)
    stores.session.flush()
    return row.id


def given_reason(stores: Stores, interaction: uuid.UUID, reason: uuid.UUID | None) -> None:
    value = ReasonAssignment(reason_id=str(reason) if reason else None, confidence=0.9, nearest_id=None, distance=None)
    stores.reasons.assign(interaction, value)


def counts(trend: Trend) -> dict[tuple[dt.date, tuple[str, ...]], int]:
    return {(point.bucket, point.values): point.contacts for point in trend.points}


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", dt.date(2026, 10, 5)), ("Asia/Tokyo", dt.date(2026, 10, 6)), ("America/New_York", dt.date(2026, 10, 5))],
)
def test_a_day_is_the_tenants(database: Database, zone: str, day: dt.date) -> None:
    with database.tenant("default") as stores:
        stores.tenants.set_calendar(time_zone=zone, first_weekday=1)
        talk(stores, "late", started_at=dt.datetime(2026, 10, 5, 20, tzinfo=dt.UTC))
        trend = stores.trends.series(TrendQuery())
        assert counts(trend) == {(day, ()): 1}
        assert (trend.time_zone, trend.first_weekday) == (zone, 1)


@pytest.mark.parametrize(
    ("first_weekday", "begin"), [(1, dt.date(2026, 10, 5)), (7, dt.date(2026, 10, 4)), (6, dt.date(2026, 10, 3))]
)
def test_a_week_begins_on_the_tenants_first_weekday(database: Database, first_weekday: int, begin: dt.date) -> None:
    with database.tenant("default") as stores:
        stores.tenants.set_calendar(time_zone="UTC", first_weekday=first_weekday)
        talk(stores, "hello", started_at=MONDAY)
        assert counts(stores.trends.series(TrendQuery(grain="week"))) == {(begin, ()): 1}


def test_the_night_of_a_clock_change_is_one_day(database: Database) -> None:
    with database.tenant("default") as stores:
        stores.tenants.set_calendar(time_zone="Europe/Berlin", first_weekday=1)
        for hour in (22, 23, 0, 1, 2, 22, 23):
            before = dt.datetime(2026, 10, 24, hour, tzinfo=dt.UTC)
            talk(stores, "hello", started_at=before if hour == 22 else before + DAY)
        trend = stores.trends.series(TrendQuery())
        for point in trend.points:
            assert stores.interactions.list(trend.behind(point)).total == point.contacts


def test_a_point_tells_measures_of_its_contacts(database: Database) -> None:
    ann = CustomerRef(scheme="crm", value="1")
    with database.tenant("default") as stores:
        talk(stores, "a", customer=ann, duration_s=60.0, hold_s=10.0, after_call_s=30.0, sentiment=-0.5, queue="q")
        talk(stores, "b", customer=ann, duration_s=40.0, sentiment=0.1, queue="q")
        talk(stores, "c", channel=Channel.EMAIL, queue="q")
        talk(stores, "d")
        talk(stores, "e", csat=5, nps=10, ces=6)
        talk(stores, "f", csat=3, nps=2, ces=3)
        single, several = stores.trends.series(TrendQuery(by=("queue",), measures=MEASURES)).points
    assert (several.values, several.contacts, several.share) == (("q",), 3, 0.5)
    assert (several.sums["customers"].total, several.sums["customers"].n) == (1, 2)
    assert several.sums["share"].mean == 0.5
    assert several.sums["handle_time_s"].mean == pytest.approx(70)
    assert several.sums["sentiment"].mean == pytest.approx(-0.2)
    assert (single.values, single.sums["handle_time_s"].mean, single.sums["sentiment"].mean) == (
        ("(none)",),
        None,
        None,
    )
    assert [single.sums[name].mean for name in ("csat", "nps", "ces")] == [0.5, 0.0, 4.5]


def test_repeat_contacts_are_those_of_the_episodes(database: Database) -> None:
    with database.tenant("default") as stores:
        reasons = [a_reason(stores, "one"), a_reason(stores, "two"), None]
        for number in range(40):
            ann = CustomerRef(scheme="crm", value=str(number % 2)) if number % 7 else None
            channel = Channel.WEB if number % 11 == 0 else Channel.VOICE
            begun = MONDAY + dt.timedelta(hours=11 * number)
            contact = talk(stores, "a", customer=ann, started_at=begun, channel=channel)
            given_reason(stores, contact, reasons[number % 3])
        query = TrendQuery(grain="month", by=("reason",), measures=("repeat_contact_rate",))
        points = stores.trends.series(query).points
        episodes = stores.episodes.repeats(("reason",)).groups
    counted = {point.values: point.sums["repeat_contact_rate"] for point in points}
    assert len(points) == len(counted) == 3
    found = {values: (sums.n, sums.total) for values, sums in counted.items() if sums.n}
    assert found == {group.values: (group.determined, group.repeated) for group in episodes}
    assert any(repeated for _, repeated in found.values())


def test_a_backlog_shows_in_the_coverage_and_in_no_reason(database: Database) -> None:
    with database.tenant("default") as stores:
        reason = a_reason(stores, "card declined")
        given_reason(stores, talk(stores, "a"), reason)
        given_reason(stores, talk(stores, "b"), None)
        talk(stores, "c", state=State.PENDING)
        talk(stores, "d", state=State.QUARANTINED)
        trend = stores.trends.series(TrendQuery(by=("reason",)))
        only = stores.trends.series(TrendQuery(by=("reason",), wanted=Filter(reason=str(reason))))
    covered = Coverage(accepted=4, analysed=2, pending=1, quarantined=1)
    assert [(point.values, point.contacts, point.share, point.coverage) for point in trend.points] == [
        ((str(reason),), 1, 0.5, covered),
        (("unassigned",), 1, 0.5, covered),
    ]
    assert [point.coverage for point in only.points] == [covered]
    assert trend.reason_names == {str(reason): "card declined"}


def test_buckets_without_contacts_are_named(database: Database) -> None:
    with database.tenant("default") as stores:
        talk(stores, "a", started_at=MONDAY)
        talk(stores, "a", started_at=MONDAY + 3 * DAY)
        trend = stores.trends.series(TrendQuery())
        assert trend.buckets == tuple(dt.date(2026, 10, day) for day in (5, 6, 7, 8))
        assert stores.trends.series(TrendQuery(wanted=Filter(queue="none such"))).buckets == ()


def test_a_category_counts_each_contact_that_it_matches_out_of_those_it_was_held_against(database: Database) -> None:
    with database.tenant("default") as stores:
        said = ("refund parcel", "refund", "parcel", "hello")
        for day, (words, mood) in itertools.product((0, 8), zip(said, (-0.5, 0.5, None, 0.1), strict=True)):
            talk(stores, words, sentiment=mood, started_at=MONDAY + day * DAY, queue="q" if day else None)
        talk(stores, "refund", state=State.PENDING)
        refund, parcel = (a_category(stores, name, name) for name in ("refund", "parcel"))
        angry = a_category(stores, "angry", "sentiment<0")
        asked = TrendQuery(grain="week", by=("category",), measures=("share", "sentiment"))
        trend = stores.trends.series(asked)
        by_queue = stores.trends.series(TrendQuery(grain="month", by=("queue", "category"), measures=("share",)))
    weeks = [MONDAY.date(), MONDAY.date() + 7 * DAY]
    shares = {(one.bucket, one.values[0]): (one.contacts, one.sums["share"].n, one.share) for one in trend.points}
    assert shares == {
        (week, category): (count, of, count / of)
        for week in weeks
        for category, count, of in ((refund, 2, 4), (parcel, 2, 4), (angry, 1, 3))
    }
    assert trend.groups == {(refund,): 4, (parcel,): 4, (angry,): 2}
    assert [one.coverage.pending for one in trend.points] == [1, 1, 1, 0, 0, 0]
    sentiment = {one.values[0]: one.sums["sentiment"].mean for one in trend.points}
    assert sentiment == {refund: 0.0, parcel: -0.5, angry: -0.5}
    assert trend.names == {refund: "refund (version 1)", parcel: "parcel (version 1)", angry: "angry (version 1)"}
    assert {one.values: (one.contacts, one.sums["share"].n) for one in by_queue.points} == {
        (queue, category): (count, of)
        for queue in ("q", "(none)")
        for category, count, of in ((refund, 2, 8), (parcel, 2, 8), (angry, 1, 6))
    }


def test_contacts_by_category_are_the_same_whether_few_or_all_are_looked_up(
    varied: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = TrendQuery(grain="week", by=("category", "agent"), measures=("share", "customers"))
    with varied.tenant("default") as stores:
        few = stores.trends.series(query)
        monkeypatch.setattr("data.trend_members.FEW", 0)
        assert stores.trends.series(query).points == few.points
    assert few.points


def test_without_an_applied_category_there_is_no_point(database: Database) -> None:
    with database.tenant("default") as stores:
        talk(stores, "refund")
        stores.categories.publish(stores.categories.create("refund", "refund", author="test").id)
        trend = stores.trends.series(TrendQuery(by=("category",)))
    assert (trend.points, trend.coverage.accepted) == ((), 1)


def test_f37_another_tenants_contacts_are_not_counted(database: Database) -> None:
    with database.tenant("other") as stores:
        talk(stores, "a")
        a_category(stores, "all", "a")
    with database.tenant("default") as stores:
        assert stores.trends.series(TrendQuery()).points == ()
        assert stores.trends.series(TrendQuery(by=("category",))).points == ()


@pytest.fixture
def varied(database: Database) -> Database:
    with database.tenant("default") as stores:
        stores.tenants.set_calendar(time_zone="America/St_Johns", first_weekday=3)
        reasons = [None, *a_family(stores)]
        options = itertools.product(("q1", None), ("jo", "al", None), (State.ANALYSED, State.PENDING))
        for number, (queue, agent, state) in enumerate(itertools.islice(itertools.cycle(options), 40)):
            interaction = talk(
                stores,
                "hello",
                channel=Channel.EMAIL if number % 3 else Channel.VOICE,
                started_at=MONDAY + dt.timedelta(hours=7 * number),
                language="en" if number % 4 else None,
                state=state,
                queue=queue,
                agent=agent,
                is_current=number != 5,
            )
            if state is State.ANALYSED or number % 5 == 0:
                given_reason(stores, interaction, reasons[number % 3])
        detail = a_reason(stores, "a detail", level="detail", parent_id=reasons[1])
        of_one = update(AssignmentRow).where(AssignmentRow.reason_id == reasons[1], AssignmentRow.confidence > 0.5)
        stores.session.execute(of_one.values(detail_id=detail))
        given_reason(stores, talk(stores, "no detail", queue="q1"), reasons[1])
        for query in ("queue:q1", "channel:email NOT agent:jo", "sentiment<0 OR agent:al"):
            a_category(stores, query, query)
    return database


def a_category(stores: Stores, name: str, query: str) -> str:
    """The id of one that is applied."""
    made = stores.categories.publish(stores.categories.create(name, query, author="test").id)
    stores.category_matches.apply(Rule(category_id=made.id, version=1, query=parse(query)))
    return str(made.id)


def a_family(stores: Stores) -> tuple[uuid.UUID, uuid.UUID]:
    """A reason in a group, and one in none."""
    group = a_reason(stores, "a group", level="group")
    return a_reason(stores, "one", parent_id=group), a_reason(stores, "two")


@given(
    grain=st.sampled_from(["day", "week", "month"]),
    level=st.sampled_from(LEVELS),
    by=st.lists(st.sampled_from(DIMENSIONS), unique=True, max_size=3).map(tuple),
    wanted=st.builds(
        Filter,
        queue=st.sampled_from([None, "q1", "(none)"]),
        channel=st.sampled_from([None, Channel.VOICE]),
        since=st.sampled_from([None, MONDAY + dt.timedelta(hours=31)]),
        until=st.sampled_from([None, MONDAY + dt.timedelta(hours=200)]),
        reason=st.sampled_from([None, "unassigned"]),
        state=st.sampled_from([None, State.ANALYSED]),
        category=st.sampled_from([None, None, "Queue:q1"]),
    ),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_points_count_is_the_length_of_the_list_behind_it(
    varied: Database, grain: Grain, level: Level, by: tuple[Dimension, ...], wanted: Filter
) -> None:
    with varied.tenant("default") as stores:
        trend = stores.trends.series(TrendQuery(grain=grain, by=by, wanted=wanted, level=level, measures=("share",)))
        for point in trend.points[:8]:
            listed = stores.interactions.list(trend.behind(point), limit=100)
            assert len(listed.items) == listed.total == point.contacts
            assert point.contacts <= point.coverage.accepted
            assert point.bucket in trend.buckets
        if "category" in by:
            assert all(point.contacts <= point.sums["share"].n for point in trend.points)
            return
        if "reason" not in by:
            assert sum(point.contacts for point in trend.points) == stores.interactions.list(wanted).total
        assert sum(point.share for point in trend.points) == pytest.approx(len({p.bucket for p in trend.points}))
