"""``/v1/categories``: save, try, publish, read; who may; and what a contact's page is told."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from data.types import Role
from service import categories
from service.alerts import check
from service.api.app import create
from service.runtime import Runtime
from tests.data.conversations import MONDAY, talk
from tests.service.test_api import code, key

AMAZON = {
    "CategoryName": "wants-to-cancel",
    "InputType": "POST_CALL",
    "Rules": [
        {
            "TranscriptFilter": {
                "TranscriptFilterType": "EXACT",
                "Targets": ["cancel my contract", "close my account"],
                "ParticipantRole": "CUSTOMER",
                "Negate": False,
            }
        },
        {"TranscriptFilter": {"TranscriptFilterType": "EXACT", "Targets": ["voucher"], "Negate": True}},
    ],
}


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(create(runtime), raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def contact(runtime: Runtime) -> uuid.UUID:
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        talk(stores, "Good morning")
        return talk(stores, (Role.AGENT, "How can I help?"), (Role.CUSTOMER, "I cancel my contract today"))


def saved(client: TestClient, headers: dict[str, str], name: str, query: str) -> dict[str, Any]:
    answer = client.post("/v1/categories", json={"name": name, "query": query}, headers=headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_category_is_saved_tried_published_and_read(client: TestClient, runtime: Runtime, contact: uuid.UUID) -> None:
    headers = key(runtime)
    made = saved(client, headers, "leaving", "customer:( cancel )")
    assert (made["state"], made["published"], made["counts"]) == ("draft", None, None)
    tried = client.post("/v1/categories/preview", json={"query": "cancel*"}, headers=headers).json()
    assert tried["counts"] == {"matched": 1, "not_matched": 1, "not_evaluated": 0, "share": 0.5}
    assert [hit["interaction"]["id"] for hit in tried["samples"]] == [str(contact)]
    address = f"/v1/categories/{made['id']}"
    published = client.post(f"{address}/publish", json={}, headers=headers).json()
    assert (published["published"], published["applied"]) == (1, None)
    categories.settle_all(runtime)
    found = client.get(address, headers=headers).json()
    assert (found["applied"], found["counts"]["matched"]) == (1, 1)
    assert found["weeks"][-1]["counts"]["matched"] == 1
    assert client.get("/v1/categories", headers=headers).json()["items"] == [found]
    matches = client.get(f"{address}/matches", headers=headers).json()
    assert (matches["version"], matches["total"]) == (1, 1)
    (turn,) = matches["hits"][0]["turns"]
    (span,) = turn["spans"]
    assert (turn["text"][span["char_begin"] : span["char_end"]], span["begin_ms"]) == ("cancel", 100)
    listed = client.get("/v1/interactions", params={"category": "Leaving"}, headers=headers).json()
    assert [one["id"] for one in listed["items"]] == [str(contact)]
    trend = client.get("/v1/trends", params={"category": made["id"], "by": "channel"}, headers=headers).json()
    assert [point["contacts"] for point in trend["points"]] == [1]


def test_a_contact_says_what_each_category_says_of_it_and_where(
    client: TestClient, runtime: Runtime, contact: uuid.UUID
) -> None:
    headers = key(runtime)
    for name, query in (("leaving", "cancel"), ("parcels", "parcel")):
        made = saved(client, headers, name, query)
        client.post(f"/v1/categories/{made['id']}/publish", json={}, headers=headers)
    categories.settle_all(runtime)
    found = client.get(f"/v1/interactions/{contact}/categories", headers=headers).json()["items"]
    assert [(one["name"], one["state"], one["version"]) for one in found] == [
        ("leaving", "matched", 1),
        ("parcels", "not_matched", 1),
    ]
    assert [turn["position"] for turn in found[0]["evidence"]] == [1]


def test_a_later_version_a_name_a_bound_and_its_end(client: TestClient, runtime: Runtime, contact: uuid.UUID) -> None:
    headers = key(runtime)
    address = f"/v1/categories/{saved(client, headers, 'leaving', 'cancel')['id']}"
    revised = client.post(f"{address}/versions", json={"query": "cancel OR quit", "note": "more"}, headers=headers)
    assert [one["version"] for one in revised.json()["versions"]] == [2, 1]
    assert client.post(f"{address}/publish", json={"version": 1}, headers=headers).json()["published"] == 1
    assert client.post(f"{address}/publish", json={"version": 9}, headers=headers).status_code == 404
    assert client.post(f"{address}/rename", json={"name": "Quitting"}, headers=headers).json()["name"] == "Quitting"
    bound = client.post(f"{address}/bound", json={"bound": {"share": 0.2}}, headers=headers).json()["bound"]
    assert bound == {"share": 0.2, "side": "above", "days": 7}
    assert client.post(f"{address}/bound", json={"bound": None}, headers=headers).json()["bound"] is None
    assert client.post(f"{address}/retire", headers=headers).json()["state"] == "retired"
    assert client.get("/v1/categories", headers=headers).json()["items"] == []
    assert len(client.get("/v1/categories?retired=true", headers=headers).json()["items"]) == 1
    with runtime.database.tenant("default") as stores:
        actions = [entry.action for entry in stores.audit.list()]
    assert actions == [
        *("category.retire", "category.bound", "category.bound", "category.rename", "request.not_found"),
        "category.publish",
        *("category.save", "category.save"),
    ]


def test_a_fault_in_a_query_has_its_position(client: TestClient, runtime: Runtime) -> None:
    headers = key(runtime)
    for path, body in (("", {"name": "a"}), ("/preview", {})):
        answer = client.post(f"/v1/categories{path}", json={**body, "query": "refund AND ("}, headers=headers)
        assert (answer.status_code, code(answer)) == (400, "query.invalid")
        assert answer.json()["error"]["position"] >= 10


def test_an_amazon_category_comes_in_with_an_account_of_its_rules(
    client: TestClient, runtime: Runtime, contact: uuid.UUID
) -> None:
    headers = key(runtime)
    (taken,) = client.post("/v1/categories/import", json=AMAZON, headers=headers).json()["items"]
    assert taken["category"]["state"] == "draft"
    assert taken["category"]["versions"][0]["query"] == (
        'customer:("cancel my contract" OR "close my account") NOT ("voucher")'
    )
    assert [rule["how"] for rule in taken["rules"]] == ["approximated", "approximated"]
    file = client.get("/v1/categories/export", headers=headers).json()
    assert [one["name"] for one in file["categories"]] == ["wants-to-cancel"]
    (again,) = client.post("/v1/categories/import", json=file, headers=headers).json()["items"]
    assert len(again["category"]["versions"]) == 1
    answer = client.post("/v1/categories/import", json={"rules": []}, headers=headers)
    assert (answer.status_code, code(answer)) == (422, "category.invalid")


BODIES: dict[str, dict[str, Any]] = {
    "": {"name": "a", "query": "a"},
    "/preview": {"query": "a"},
    "/{id}/versions": {"query": "a"},
    "/{id}/publish": {},
    "/{id}/rename": {"name": "a"},
    "/{id}/bound": {"bound": None},
}


ABOVE = {"side": "above", "percent": "5"}
SHORT = {"category_id": "{id}"}
"""The name of the id in ``BODIES``, by that in a described path."""


@pytest.mark.parametrize("path", BODIES)
def test_f38_extra_fields_are_refused(client: TestClient, runtime: Runtime, path: str) -> None:
    address = f"/v1/categories{path.format(id=uuid.uuid4())}"
    answer = client.post(address, json={**BODIES[path], "colour": "red"}, headers=key(runtime))
    assert (answer.status_code, code(answer)) == (422, "request.field_invalid")


def test_f37_another_tenants_category_is_404_on_every_route_and_stands_in_the_audit(
    client: TestClient, runtime: Runtime, contact: uuid.UUID
) -> None:
    ours, theirs = key(runtime), key(runtime, tenant="other")
    made = saved(client, ours, "leaving", "cancel")
    described = client.get("/v1/openapi.json").json()["paths"]
    asked = [
        (method, path.format(category_id=made["id"]), BODIES.get(path.removeprefix("/v1/categories").format_map(SHORT)))
        for path, methods in described.items()
        for method in methods
        if "{category_id}" in path
    ]
    assert len(asked) == 7
    page = f"/categories/{made['id']}"
    forms = {"publish": {"version": "1"}, "rename": {"name": "a"}, "bound": ABOVE, "retire": {}, "edit": {"q": "a"}}
    tried = {"query": "cancel", "category_id": made["id"]}
    answers = [
        *(client.request(method, path, json=body, headers=theirs) for method, path, body in asked),
        client.post("/v1/categories/preview", json=tried, headers=theirs),
        *(client.get(f"{page}{part}", headers=theirs) for part in ("", "/standing", "/edit")),
        *(client.post(f"{page}/{part}", data=data, headers=theirs) for part, data in forms.items()),
    ]
    for answer in answers:
        assert (answer.status_code, code(answer)) == (404, "not_found"), answer.url
    with runtime.database.tenant("other") as stores:
        entries = stores.audit.list()
        assert list(stores.audit.faults()) == []
    assert {(entry.action, entry.subject) for entry in entries} == {("request.not_found", made["id"])}
    assert len(entries) == len(answers)
    with runtime.database.tenant("default") as stores:
        assert [entry.action for entry in stores.audit.list()] == ["category.save"]


def test_f37_another_tenants_category_is_in_no_list_search_trend_or_export(
    client: TestClient, runtime: Runtime, contact: uuid.UUID
) -> None:
    ours, theirs = key(runtime), key(runtime, tenant="other")
    made = saved(client, ours, "leaving", "cancel")
    client.post(f"/v1/categories/{made['id']}/publish", json={}, headers=ours)
    categories.settle_all(runtime)
    answer = client.post("/v1/categories/preview", json={"query": "cancel"}, headers=theirs).json()
    assert (answer["counts"]["matched"], answer["samples"]) == (0, [])
    assert client.get("/v1/categories", headers=theirs).json()["items"] == []
    assert client.get("/v1/categories/export", headers=theirs).json() == {"categories": []}
    for known in (made["id"], "leaving"):
        assert client.get("/v1/interactions", params={"category": known}, headers=theirs).json()["total"] == 0
        assert client.get("/v1/search", params={"q": f'category:"{known}"'}, headers=theirs).json()["total"] == 0
        assert client.get("/v1/trends", params={"category": known}, headers=theirs).json()["points"] == []
        assert client.get("/v1/interactions", params={"category": known}, headers=ours).json()["total"] == 1


def test_what_is_not_there_stands_in_the_audit_without_what_was_asked(client: TestClient, runtime: Runtime) -> None:
    assert client.get("/v1/customers/phone:+4930123456", headers=key(runtime)).status_code == 404
    with runtime.database.tenant("default") as stores:
        (entry,) = stores.audit.list()
    assert (entry.action, entry.subject) == ("request.not_found", "/v1/customers/{ref}")
    assert entry.detail == {"method": "GET", "route": "/v1/customers/{ref}"}


def test_an_analyst_tries_and_reads_but_changes_nothing(
    client: TestClient, runtime: Runtime, contact: uuid.UUID
) -> None:
    made, headers = saved(client, key(runtime), "leaving", "cancel"), key(runtime, role="analyst")
    assert client.get(f"/v1/categories/{made['id']}", headers=headers).status_code == 200
    assert client.post("/v1/categories/preview", json={"query": "cancel"}, headers=headers).status_code == 200
    for path, body in BODIES.items():
        if path != "/preview":
            answer = client.post(f"/v1/categories{path.format(id=made['id'])}", json=body, headers=headers)
            assert (answer.status_code, code(answer)) == (403, "access.forbidden"), path


@pytest.mark.parametrize("text", ["\0", "\ud800", "a\0b", "\u202e", "<img src=x onerror=alert(1)>", "x" * 400])
def test_f39_f44_whatever_is_handed_in_is_refused_or_inert(
    client: TestClient, runtime: Runtime, contact: uuid.UUID, text: str
) -> None:
    headers = {**key(runtime), "content-type": "application/json"}
    address = f"/v1/categories/{saved(client, headers, 'leaving', 'cancel')['id']}"

    def sent(path: str, body: object) -> int:
        return client.post(path, content=json.dumps(body), headers=headers).status_code

    assert sent("/v1/categories", {"name": text, "query": "a"}) in {201, 422}
    assert sent("/v1/categories", {"name": "a", "query": text}) in {201, 400, 422}
    assert sent(f"{address}/versions", {"query": "quit", "note": text}) in {200, 422}
    assert sent("/v1/categories/preview", {"query": text}) in {200, 400, 422}
    assert sent("/v1/categories/import", {"categories": [{"name": text, "query": "b"}]}) in {200, 422}
    assert sent("/v1/categories/import", {"CategoryName": text, "Rules": [{"TranscriptFilter": {}}]}) == 422
    listed = client.get("/v1/interactions", params={"category": text.replace("\ud800", "")}, headers=headers)
    assert listed.status_code in {200, 422}


def test_an_alert_of_a_category_says_count_rate_and_bound(client: TestClient, runtime: Runtime) -> None:
    headers = key(runtime)
    made = saved(client, headers, "leaving", "cancel")
    client.post(f"/v1/categories/{made['id']}/publish", json={}, headers=headers)
    client.post(f"/v1/categories/{made['id']}/bound", json={"bound": {"share": 0.25}}, headers=headers)
    with runtime.database.tenant("default") as stores:
        for number in range(20):
            talk(stores, "I cancel" if number % 2 else "hello", started_at=MONDAY)
    categories.settle_all(runtime)
    with runtime.database.tenant("default") as stores:
        check(stores, today=MONDAY.date() + dt.timedelta(days=1))
    (alert,) = client.get("/v1/alerts", headers=headers).json()["items"]
    told = {name: alert[name] for name in ("kind", "count", "rate", "bound", "side", "evaluated", "version")}
    assert told == {
        "kind": "category_crosses",
        "count": 10,
        "rate": 0.5,
        "bound": 0.25,
        "side": "above",
        "evaluated": 20,
        "version": 1,
    }
    assert client.get("/v1/interactions", params=alert["filter"], headers=headers).json()["total"] == 10
    assert len(alert["typical"]) == 5
    assert "10 of 20 contacts" in client.get("/", headers=headers).text
    assert "50.0&nbsp;%, above the bound of 25&nbsp;%" in client.get("/", headers=headers).text
