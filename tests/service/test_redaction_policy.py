"""The redaction policy by command line and over HTTP, and that what was chosen holds for what is read from then on."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from data.types import Metadata, RedactionAction
from nlp.redaction import DEFAULT
from service.api.app import create
from service.redaction import described, policy_of
from service.runtime import Runtime
from tests.service.test_api import code, key
from tests.service.test_cli import Run, run

__all__ = ["run"]

ADDRESS = "/v1/redaction-policy"


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(create(runtime), raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


def _actions(answer: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {rule["type"]: rule["action"] for rule in answer["rules"]}


def test_choices_are_made_seen_and_taken_back_over_http_and_stand_in_the_audit(
    client: TestClient, runtime: Runtime
) -> None:
    chosen = client.patch(ADDRESS, json={"actions": {"CREDIT_CARD": "last4", "PERSON": "keep"}}, headers=key(runtime))
    assert chosen.status_code == 200
    seen = _actions(client.get(ADDRESS, headers=key(runtime, role="analyst")).json())
    assert (seen["CREDIT_CARD"], seen["PERSON"], seen["EMAIL_ADDRESS"]) == ("last4", "keep", "mask")
    back = _actions(client.delete(ADDRESS, params={"type": "PERSON"}, headers=key(runtime)).json())
    assert (back["CREDIT_CARD"], back["PERSON"]) == ("last4", "mask")
    with runtime.database.tenant("default") as stores:
        actions = [entry.action for entry in stores.audit.list()]
    assert [action for action in actions if action.startswith("redaction")] == ["redaction.reset", "redaction.choose"]


def test_what_may_not_be_done_is_refused_whole(client: TestClient, runtime: Runtime) -> None:
    refused = client.patch(ADDRESS, json={"actions": {"PERSON": "keep", "CREDENTIAL": "keep"}}, headers=key(runtime))
    assert code(refused) == "redaction.policy_invalid"
    assert _actions(client.get(ADDRESS, headers=key(runtime)).json())["PERSON"] == "mask"
    assert client.patch(ADDRESS, json={"actions": {"PERSON": "shred"}}, headers=key(runtime)).status_code == 422


def test_f37_another_tenants_key_changes_nothing_here_and_an_analyst_nothing_at_all(
    client: TestClient, runtime: Runtime
) -> None:
    client.patch(ADDRESS, json={"actions": {"PERSON": "keep"}}, headers=key(runtime))
    other = key(runtime, tenant="other")
    assert _actions(client.delete(ADDRESS, headers=other).json())["PERSON"] == "mask"
    assert _actions(client.get(ADDRESS, headers=key(runtime)).json())["PERSON"] == "keep"
    refused = client.patch(ADDRESS, json={"actions": {"PERSON": "mask"}}, headers=key(runtime, role="analyst"))
    assert code(refused) == "access.forbidden"


def test_hashes_of_two_tenants_have_nothing_in_common(runtime: Runtime) -> None:
    beside = []
    for tenant in ("default", "other"):
        with runtime.database.tenant(tenant) as stores:
            stores.tenants.ensure()
            assert policy_of(stores).digest == DEFAULT.digest
            stores.redaction.put({"PERSON": RedactionAction.HASH})
            policy = policy_of(stores)
        assert policy.digest != DEFAULT.digest
        beside.append(policy.beside("PERSON", "jane doe"))
        assert policy.beside("PERSON", "jane doe") == beside[-1]
    assert len(set(beside)) == 2


def test_the_policy_is_chosen_on_the_command_line(run: Run) -> None:
    assert run("redaction", "set", "credit_card=last4", "PERSON=hash")[0] == 0
    rules = {rule["type"]: rule for rule in json.loads(run("redaction", "list", "--json")[1])}
    assert (rules["CREDIT_CARD"]["action"], rules["PERSON"]["action"]) == ("last4", "hash")
    assert rules["CREDENTIAL"]["allowed"] == ["mask"]
    assert "chosen" in run("redaction", "list")[1]
    assert run("redaction", "set", "PERSON=shred")[0] == 2
    assert "reset 2" in run("redaction", "reset")[1]


def test_what_was_typed_as_a_wrap_up_code_is_redacted_by_the_policy_and_who_works_stays(runtime: Runtime) -> None:
    said = Metadata(wrap_up_code="call back +49 30 901820, jo@example.org", agent="ann@example.org", queue="Billing 2")
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        kept = described(stores, said)
        assert (kept.agent, kept.queue) == (said.agent, said.queue)
        assert kept.wrap_up_code == "call back [PHONE_1], [EMAIL_1]"
        stores.redaction.put({"EMAIL_ADDRESS": RedactionAction.KEEP})
        assert described(stores, said).wrap_up_code == "call back [PHONE_1], jo@example.org"
        assert described(stores, Metadata(wrap_up_code="RESOLVED")) == Metadata(wrap_up_code="RESOLVED")
