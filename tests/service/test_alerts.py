"""An alert is raised once, with what it is about, and only where enough is analysed."""

from __future__ import annotations

import datetime as dt
import uuid

import numpy as np
import pytest

from data.categories import Bound, CategoryRecord
from data.category_matches import Rule
from data.database import Database
from data.embeddings import NewEmbedding
from data.ids import new_id
from data.stores import Stores
from data.tables import DiscoveryRow, ReasonRow
from data.types import Channel, ReasonAssignment, State
from nlp.query import parse
from service.alerts import EMERGES, RISES, behind, check
from service.category_alerts import CROSSES
from tests.data.conversations import MONDAY, talk

DAY = dt.timedelta(days=1)
WEEKS = 5
TODAY = (MONDAY + WEEKS * 7 * DAY).date()
WORDS = ("parcel", "door", "courier", "van", "street", "evening", "card", "note", "window", "bell", "depot", "label")


def a_reason(stores: Stores, name: str) -> uuid.UUID:
    row = ReasonRow(tenant=stores.tenant, id=new_id(), name=name, embedder="e", centroid=[1.0, 0.0], size=1)
    stores.session.add(row)
    stores.session.flush()
    return row.id


def contacts(stores: Stores, reason: uuid.UUID | None, week: int, count: int, **more: object) -> list[uuid.UUID]:
    found = []
    for number in range(count):
        at = MONDAY + (7 * week + number % 7) * DAY + dt.timedelta(minutes=number)
        contact = talk(stores, "hello", started_at=at, **more)  # type: ignore[arg-type]
        given = ReasonAssignment(
            reason_id=str(reason) if reason else None, confidence=0.9, nearest_id=None, distance=number / 100
        )
        stores.reasons.assign(contact, given)
        found.append(contact)
    return found


def weeks(stores: Stores, reason: uuid.UUID, counts: list[int], **more: object) -> None:
    for week, count in enumerate(counts):
        contacts(stores, reason, week, count, **more)


def test_a_rise_is_told_once_with_its_typical_contacts(database: Database) -> None:
    with database.tenant("default") as stores:
        outage, bill = a_reason(stores, "outage"), a_reason(stores, "bill")
        weeks(stores, bill, [20] * WEEKS)
        weeks(stores, outage, [10, 10, 10, 10])
        latest = contacts(stores, outage, 4, 35)
        (raised,) = check(stores, today=TODAY)
        assert check(stores, today=TODAY) == ()
        assert check(stores, today=TODAY + DAY) == ()
        listed = stores.interactions.list(behind(raised, dt.UTC), limit=100)  # type: ignore[arg-type]
    alert = raised.alert
    assert (alert.kind, alert.subject, alert.name) == (RISES, str(outage), "outage")
    assert (alert.count, alert.expected, alert.q_value < 0.05) == (35, 10, True)
    assert set(alert.typical) == set(latest[:5])
    assert (alert.since, alert.until) == (TODAY - 7 * DAY, TODAY)
    assert listed.total == 35
    assert alert.coverage.complete


def test_a_rise_within_one_queue_is_told_of_that_queue(database: Database) -> None:
    with database.tenant("default") as stores:
        outage = a_reason(stores, "outage")
        weeks(stores, outage, [60] * 4 + [58], queue="north")
        weeks(stores, outage, [6] * 4 + [24], queue="south")
        (raised,) = check(stores, today=TODAY)
    assert raised.alert.name == "outage, south"
    assert raised.alert.subject == f"{outage}&queue=south"


def test_a_backlog_raises_nothing(database: Database) -> None:
    with database.tenant("default") as stores:
        outage = a_reason(stores, "outage")
        weeks(stores, outage, [10, 10, 10, 10, 40])
        for number in range(4):
            talk(stores, "hello", started_at=MONDAY + (28 + number) * DAY, state=State.PENDING)
        assert check(stores, today=TODAY) == ()


def test_a_dismissed_alert_does_not_come_back(database: Database) -> None:
    with database.tenant("default") as stores:
        weeks(stores, a_reason(stores, "outage"), [10, 10, 10, 10, 40])
        (raised,) = check(stores, today=TODAY)
        assert stores.alerts.set_state(raised.id, "dismissed").state == "dismissed"
        assert check(stores, today=TODAY + DAY) == ()
        assert stores.alerts.list() == ()
        assert [one.id for one in stores.alerts.list(("dismissed",))] == [raised.id]


def test_another_tenants_alerts_are_not_seen(database: Database) -> None:
    with database.tenant("other") as stores:
        weeks(stores, a_reason(stores, "outage"), [10, 10, 10, 10, 40])
        assert len(check(stores, today=TODAY)) == 1
    with database.tenant("default") as stores:
        assert stores.alerts.list() == ()


@pytest.fixture
def unassigned(database: Database) -> Database:
    """Contacts without a reason: a matter that was always there, strays, and one that came up in the latest week."""
    random = np.random.default_rng(0)
    old, new = random.normal(size=(2, 24))
    with database.tenant("default") as stores:
        stores.session.add(
            DiscoveryRow(
                tenant="default", id=new_id(), embedder="e", granularity="medium", texts=0, unassigned=0, reasons=0
            )
        )
        stores.session.flush()
        for week in range(WEEKS):
            for number in range(12):
                said = f"cannot hear the {WORDS[number]} in week {week}"
                _without_reason(stores, week, said, old + random.normal(size=24) / 4)
        for number in range(16):
            said = f"the parcel locker refuses code {WORDS[number % 12]} {number}"
            _without_reason(stores, 4, said, new + random.normal(size=24) / 4)
    return database


def _without_reason(stores: Stores, week: int, said: str, vector: np.ndarray) -> None:  # type: ignore[type-arg]
    at = MONDAY + 7 * week * DAY + dt.timedelta(minutes=len(said))
    contact = talk(stores, said, issue=said, started_at=at, channel=Channel.EMAIL)
    stores.reasons.assign(contact, ReasonAssignment(reason_id=None, confidence=0.1, nearest_id=None, distance=None))
    unit = (vector / np.linalg.norm(vector)).astype(np.float32)
    stores.embeddings.put_many("e", [NewEmbedding(interaction_id=contact, vector=unit, text_hash=said)])


def test_what_comes_up_among_the_unassigned_is_told_before_it_has_a_name(unassigned: Database) -> None:
    with unassigned.tenant("default") as stores:
        (raised,) = check(stores, today=TODAY)
        assert check(stores, today=TODAY) == ()
    alert = raised.alert
    assert alert.kind == EMERGES
    assert (alert.count, len(alert.detail["members"]), len(alert.typical)) == (16, 16, 5)
    assert "locker" in " ".join((alert.name, *alert.detail["keywords"]))
    assert all("parcel locker" in quote for quote in alert.detail["quotes"])


def a_category(stores: Stores, query: str, bound: Bound) -> CategoryRecord:
    """Published and applied to all history."""
    made = stores.categories.create(query, query, author="test")
    stores.categories.set_bound(made.id, bound)
    stores.categories.publish(made.id)
    stores.category_matches.apply(Rule(category_id=made.id, version=1, query=parse(query)))
    return stores.categories.get(made.id)


def said(stores: Stores, words: str, count: int, *, days_ago: int = 1, **more: object) -> list[uuid.UUID]:
    at = MONDAY + (WEEKS * 7 - days_ago) * DAY
    return [talk(stores, words, started_at=at + dt.timedelta(minutes=n), **more) for n in range(count)]  # type: ignore[arg-type]


def test_a_category_over_its_bound_is_told_once_with_what_it_counts(database: Database) -> None:
    with database.tenant("default") as stores:
        complaints = said(stores, "I complain", 6)
        said(stores, "hello", 14)
        said(stores, "I complain", 3, days_ago=9)
        made = a_category(stores, "complain", Bound(share=0.2))
        (raised,) = check(stores, today=TODAY)
        assert check(stores, today=TODAY) == check(stores, today=TODAY + DAY) == ()
        listed = stores.interactions.list(behind(raised, dt.UTC))  # type: ignore[arg-type]
    alert = raised.alert
    assert (alert.kind, alert.subject, alert.name) == (CROSSES, str(made.id), "complain")
    assert (alert.count, alert.expected, alert.since, alert.until) == (6, 4, TODAY - 7 * DAY, TODAY)
    assert (alert.detail["rate"], alert.detail["bound"], alert.detail["version"]) == (0.3, 0.2, 1)
    assert 0.1 < alert.q_value < 0.3
    assert len(alert.typical) == 5
    assert {one.id for one in listed.items} == set(complaints)


@pytest.mark.parametrize(
    ("bound", "crosses"),
    [
        (Bound(share=0.3), False),
        (Bound(share=0.4, side="below"), True),
        (Bound(share=0.3, side="below"), False),
        (Bound(share=0.2, days=1), True),
        (Bound(share=0.2, days=20), False),
    ],
)
def test_a_bound_has_a_side_and_a_length(database: Database, bound: Bound, crosses: bool) -> None:
    with database.tenant("default") as stores:
        said(stores, "I complain", 6)
        said(stores, "hello", 14)
        said(stores, "hello", 20, days_ago=18)
        a_category(stores, "complain", bound)
        assert bool(check(stores, today=TODAY)) == crosses


def test_a_backlog_or_a_handful_raises_no_alert_of_a_category(database: Database) -> None:
    with database.tenant("default") as stores:
        said(stores, "I complain", 15)
        a_category(stores, "complain", Bound(share=0.1))
        assert check(stores, today=TODAY) == ()
    with database.tenant("other") as stores:
        said(stores, "I complain", 20)
        said(stores, "hello", 2, state=State.PENDING)
        a_category(stores, "complain", Bound(share=0.1))
        assert check(stores, today=TODAY) == ()
