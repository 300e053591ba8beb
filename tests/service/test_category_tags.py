"""A contact that a category matches gives its customer a tag, with its words, as long as the category says so."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from classify.tags import Tag
from data.types import CustomerRef, Metadata, NewOutcome, OutcomeKind, Role
from service import categories, customers, outcomes
from service.api.app import create
from service.runtime import Runtime
from tests.data.conversations import MONDAY, talk
from tests.service.test_api import key

ANN = CustomerRef(scheme="crm", value="Ann")
PHONE = CustomerRef(scheme="phone", value="+4930123456")
BOB = CustomerRef(scheme="crm", value="Bob")
LEAVING = 'customer:( cancel* OR "close my account" )'


@pytest.fixture
def contacts(runtime: Runtime) -> list[uuid.UUID]:
    """Two calls of Ann and one of Bob."""
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        return [
            talk(
                stores,
                (Role.AGENT, "Hello."),
                (Role.CUSTOMER, f"Good morning. {said} Goodbye."),
                customer=who,
                started_at=MONDAY + dt.timedelta(days=day),
            )
            for day, (who, said) in enumerate(
                [(ANN, "I want to cancel my contract."), (ANN, "My bill is wrong."), (BOB, "Please close my account.")]
            )
        ]


def published(runtime: Runtime, name: str, query: str) -> uuid.UUID:
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        made = stores.categories.create(name, query, author="test")
    categories.publish(runtime, "default", made.id, actor="test")
    assert categories.settle(runtime, "default")
    return made.id


def republished(runtime: Runtime, category: uuid.UUID, query: str) -> None:
    with runtime.database.tenant("default") as stores:
        stores.categories.revise(category, query, author="test")
    categories.publish(runtime, "default", category, actor="test")
    assert categories.settle(runtime, "default")


def tags(runtime: Runtime, who: CustomerRef) -> list[Tag]:
    with runtime.database.tenant("default") as stores:
        found = customers.tags(stores, stores.customers.find(who))
    return [tag for tag in found if tag.kind == "category"]


def changed(runtime: Runtime, cursor: str | None = None) -> tuple[set[str], str]:
    with runtime.database.tenant("default") as stores:
        found = stores.customer_changes.after(cursor)
    return {ref.value for one in found.items for ref in one.refs}, found.cursor


def test_a_match_is_a_tag_with_its_words_and_their_time(runtime: Runtime, contacts: list[uuid.UUID]) -> None:
    made = published(runtime, "wants to leave", LEAVING)
    (tag,) = tags(runtime, ANN)
    assert (tag.key, tag.label, tag.version, tag.count) == (str(made), "wants to leave", 1, 1)
    (seen,) = tag.evidence
    assert (seen.interaction_id, seen.at, seen.turn) == (contacts[0], MONDAY, 1)
    said = "Good morning. I want to cancel my contract. Goodbye."
    assert seen.quote == said[seen.char_begin : seen.char_end] == "I want to cancel my contract."
    assert (seen.begin_ms, seen.end_ms) == (500, 600)


def test_a_category_without_words_gives_a_tag_without_a_quote(runtime: Runtime, contacts: list[uuid.UUID]) -> None:
    published(runtime, "calls", "channel:voice")
    (tag,) = tags(runtime, ANN)
    assert [(one.interaction_id, one.quote, one.turn) for one in tag.evidence] == [
        (contacts[1], None, None),
        (contacts[0], None, None),
    ]


def test_a_new_version_a_new_name_and_the_end_of_a_category_change_tags_and_are_told(
    runtime: Runtime, contacts: list[uuid.UUID]
) -> None:
    _, cursor = changed(runtime)
    made = published(runtime, "wants to leave", LEAVING)
    told, cursor = changed(runtime, cursor)
    assert told == {"Ann", "Bob"}
    republished(runtime, made, "customer:( cancel* )")
    told, cursor = changed(runtime, cursor)
    assert told == {"Ann", "Bob"}
    assert ([tag.version for tag in tags(runtime, ANN)], tags(runtime, BOB)) == ([2], [])
    with runtime.database.tenant("default") as stores:
        stores.categories.rename(made, "leaving")
    told, cursor = changed(runtime, cursor)
    assert told == {"Ann"}
    assert [tag.label for tag in tags(runtime, ANN)] == ["leaving"]
    with runtime.database.tenant("default") as stores:
        stores.categories.retire(made)
    told, cursor = changed(runtime, cursor)
    assert (told, tags(runtime, ANN)) == ({"Ann"}, [])
    assert changed(runtime, cursor) == (set(), cursor)


def test_f45_until_a_version_is_applied_tags_are_of_the_one_before(runtime: Runtime, contacts: list[uuid.UUID]) -> None:
    made = published(runtime, "wants to leave", LEAVING)
    _, cursor = changed(runtime)
    with runtime.database.tenant("default") as stores:
        stores.categories.revise(made, "bill", author="test")
    categories.publish(runtime, "default", made, actor="test")
    assert [tag.version for tag in tags(runtime, BOB)] == [1]
    assert changed(runtime, cursor)[0] == set()


def test_a_customer_who_is_known_late_gets_the_tag(runtime: Runtime, contacts: list[uuid.UUID]) -> None:
    published(runtime, "wants to leave", LEAVING)
    with runtime.database.tenant("default") as stores:
        unknown = talk(stores, "Cancel it, please", started_at=MONDAY + dt.timedelta(days=5))
        categories.evaluate(stores, [unknown], fresh=[unknown])
    _, cursor = changed(runtime)
    with runtime.database.tenant("default") as stores:
        stores.interactions.update_metadata(unknown, Metadata(customers=(ANN,)))
    assert changed(runtime, cursor)[0] == {"Ann"}
    (tag,) = tags(runtime, ANN)
    assert [one.interaction_id for one in tag.evidence] == [unknown, contacts[0]]


def test_late_metadata_changes_a_tag_and_is_told(runtime: Runtime, contacts: list[uuid.UUID]) -> None:
    published(runtime, "north", "queue:north")
    _, cursor = changed(runtime)
    with runtime.database.tenant("default") as stores:
        stores.interactions.update_metadata(contacts[2], Metadata(queue="north"))
    categories.settle_all(runtime)
    told, cursor = changed(runtime, cursor)
    assert (told, len(tags(runtime, BOB))) == ({"Bob"}, 1)
    with runtime.database.tenant("default") as stores:
        stores.interactions.update_metadata(contacts[2], Metadata(queue="south"))
    categories.settle_all(runtime)
    assert (changed(runtime, cursor)[0], tags(runtime, BOB)) == ({"Bob"}, [])


def test_an_identifier_that_comes_late_has_its_customers_contacts_looked_at_again(
    runtime: Runtime, contacts: list[uuid.UUID]
) -> None:
    published(runtime, "that number", f"customer:{PHONE}")
    assert tags(runtime, ANN) == []
    with runtime.database.tenant("default") as stores:
        stores.customers.link([ANN, PHONE])
    categories.settle_all(runtime)
    assert [tag.count for tag in tags(runtime, ANN)] == [2]


def test_an_erased_contact_leaves_no_tag_and_is_told(runtime: Runtime, contacts: list[uuid.UUID]) -> None:
    published(runtime, "calls", "channel:voice")
    _, cursor = changed(runtime)
    with runtime.database.tenant("default") as stores:
        stores.session.execute(text("DELETE FROM interaction WHERE id = :id"), {"id": contacts[0]})
    assert changed(runtime, cursor)[0] == {"Ann"}
    assert [one.interaction_id for tag in tags(runtime, ANN) for one in tag.evidence] == [contacts[1]]


def test_the_report_of_outcomes_asks_which_category_told_of_it(runtime: Runtime, contacts: list[uuid.UUID]) -> None:
    published(runtime, "wants to leave", "cancel*")
    with runtime.database.tenant("default") as stores:
        stores.outcomes.put([NewOutcome(customer=ANN, kind=OutcomeKind.CHURNED, at=MONDAY + dt.timedelta(days=9))])
        found = outcomes.report(stores, OutcomeKind.CHURNED)
    assert "wants to leave" in [one.label for one in found.predictors]


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(create(runtime), raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


def test_the_crm_pulls_the_tag_with_its_version_and_place(
    client: TestClient, runtime: Runtime, contacts: list[uuid.UUID]
) -> None:
    made = published(runtime, "wants to leave", LEAVING)
    headers = key(runtime, role="analyst")
    found = client.get("/v1/customers/crm:Ann/tags", headers=headers).json()["tags"]
    (tag,) = [one for one in found if one["kind"] == "category"]
    assert (tag["key"], tag["version"]) == (str(made), 1)
    assert {name: tag["evidence"][0][name] for name in ("interaction_id", "turn", "char_begin", "begin_ms")} == {
        "interaction_id": str(contacts[0]),
        "turn": 1,
        "char_begin": 14,
        "begin_ms": 500,
    }
    assert all(one["version"] is None for one in found if one["kind"] != "category")
    told = client.get("/customers/crm:Ann", headers=headers).text
    assert f'<a href="/categories/{made}">wants to leave</a>' in told
    assert client.get("/v1/customers/crm:Ann/tags", headers=key(runtime, tenant="other")).status_code == 404
