"""From a CRM's table to the tags that told of it, and nothing from after the outcome among them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from data.errors import TableColumnMissing
from data.types import CustomerRef, NewOutcome, OutcomeKind, Refusal
from ingest.outcomes import read_outcomes
from service.api.app import create
from service.outcomes import report
from service.runtime import Runtime
from tests.data.conversations import MONDAY
from tests.data.test_episodes import contact, reason
from tests.service.test_api import code, key


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(create(runtime), raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


def crm(number: int) -> CustomerRef:
    return CustomerRef(scheme="crm", value=f"C-{number}")


@pytest.fixture
def churn(runtime: Runtime) -> None:
    """Forty customers: those with an outage churn ten days later, and call about a bill after that; others do not."""
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        outage, bill, password = (reason(stores, name) for name in ("outage", "bill", "password"))
        for number in range(40):
            leaves = number < 12
            contact(stores, number % 5, outage if leaves or number == 20 else password, crm(number))
            contact(stores, 1, password, crm(number))
            if leaves:
                contact(stores, 20, bill, crm(number))
        stores.outcomes.put(
            [
                NewOutcome(customer=crm(number), kind=OutcomeKind.CHURNED, at=MONDAY + dt.timedelta(days=15))
                for number in range(12)
            ]
        )


@pytest.mark.usefixtures("churn")
def test_tags_from_before_the_outcome_predict_it_and_those_from_after_it_are_not_there(runtime: Runtime) -> None:
    with runtime.database.tenant("default") as stores:
        found = report(stores, OutcomeKind.CHURNED)
        named = {one.label: one for one in found.predictors if one.kind == "reason"}
        assert (found.customers, found.followed, found.without_contact) == (40, 12, 0)
        assert named["outage"].predicts
        assert named["outage"].lift == pytest.approx((12 / 13) / (12 / 40))
        assert "bill" not in named
        assert found == report(stores, OutcomeKind.CHURNED)
        early = report(stores, OutcomeKind.CHURNED, before_days=15)
        assert (early.customers, early.without_contact) == (0, 12)
        assert report(stores, OutcomeKind.RENEWED).predictors == ()


@pytest.mark.usefixtures("churn")
def test_the_report_over_http_says_what_it_counts(client: TestClient, runtime: Runtime) -> None:
    answer = client.get("/v1/outcomes/report?kind=churned", headers=key(runtime)).json()
    assert (answer["followed"], answer["base_rate"]) == (12, 0.3)
    top = answer["predictors"][0]
    assert (top["label"], top["predicts"], top["customers"]) == ("outage", True, 13)
    theirs = client.get("/v1/outcomes/report?kind=churned", headers=key(runtime, tenant="other")).json()
    assert (theirs["customers"], theirs["predictors"]) == (0, [])


def test_outcomes_are_handed_in_once_and_only_by_an_administrator(client: TestClient, runtime: Runtime) -> None:
    one = {"customer": "crm:C-1", "kind": "bought", "at": "2026-10-05T09:00:00Z", "value": 12.5, "external_id": "o-1"}
    headers, body = key(runtime), {"outcomes": [one]}
    assert client.post("/v1/outcomes", json=body, headers=headers).json() == {"new": 1, "changed": 0, "repeated": 0}
    assert client.post("/v1/outcomes", json=body, headers=headers).json()["repeated"] == 1
    analyst = client.post("/v1/outcomes", json=body, headers=key(runtime, role="analyst"))
    assert (analyst.status_code, code(analyst)) == (403, "access.forbidden")
    for wrong in ({**one, "kind": "left"}, {**one, "at": "2026-10-05T09:00:00"}, {**one, "colour": "red"}):
        answer = client.post("/v1/outcomes", json={"outcomes": [wrong]}, headers=headers)
        assert (answer.status_code, code(answer)) == (422, "request.field_invalid")


def test_a_table_is_read_by_its_usual_columns_and_bad_rows_are_told(tmp_path: Path) -> None:
    table = tmp_path / "crm.csv"
    table.write_text(
        "Customer ID,Outcome,Date,Amount,ID\n"
        "C-1,Churn,2026-10-05,,1\n"
        "phone:+49 170 1234567,bought,2026-10-05T10:00:00+02:00,99.90,2\n"
        "C-3,lost,2026-10-05,,3\n"
        "C-4,renewed,soon,,4\n"
        ",renewed,2026-10-05,,5\n"
        'C-6,renewed,2026-10-05,"1,000",6\n'
    )
    read = list(read_outcomes(table, source="crm"))
    taken = [one for one in read if isinstance(one, NewOutcome)]
    assert [(str(one.customer), one.kind.value, one.value, one.external_id, one.source) for one in taken] == [
        ("crm:C-1", "churned", None, "1", "crm"),
        ("phone:+49 170 1234567", "bought", 99.9, "2", "crm"),
    ]
    assert taken[1].at == dt.datetime(2026, 10, 5, 8, tzinfo=dt.UTC)
    refused = [one for one in read if isinstance(one, Refusal)]
    assert [(one.row, one.code) for one in refused] == [(row, "input.metadata_invalid") for row in (3, 4, 5, 6)]


def test_a_table_without_a_customer_is_refused_as_a_whole(tmp_path: Path) -> None:
    table = tmp_path / "crm.jsonl"
    table.write_text(json.dumps({"kind": "churned", "at": "2026-10-05"}) + "\n")
    with pytest.raises(TableColumnMissing, match="customer"):
        list(read_outcomes(table))
