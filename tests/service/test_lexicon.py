"""The lexicon by command line and over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.api.app import create
from service.runtime import Runtime
from tests.service.test_api import code, key
from tests.service.test_cli import Run, run

__all__ = ["run"]

ADDRESS = "/v1/lexicon"
ENTRY = {"phrase": "data cap", "valence": -2.5, "language": None}


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(create(runtime), raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


def test_phrases_go_in_come_out_and_go_away_over_http(client: TestClient, runtime: Runtime) -> None:
    headers = key(runtime)
    body = {"entries": [ENTRY, {"phrase": "Welcome  Gift", "valence": 2, "language": "en"}]}
    assert client.post(ADDRESS, json=body, headers=headers).json() == {"new": 2, "changed": 0, "repeated": 0}
    listed = client.get(ADDRESS, headers=key(runtime, role="analyst")).json()["entries"]
    assert listed == [ENTRY, {"phrase": "welcome gift", "valence": 2, "language": "en"}]
    assert client.delete(ADDRESS, params={"phrase": ["Data Cap", "x"]}, headers=headers).json() == {"removed": 1}


def test_f37_another_tenants_key_sees_no_phrases_and_an_analyst_changes_none(
    client: TestClient, runtime: Runtime
) -> None:
    client.post(ADDRESS, json={"entries": [ENTRY]}, headers=key(runtime))
    other = key(runtime, tenant="other")
    assert client.get(ADDRESS, headers=other).json() == {"entries": []}
    assert client.delete(ADDRESS, params={"phrase": "data cap"}, headers=other).json() == {"removed": 0}
    refused = client.post(ADDRESS, json={"entries": [ENTRY]}, headers=key(runtime, role="analyst"))
    assert code(refused) == "access.forbidden"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"phrase": "123", "valence": 1}, "lexicon.invalid"),
        ({"phrase": "good", "valence": 5}, "request.field_invalid"),
        ({"phrase": "good", "valence": 1, "weight": 2}, "request.field_invalid"),
    ],
)
def test_f38_what_is_no_entry_is_refused_with_its_code(
    client: TestClient, runtime: Runtime, entry: dict[str, object], expected: str
) -> None:
    assert code(client.post(ADDRESS, json={"entries": [entry]}, headers=key(runtime))) == expected


def test_phrases_by_command_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "phrases.csv"
    file.write_text("term,score,lang\nWelcome Gift,2,en\ndata cap,terrible,\nsurcharge,9,\n")
    assert json.loads(run("lexicon", "add", "Data Cap", "--valence", "-2.5", "--json")[1])["new"] == 1
    exit_code, shown, told = run("lexicon", "import", str(file), "--json")
    assert (exit_code, json.loads(shown)["new"]) == (0, 1)
    assert [line.split(": ")[:2] for line in told.strip().splitlines()] == [
        ["lexicon.invalid", "row 2"],
        ["lexicon.invalid", "row 3"],
    ]
    listed = json.loads(run("lexicon", "list", "--json")[1])
    assert [(one["phrase"], one["valence"]) for one in listed] == [("data cap", -2.5), ("welcome gift", 2)]
    assert json.loads(run("lexicon", "remove", "data cap", "--json")[1]) == {"removed": 1}
