"""The redaction policy by command line and over HTTP, and that what was chosen holds for what is read from then on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from data.types import Metadata, Provenance, RedactionAction, Role, Segment, Stage, Transcript
from nlp.redaction import DEFAULT
from service import model_compare, pipeline
from service.api.app import create
from service.model_compare import Recording, compare
from service.reception import receive
from service.redaction import described, policy_of
from service.runtime import Runtime
from tests.service.conftest import call, note
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


def test_f45_under_another_policy_reading_a_contact_is_other_work_and_under_the_same_it_is_not(
    runtime: Runtime, queue: Callable[[], list[dict[str, Any]]]
) -> None:
    [interaction_id] = receive(runtime, "default", [note("my card is 4111 1111 1111 1111")]).ids

    def owed_again(**chosen: RedactionAction) -> int:
        """How many jobs wait once these choices are made and the contact is to be read again."""
        with runtime.database.tenant("default") as stores:
            stores.redaction.put(chosen)
            pipeline.owe(stores, runtime.settings, Stage.ANNOTATE, [(interaction_id, "as before")])
        return len(queue())

    assert owed_again() == 2
    assert owed_again(PERSON=RedactionAction.MASK) == 2, "chosen as by default, nothing is done otherwise"
    assert owed_again(CREDIT_CARD=RedactionAction.LAST_FOUR) == 3
    assert owed_again() == 3


def test_hearing_a_recording_is_the_same_work_under_any_policy(
    runtime: Runtime, queue: Callable[[], list[dict[str, Any]]]
) -> None:
    [interaction_id] = receive(runtime, "default", [call()]).ids
    for action in (RedactionAction.MASK, RedactionAction.KEEP):
        with runtime.database.tenant("default") as stores:
            stores.redaction.put({"PERSON": action})
            pipeline.owe(stores, runtime.settings, Stage.TRANSCRIBE, [(interaction_id, "as before")])
    assert [job["stage"] for job in queue()] == ["transcribe", "transcribe"]


def test_two_speech_models_are_compared_in_words_redacted_by_the_tenants_own_policy(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = {"before": "und dann", "after": "und dann bitte 4111 1111 1111 1111"}

    def hear(runtime: Runtime, tenant: str, model: str, recording: Recording) -> Transcript:
        return said_once(heard[model])

    def differing(tenant: str) -> str:
        found = compare(runtime, tenant, "before", "after", [Recording(name="call", content=b"")])
        return " ".join(change.after for change in found.changes)

    monkeypatch.setattr(model_compare, "_hear", hear)
    monkeypatch.setattr(model_compare, "_reasons", lambda *_: frozenset())
    with runtime.database.tenant("other") as stores:
        stores.tenants.ensure()
        stores.redaction.put({"CREDIT_CARD": RedactionAction.KEEP})
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
    assert "4111" not in differing("default")
    assert "4111" in differing("other")


def said_once(text: str) -> Transcript:
    """German, which is read without a trained model."""
    segment = Segment(text=text, begin_ms=0, end_ms=4000, channel=0, role=Role.CUSTOMER, confidence=0.9)
    made = Provenance(component="test", version="1")
    return Transcript(segments=(segment,), language="de", duration_s=4, provenance=made)
