"""Counts and rates by category over the API, the command and the page; each names the version it is of (F45)."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from service.api.app import create
from service.cli.ask import search
from service.cli.trends import trends
from service.runtime import Runtime
from tests.data.conversations import MONDAY, talk
from tests.service.test_api import key
from tests.service.test_category_tags import published, republished

WEEKS = 4


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(create(runtime), raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def made(runtime: Runtime) -> uuid.UUID:
    """A category in its second version that a quarter of the contacts match, but in the last week the half."""
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        for week in range(WEEKS):
            for number in range(40):
                said = "I cancel" if number % (2 if week == WEEKS - 1 else 4) == 0 else "my parcel"
                talk(stores, said, started_at=MONDAY + dt.timedelta(weeks=week, hours=number), sentiment=0.5)
    found = published(runtime, "leaving", "quit")
    republished(runtime, found, "cancel")
    published(runtime, "content", "sentiment>0")
    return found


def test_each_point_counts_rates_and_lists_its_contacts(client: TestClient, runtime: Runtime, made: uuid.UUID) -> None:
    headers = key(runtime)
    asked = {"by": "category", "grain": "week", "measure": "share", "measures": ["contacts"]}
    found = client.get("/v1/trends", params=asked, headers=headers).json()
    leaving = [point for point in found["points"] if point["values"] == {"category": str(made)}]
    assert [(point["contacts"], point["measures"]["share"]["value"]) for point in leaving] == [
        *[(10, 0.25)] * (WEEKS - 1),
        (20, 0.5),
    ]
    assert all(point["measures"]["share"]["n"] == 40 and point["measures"]["share"]["low"] for point in leaving)
    for point in found["points"]:
        behind = {"since": point["since"], "until": point["until"], **point["values"]}
        assert client.get("/v1/interactions", params=behind, headers=headers).json()["total"] == point["contacts"]
    assert {(one["name"], one["version"]) for one in found["categories"]} == {("leaving", 2), ("content", 1)}
    changes = {one["name"]: one for one in found["comparison"]["changes"]}
    assert changes["leaving (version 2)"]["direction"] == "rises"
    assert changes["leaving (version 2)"]["effect"] == pytest.approx(2, rel=0.05)
    assert (changes["leaving (version 2)"]["expected"], changes["leaving (version 2)"]["current"]) == (0.25, 0.5)
    assert changes["content (version 1)"]["direction"] == "steady"


def test_lists_searches_and_trends_name_the_version_they_are_of(
    client: TestClient, runtime: Runtime, made: uuid.UUID
) -> None:
    headers, label = key(runtime), {"id": str(made), "name": "leaving", "version": 2}
    for path in ("/v1/interactions?category=Leaving", f"/v1/trends?category={made}", "/v1/search?q=category:leaving"):
        assert client.get(path, headers=headers).json()["categories"] == [label], path
    assert client.get("/v1/interactions", headers=headers).json()["categories"] == []
    for path in ("/interactions?category=leaving", f"/?category={made}", "/search?q=-category:leaving"):
        assert f'<a href="/categories/{made}">leaving</a>, version 2' in client.get(path, headers=headers).text, path
    told = client.get("/?by=category&measure=share&grain=week", headers=headers).text
    assert "leaving (version 2)" in told
    assert "25\N{NO-BREAK SPACE}% → 50\N{NO-BREAK SPACE}%" in told
    assert f"category={made}" in told


def test_the_commands_tell_counts_rates_and_versions(
    runtime: Runtime, made: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.runtime.open_runtime", lambda settings: nullcontext(runtime))
    shown = CliRunner().invoke(trends, ["--by", "category", "--measure", "share"], catch_exceptions=False).output
    assert "leaving (version 2)" in shown
    assert "25%" in shown
    assert "50%" in shown
    asked = ["--by", "category", "--json"]
    found = json.loads(CliRunner().invoke(trends, asked, catch_exceptions=False).output)
    assert {one["name"] for one in found["comparison"]["changes"]} == {"leaving (version 2)", "content (version 1)"}
    listed = CliRunner().invoke(search, ["parcel OR cancel", "--category", "leaving"], catch_exceptions=False).output
    assert "by category: leaving (version 2)" in listed


def test_a_page_by_category_without_any_says_where_to_begin(client: TestClient, runtime: Runtime) -> None:
    headers = key(runtime)
    with runtime.database.tenant("default") as stores:
        talk(stores, "hello")
    assert "No category matches any of these contacts" in client.get("/?by=category", headers=headers).text
