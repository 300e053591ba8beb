"""Episodes, repeats and wrap-up codes over HTTP: each answer says what it is made of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from data.types import Role
from service.api.app import create
from service.runtime import Runtime
from tests.data.conversations import talk
from tests.data.test_episodes import ANN, contact, reason
from tests.service.test_api import code, key


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(create(runtime), raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def came_back(runtime: Runtime) -> str:
    """Two contacts of one customer within a week, and a later one; the reason's id."""
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        why = reason(stores)
        for day in (0, 3, 40):
            contact(stores, day, why, agent="Kim", wrap_up_code="LOST")
        return str(why)


def test_the_repeat_rate_carries_its_formula_and_counts(client: TestClient, runtime: Runtime, came_back: str) -> None:
    answer = client.get("/v1/repeat-contacts?by=reason&by=agent&days=7", headers=key(runtime)).json()
    (group,) = answer["groups"]
    assert group["values"] == {"reason": came_back, "agent": "Kim"}
    assert (group["numerator"], group["denominator"], group["too_recent"]) == (1, 2, 1)
    assert (group["repeat_contact_rate"], group["first_contact_resolution"]) == (0.5, 0.5)
    assert group["low"] < 0.5 < group["high"]
    assert "within 7 days" in answer["formula"]
    assert (answer["days"], answer["observed_until"]) == (7, "2026-11-14T09:00:00Z")
    assert answer["excluded"] == {"web": 0, "not_analysed": 0, "customer_unknown": 0, "unassigned": 0}


def test_episodes_list_their_contacts(client: TestClient, runtime: Runtime, came_back: str) -> None:
    answer = client.get(f"/v1/episodes?reason={came_back}&min_contacts=2", headers=key(runtime)).json()
    (episode,) = answer["items"]
    assert (episode["contacts"], episode["channels"], answer["total"]) == (2, ["voice", "voice"], 1)
    assert episode["id"] == episode["interactions"][0]


def test_codes_are_held_against_reasons(client: TestClient, runtime: Runtime, came_back: str) -> None:
    answer = client.get("/v1/dispositions?by=team", headers=key(runtime)).json()
    assert answer["confusion"] == [{"code": "LOST", "reason_id": came_back, "contacts": 3, "agrees": None}]
    assert answer["reason_names"] == {came_back: "card lost"}
    assert client.get("/v1/dispositions/differences", headers=key(runtime)).json()["total"] == 0


@pytest.mark.parametrize("path", ["/v1/repeat-contacts?by=colour", "/v1/episodes?days=0", "/v1/dispositions?by=queue"])
def test_what_cannot_be_asked_is_refused(client: TestClient, runtime: Runtime, path: str) -> None:
    answer = client.get(path, headers=key(runtime))
    assert (answer.status_code, code(answer)) == (422, "request.field_invalid")


def test_a_customers_tags_quote_the_words_they_rest_on(client: TestClient, runtime: Runtime) -> None:
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        said = (Role.AGENT, "Do you want to cancel your contract?"), (Role.CUSTOMER, "Yes, close my account.")
        held = talk(stores, *said, customer=ANN)
    answer = client.get(f"/v1/customers/{ANN}/tags", headers=key(runtime)).json()
    (signal,) = [tag for tag in answer["tags"] if tag["kind"] == "churn_signal"]
    (evidence,) = signal["evidence"]
    assert (evidence["interaction_id"], evidence["quote"], evidence["turn"]) == (str(held), "Yes, close my account.", 1)
    assert (answer["rfv"]["value"], answer["rfv"]["value_level"]) == (None, "unknown")
    assert answer["value_steps"] == [100, 1000]


def test_the_feed_of_changes_goes_on_from_its_cursor(client: TestClient, runtime: Runtime, came_back: str) -> None:
    headers = key(runtime)
    first = client.get("/v1/customers/changes", headers=headers).json()
    assert [item["refs"] for item in first["items"]] == [[{"scheme": "crm", "value": "Ann"}]]
    rest = client.get("/v1/customers/changes", params={"after": first["cursor"]}, headers=headers).json()
    assert rest == {"items": [], "cursor": first["cursor"], "more": False}
    wrong = client.get("/v1/customers/changes?after=nonsense", headers=headers)
    assert (wrong.status_code, code(wrong)) == (400, "request.cursor_invalid")


def test_f37_another_tenant_sees_none_of_it(client: TestClient, runtime: Runtime, came_back: str) -> None:
    theirs = key(runtime, tenant="other")
    assert client.get("/v1/episodes", headers=theirs).json()["total"] == 0
    assert client.get("/v1/repeat-contacts", headers=theirs).json()["groups"] == []
    assert client.get("/v1/dispositions", headers=theirs).json()["confusion"] == []
    assert client.get("/v1/customers/changes", headers=theirs).json()["items"] == []
