"""A contact's further reasons are told wherever its reason is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from starlette.testclient import TestClient

from data.ids import new_id
from data.reason_records import Discovery, FoundReason
from data.types import Highlight, ReasonAssignment, Role, Span, Turn
from service.api.app import create
from service.runtime import Runtime
from tests.data.conversations import MADE_BY, annotations, talk

SAID = ("My card was declined.", "I also want to change my address.")


def seeded(runtime: Runtime) -> tuple[str, dict[str, str]]:
    """A contact with two issues and a reason for each; and the headers to ask for it."""
    names = ("card declined", "address change")
    reasons = tuple(
        FoundReason(
            id=new_id(), name=name, keywords=(), centroid=np.eye(2, dtype=np.float32)[at], size=1, representatives=()
        )
        for at, name in enumerate(names)
    )
    turns = [Turn(position=at, role=Role.CUSTOMER, text=text) for at, text in enumerate(SAID)]
    spans = [Span(turn=turn.position, char_begin=0, char_end=len(turn.text)) for turn in turns]
    issues = tuple(
        Highlight(kind="issue", text=text, spans=(span,), confidence=1) for text, span in zip(SAID, spans, strict=True)
    )
    given = [
        ReasonAssignment(reason_id=str(reason.id), confidence=0.9, nearest_id=None, distance=0.1) for reason in reasons
    ]
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        one = talk(stores, *SAID)
        found = replace(annotations(None, (), None), highlights=issues)
        stores.interactions.save_turns(one, turns, (), found)
        stores.reasons.record_discovery(
            Discovery(
                embedder="e",
                granularity="medium",
                reasons=reasons,
                changes=(),
                assignments=((one, given[0]),),
                provenance=MADE_BY,
            )
        )
        stores.reasons.assign_further([(one, given[1:])])
        secret = stores.access.create_key("test", "admin").secret
    return str(one), {"Authorization": f"Bearer {secret}"}


def test_the_api_and_the_page_tell_further_reasons(runtime: Runtime) -> None:
    one, headers = seeded(runtime)
    with TestClient(create(runtime)) as client:
        answer = client.get(f"/v1/interactions/{one}", headers=headers).json()
        assert answer["reason"]["name"] == "card declined"
        assert [reason["name"] for reason in answer["further_reasons"]] == ["address change"]
        (listed,) = client.get("/v1/interactions", headers=headers).json()["items"]
        assert listed["further_reasons"] == answer["further_reasons"]
        page = client.get(f"/interactions/{one}", headers=headers).text
        assert "address change" in page
        assert page.count(SAID[1]) == 2


def test_an_assignment_rests_on_where_the_issue_is_said(runtime: Runtime) -> None:
    one, _ = seeded(runtime)
    with runtime.database.tenant("default") as stores:
        record = stores.interactions.get(one)
        primary = stores.reasons.assignment_of(record.id)
        assert primary is not None
        assert primary.assignment.evidence == record.highlights[0].spans
