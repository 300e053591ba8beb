"""The feed tells of every customer whose tags may have changed, whatever order transactions end in."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from data.customer_changes import CustomerChange
from data.database import Database
from data.errors import CursorInvalid
from data.tables import InteractionRow
from data.types import CustomerRef, NewOutcome, OutcomeKind, State
from tests.data.conversations import MONDAY, talk
from tests.data.test_episodes import contact, reason

ANN = CustomerRef(scheme="crm", value="Ann")
BOB = CustomerRef(scheme="crm", value="Bob")


def told(database: Database, cursor: str | None = None, tenant: str = "default") -> tuple[list[str], str]:
    with database.tenant(tenant) as stores:
        found = stores.customer_changes.after(cursor)
        return [one.refs[0].value for one in found.items], found.cursor


def read(items: tuple[CustomerChange, ...]) -> list[str]:
    return [one.refs[0].value for one in items]


def test_a_customer_is_told_of_once_until_something_changes_again(database: Database) -> None:
    with database.tenant("default") as stores:
        why = reason(stores)
        contact(stores, 0, why, ANN)
        contact(stores, 1, why, ANN)
        contact(stores, 2, why, BOB)
    names, cursor = told(database)
    assert sorted(names) == ["Ann", "Bob"]
    assert told(database, cursor) == ([], cursor)
    with database.tenant("default") as stores:
        contact(stores, 3, why, ANN)
    names, later = told(database, cursor)
    assert names == ["Ann"]
    assert sorted(told(database)[0]) == ["Ann", "Bob"]
    assert told(database, later) == ([], later)


def test_whatever_tags_rest_on_is_a_change(database: Database) -> None:
    with database.tenant("default") as stores:
        why = reason(stores)
        held = contact(stores, 0, why, ANN)
        talk(stores, "waiting", customer=BOB, state=State.PENDING)
    names, cursor = told(database)
    assert names == ["Ann"]
    for change in ("name", "state", "sentiment", "started_at", "outcome", "end"):
        with database.tenant("default") as stores:
            row = stores.session.get_one(InteractionRow, ("default", held))
            if change == "name":
                stores.registry.rename(why, "another name", actor="someone")
            elif change == "state":
                stores.interactions.set_state(held, State.PENDING)
                stores.interactions.set_state(held, State.ANALYSED)
            elif change == "sentiment":
                row.sentiment = -0.5
            elif change == "started_at":
                row.started_at = MONDAY + dt.timedelta(days=1)
            elif change == "outcome":
                stores.outcomes.put([NewOutcome(customer=ANN, kind=OutcomeKind.RENEWED, at=MONDAY)])
            else:
                stores.session.delete(row)
        names, cursor = told(database, cursor)
        assert names == ["Ann"], change
    with database.tenant("default") as stores:
        stores.customers.link([ANN, CustomerRef(scheme="phone", value="+491")])
    assert told(database, cursor) == ([], cursor)


def test_what_is_committed_late_is_not_missed_however_early_it_began(database: Database) -> None:
    with database.tenant("default") as stores:
        why = reason(stores)
        contact(stores, 0, why, ANN)
        contact(stores, 0, why, BOB)
    _, cursor = told(database)
    with database.tenant("default") as early:
        contact(early, 1, why, ANN)
        with database.tenant("default") as late:
            contact(late, 1, why, BOB)
        names, cursor = told(database, cursor)
        assert names == ["Bob"]
    names, cursor = told(database, cursor)
    assert names == ["Ann"]
    assert told(database, cursor)[0] == []


def test_what_is_rolled_back_is_no_change(database: Database) -> None:
    with database.tenant("default") as stores:
        why = reason(stores)
        contact(stores, 0, why, ANN)
    _, cursor = told(database)
    with database.tenant("default") as stores:
        contact(stores, 1, why, ANN)
        stores.session.rollback()
    assert told(database, cursor) == ([], cursor)


def test_pages_go_on_where_the_one_before_ended(database: Database) -> None:
    with database.tenant("default") as stores:
        why = reason(stores)
        for number in range(5):
            contact(stores, number, why, CustomerRef(scheme="crm", value=str(number)))
    seen: list[str] = []
    cursor, more = None, True
    while more:
        with database.tenant("default") as stores:
            found = stores.customer_changes.after(cursor, limit=2)
        seen, cursor, more = seen + read(found.items), found.cursor, found.more
    assert sorted(seen) == ["0", "1", "2", "3", "4"]


def test_a_cursor_from_another_feed_or_from_the_future_is_refused(database: Database) -> None:
    from data.cursors import seal

    for cursor in ("nonsense", seal("customers", ("1",)), seal("customer changes", ("7",))):
        with database.tenant("default") as stores, pytest.raises(CursorInvalid):
            stores.customer_changes.after(cursor)


def test_setting_a_contact_aside_is_a_change_and_the_sweeper_may_do_it(database: Database) -> None:
    from sqlalchemy import text

    with database.tenant("default") as stores:
        held = contact(stores, 0, reason(stores), ANN)
    _, cursor = told(database)
    with database.sweeper() as sweeper:
        sweeper.driver_connection.execute("UPDATE interaction SET state = 'quarantined' WHERE id = %s", (held,))
    assert told(database, cursor)[0] == ["Ann"]
    with database.tenant("other") as stores:
        assert stores.session.execute(text("SELECT count(*) FROM customer_change")).scalar_one() == 0


def test_f37_another_tenants_changes_are_not_told(database: Database) -> None:
    with database.tenant("other") as stores:
        contact(stores, 0, reason(stores), ANN)
    assert told(database)[0] == []
    assert told(database, tenant="other")[0] == ["Ann"]


def test_the_change_names_the_customer(database: Database) -> None:
    with database.tenant("default") as stores:
        contact(stores, 0, reason(stores), ANN)
        known = stores.customers.find(ANN)
    with database.tenant("default") as stores:
        (change,) = stores.customer_changes.after().items
    assert (change.customer_id, change.refs) == (known.id, (ANN,))
    assert isinstance(change.customer_id, uuid.UUID)
