"""The registry over HTTP: administrators change it, everyone reads what was done and by whom."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from data.reason_records import ReasonChange
from service.api.app import create
from service.runtime import Runtime
from tests.data.registry_world import contacts, discovered, found
from tests.service.test_api import code, key


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(create(runtime), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def ids(runtime: Runtime) -> dict[str, uuid.UUID]:
    """``card`` has two contacts and ``refund`` one."""
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        one, two, three = contacts(stores, 0, 90, 180)
        card, refund = found("card", [one, two], 45), found("refund", [three], 180)
        told = [ReasonChange(kind="created", reason_id=reason.id) for reason in (card, refund)]
        discovered(stores, [(card, [one, two]), (refund, [three])], *told)
    return {"card": card.id, "refund": refund.id, "one": one, "two": two, "three": three}


def counts(client: TestClient, headers: dict[str, str], **asked: str) -> dict[str, int]:
    answer = client.get("/v1/reasons", headers=headers, params=asked).json()
    return {reason["name"]: reason["contacts"] for reason in answer["reasons"]}


def test_a_merge_is_read_as_reported_and_restated_and_can_be_undone(
    client: TestClient, runtime: Runtime, ids: dict[str, uuid.UUID]
) -> None:
    headers, before = key(runtime), dt.datetime.now(dt.UTC).isoformat()
    answer = client.patch(f"/v1/reasons/{ids['refund']}", json={"merged_into": str(ids["card"])}, headers=headers)
    assert (answer.status_code, answer.json()["contacts_are_in"]) == (200, str(ids["card"]))
    last = answer.json()["history"][-1]
    assert (last["kind"], last["others"], last["size_before"]) == ("merged", [str(ids["card"])], 1)
    assert last["actor"].startswith("api_key:")
    assert counts(client, headers) == {"card": 3}
    assert counts(client, headers, as_of=before, retired="true") == {"card": 2, "refund": 1}
    assert client.patch(f"/v1/reasons/{ids['refund']}", json={"state": "active"}, headers=headers).status_code == 200
    assert counts(client, headers) == {"card": 2, "refund": 1}


def test_several_changes_are_made_together_or_not_at_all(
    client: TestClient, runtime: Runtime, ids: dict[str, uuid.UUID]
) -> None:
    headers, address = key(runtime), f"/v1/reasons/{ids['card']}"
    answer = client.patch(address, json={"name": "Card", "group": "Money", "pinned": True}, headers=headers).json()
    assert (answer["name"], answer["name_source"], answer["pinned"]) == ("Card", "human", True)
    assert counts(client, headers, level="group") == {"Money": 2}
    assert client.get(f"/v1/interactions?reason={answer['parent_id']}", headers=headers).json()["total"] == 2
    refused = client.patch(address, json={"name": "Cards", "merged_into": str(ids["card"])}, headers=headers)
    assert (refused.status_code, code(refused)) == (409, "conflict")
    assert client.get(address, headers=headers).json()["name"] == "Card"
    assert client.patch(address, json={"parent_id": None}, headers=headers).json()["parent_id"] is None
    assert client.patch(address, json={}, headers=headers).status_code == 422


def test_a_split_answers_with_its_parts(client: TestClient, runtime: Runtime, ids: dict[str, uuid.UUID]) -> None:
    parts = {"parts": [{"name": "card lost", "examples": [str(ids["one"])]}]}
    answer = client.post(f"/v1/reasons/{ids['card']}/split", json=parts, headers=key(runtime))
    assert answer.status_code == 201
    assert [(part["name"], part["contacts"]) for part in answer.json()["reasons"]] == [("card lost", 1)]


def test_retired_contacts_get_another_reason_where_one_fits(
    client: TestClient, runtime: Runtime, ids: dict[str, uuid.UUID]
) -> None:
    headers = key(runtime)
    answer = client.patch(f"/v1/reasons/{ids['card']}", json={"state": "retired"}, headers=headers)
    assert (answer.json()["state"], answer.json()["contacts"], answer.json()["contacts_are_in"]) == ("retired", 0, None)
    listed = client.get("/v1/reasons", headers=headers).json()
    assert sum(reason["contacts"] for reason in listed["reasons"]) + listed["unassigned"] == 3


def test_an_analyst_reads_and_another_tenant_finds_nothing(
    client: TestClient, runtime: Runtime, ids: dict[str, uuid.UUID]
) -> None:
    address = f"/v1/reasons/{ids['card']}"
    analyst, stranger = key(runtime, role="analyst"), key(runtime, tenant="other")
    assert client.get(address, headers=analyst).status_code == 200
    split = {"parts": [{"name": "x", "examples": [str(ids["one"])]}]}
    for method, path, body in (
        ("PATCH", address, {"name": "x"}),
        ("POST", "/v1/reasons", {"starter": "banking"}),
        ("POST", f"{address}/split", split),
    ):
        answer = client.request(method, path, json=body, headers=analyst)
        assert (answer.status_code, code(answer)) == (403, "access.forbidden")
        if path != "/v1/reasons":
            assert code(client.request(method, path, json=body, headers=stranger)) == "not_found"


@pytest.mark.models
def test_a_starter_set_is_known_at_once(client: TestClient, runtime: Runtime) -> None:
    headers = key(runtime)
    answer = client.post("/v1/reasons", json={"starter": "banking"}, headers=headers)
    assert answer.status_code == 201
    assert 15 <= len(answer.json()["reasons"]) <= 25
    assert {reason["source"] for reason in answer.json()["reasons"]} == {"seed"}
    assert counts(client, headers, level="group").keys() == {"Cards", "Payments", "Account", "Credit"}
