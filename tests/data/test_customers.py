"""A customer is found by any identifier, with the contacts that are that customer's and no other's."""

from __future__ import annotations

import datetime as dt

import pytest

from data.database import Database
from data.errors import CursorInvalid, MasterKeyMissing, NotFound
from data.types import CustomerRef, State
from tests.data.conversations import MONDAY, talk

CRM = CustomerRef(scheme="crm", value="C-1")
EMAIL = CustomerRef(scheme="email", value="Ann@Example.com")
PHONE = CustomerRef(scheme="phone", value="+49 170 1234567")


def test_any_identifier_in_any_spelling_leads_to_the_customer(database: Database) -> None:
    with database.tenant("default") as stores:
        stores.customers.link([CRM, EMAIL, PHONE])
        talk(stores, "hello", customer=CRM, customer_segment="gold")
        talk(stores, "again", customer=EMAIL, started_at=MONDAY + dt.timedelta(days=1))
        spellings = (CRM, CustomerRef(scheme="email", value="ann@example.com"), PHONE)
        first, *others = [stores.customers.find(ref) for ref in spellings]
        assert others == [first, first]
        assert set(first.refs) == {CRM, EMAIL, PHONE}
        assert (first.contacts, first.segment) == (2, "gold")
        assert (first.first_contact, first.last_contact) == (MONDAY, MONDAY + dt.timedelta(days=1))


def test_who_is_not_known_is_not_found(database: Database, database_url: str) -> None:
    with database.tenant("default") as stores, pytest.raises(NotFound):
        stores.customers.find(CRM)
    keyless = Database(database_url)
    with keyless.tenant("default") as stores, pytest.raises(MasterKeyMissing):
        stores.customers.find(CRM)
    keyless.dispose()


def test_f37_another_tenants_customer_is_not_found(database: Database) -> None:
    with database.tenant("other") as stores:
        talk(stores, "hello", customer=CRM)
        theirs = stores.customers.find(CRM)
    with database.tenant("default") as stores:
        for look in (lambda: stores.customers.find(CRM), lambda: stores.customers.get(theirs.id)):
            with pytest.raises(NotFound):
                look()
        assert stores.customers.list().total == 0


def test_contacts_are_facts_of_what_was_analysed_oldest_first(database: Database) -> None:
    with database.tenant("default") as stores:
        later = talk(
            stores,
            "card declined",
            customer=CRM,
            issue="card declined",
            phrases=["card"],
            sentiment=-0.5,
            csat=2,
            started_at=MONDAY + dt.timedelta(days=1),
        )
        earlier = talk(stores, "hello", customer=CRM)
        talk(stores, "waiting", customer=CRM, state=State.PENDING)
        talk(stores, "old version", customer=CRM, is_current=False)
        talk(stores, "of another", customer=EMAIL)
        customer = stores.customers.find(CRM)
        facts = stores.customers.contacts(customer.id)
        assert [fact.interaction_id for fact in facts] == [earlier, later]
        assert (facts[1].issue, facts[1].phrases, facts[1].csat, facts[1].sentiment) == (
            "card declined",
            ("card",),
            2,
            -0.5,
        )
        assert stores.customers.timeline(customer.id).total == customer.contacts == 3


def test_the_list_begins_with_the_last_contact_and_pages_through_everyone_once(database: Database) -> None:
    with database.tenant("default") as stores:
        for number in range(7):
            ref = CustomerRef(scheme="crm", value=str(number))
            talk(stores, "hello", customer=ref, started_at=MONDAY + dt.timedelta(hours=number // 2))
            talk(stores, "before", customer=ref, started_at=MONDAY - dt.timedelta(hours=number))
        whole = stores.customers.list(limit=100)
        seen, cursor = [], None
        while True:
            page = stores.customers.list(limit=2, cursor=cursor)
            seen += page.items
            if (cursor := page.next_cursor) is None:
                break
        assert tuple(seen) == whole.items
        assert page.total == whole.total == 7
        assert [c.last_contact for c in seen] == sorted((c.last_contact for c in seen), reverse=True)
        with pytest.raises(CursorInvalid):
            stores.customers.list(cursor="nonsense")
