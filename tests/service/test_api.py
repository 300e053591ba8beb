"""The HTTP API: who may ask, what is answered, and how failures look."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from data.types import Channel, CustomerRef, Role
from service.api.app import create
from service.runtime import Runtime
from tests.data.conversations import MONDAY, talk

CUSTOMER = CustomerRef(scheme="crm", value="C-1")


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(create(runtime), raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


def key(runtime: Runtime, tenant: str = "default", role: str = "admin") -> dict[str, str]:
    with runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        issued = stores.access.create_key("test", role)  # type: ignore[arg-type]  # admin or analyst
    return {"Authorization": f"Bearer {issued.secret}"}


@pytest.fixture
def contact(runtime: Runtime) -> uuid.UUID:
    """An analysed call of the default tenant."""
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        return talk(
            stores,
            (Role.AGENT, "Good morning, how can I help?"),
            (Role.CUSTOMER, "My router never arrived and I want a refund."),
            customer=CUSTOMER,
            issue="My router never arrived",
            queue="billing",
            sentiment=-0.4,
        )


def code(answer: object) -> str:
    return str(answer.json()["error"]["code"])  # type: ignore[attr-defined]


def test_without_a_key_nothing_is_answered(client: TestClient) -> None:
    for path in ("/v1/interactions", "/v1/search?q=a", "/v1/reasons", "/v1/trends", "/v1/customers"):
        answer = client.get(path)
        assert (answer.status_code, code(answer)) == (401, "access.unauthenticated")


@pytest.mark.parametrize("secret", ["x", "rk_" + "a" * 38, "rk_é", "rs_" + "0" * 38])
def test_a_wrong_key_is_refused_with_its_code(client: TestClient, secret: str) -> None:
    answer = client.get("/v1/interactions", headers={"Authorization": f"Bearer {secret}".encode()})
    assert (answer.status_code, code(answer)) == (401, "access.unauthenticated")


def test_a_revoked_key_is_refused_at_once(client: TestClient, runtime: Runtime) -> None:
    headers = key(runtime)
    with runtime.database.tenant("default") as stores:
        stores.access.revoke_key(stores.access.api_keys()[0].id)
    assert client.get("/v1/interactions", headers=headers).status_code == 401


def test_an_analyst_reads_and_hands_nothing_in(client: TestClient, runtime: Runtime) -> None:
    headers = key(runtime, role="analyst")
    assert client.get("/v1/interactions", headers=headers).status_code == 200
    answer = client.post("/v1/interactions?name=a.txt", content=b"hello", headers=headers)
    assert (answer.status_code, code(answer)) == (403, "access.forbidden")


def test_f37_another_tenants_key_sees_nothing_on_any_route(
    client: TestClient, runtime: Runtime, contact: uuid.UUID
) -> None:
    ours, theirs = key(runtime), key(runtime, tenant="other")
    described = client.get("/v1/openapi.json").json()["paths"]
    asked = [path for path, methods in described.items() if "{" in path and "get" in methods]
    assert len(asked) >= 6
    for path in asked:
        others = {name: uuid.uuid4() for name in ("reason_id", "alert_id", "category_id")}
        filled = path.format(interaction_id=contact, ref=CUSTOMER, **others)
        answer = client.get(filled, headers=theirs)
        assert (answer.status_code, code(answer)) == (404, "not_found"), filled
    for path in ("/v1/interactions", "/v1/search?q=router", "/v1/customers"):
        assert client.get(path, headers=ours).json()["total"] == 1, path
        assert client.get(path, headers=theirs).json()["total"] == 0, path
    assert client.get("/v1/trends", headers=theirs).json()["points"] == []


def test_an_upload_is_durable_and_repeats_are_one(client: TestClient, runtime: Runtime) -> None:
    headers = key(runtime)
    address = "/v1/interactions?name=note.txt&customer=crm:C-9&agent=Ann&started_at=2026-10-05T10:00:00Z"
    first = client.post(address, content=b"The router never arrived.", headers=headers)
    again = client.post(address, content=b"The router never arrived.", headers=headers)
    assert first.status_code == again.status_code == 202
    assert (first.json()["accepted"], again.json()["accepted"], again.json()["repeated"]) == (1, 0, 1)
    assert first.json()["ids"] == again.json()["ids"]
    found = client.get(f"/v1/interactions/{first.json()['ids'][0]}", headers=headers).json()
    assert (found["agent"], found["state"], found["started_at"]) == ("Ann", "pending", "2026-10-05T10:00:00Z")
    status = client.get(f"/v1/interactions/{found['id']}/status", headers=headers).json()
    assert [stage["stage"] for stage in status["stages"]] == ["annotate"]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("empty.wav", b"", "audio.empty"),
        ("empty.txt", b"", "input.empty"),
        ("paper.wav", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "input.type_refused"),
        ("noise.mp3", bytes(range(256)) * 40, "input.type_refused"),
    ],
)
def test_bad_input_is_refused_with_its_code_and_nothing_is_kept(
    client: TestClient, runtime: Runtime, name: str, content: bytes, expected: str
) -> None:
    headers = key(runtime)
    answer = client.post(f"/v1/interactions?name={name}", content=content, headers=headers)
    assert answer.status_code == 422
    assert code(answer) in {expected, "audio.unreadable"}
    assert client.get("/v1/interactions", headers=headers).json()["total"] == 0
    assert list(runtime.inbox.paths()) == []


def test_f38_unknown_parameters_are_refused(client: TestClient, runtime: Runtime) -> None:
    headers = key(runtime)
    for method, path in (("POST", "/v1/interactions?name=a.txt&colour=red"), ("GET", "/v1/interactions?colour=red")):
        answer = client.request(method, path, headers=headers)
        assert (answer.status_code, code(answer)) == (422, "request.field_invalid")


def test_an_upload_over_the_limit_is_refused_before_it_is_read(runtime: Runtime) -> None:
    small = runtime.settings.model_copy(update={"upload_max_bytes": 10})
    with TestClient(create(dataclasses.replace(runtime, settings=small))) as client:
        headers = key(runtime)
        declared = client.post("/v1/interactions?name=a.txt", content=b"x" * 11, headers=headers)
        streamed = client.post("/v1/interactions?name=a.txt", content=iter([b"x" * 6] * 2), headers=headers)
    assert (declared.status_code, code(declared)) == (413, "input.too_large")
    assert (streamed.status_code, code(streamed)) == (413, "input.too_large")


@pytest.mark.parametrize("path", ["/v1/interactions/nonsense", f"/v1/interactions/{uuid.UUID(int=7)}", "/v1/nothing"])
def test_an_unknown_id_is_not_found(client: TestClient, runtime: Runtime, path: str) -> None:
    answer = client.get(path, headers=key(runtime))
    assert (answer.status_code, code(answer)) == (404, "not_found")


def test_a_customer_reference_without_a_scheme_is_a_clear_error(client: TestClient, runtime: Runtime) -> None:
    answer = client.get("/v1/customers/someone/tags", headers=key(runtime))
    assert (answer.status_code, code(answer)) == (422, "input.customer_ref_invalid")


@pytest.mark.parametrize("query", ['"open', "(((", "*", "a" * 2001, "NOT", "date>=nonsense", "\x00"])
def test_f44_a_query_that_cannot_be_read_is_refused_never_a_failure(
    client: TestClient, runtime: Runtime, query: str
) -> None:
    answer = client.get("/v1/search", params={"q": query}, headers=key(runtime))
    assert answer.status_code in {400, 422}


PIECES = (
    *("card", "cancel*", '"my card"', "OR", "AND", "NOT", "-", "(", ")", '"', "“", "*", "NEAR/5", "BEFORE", "NEAR/99"),
    *("customer:(", "agent:", "first:30s(", "last:10%(", "first:", "queue:", "date>=", "2026-10-01", "9999-12-31"),
    *("silence>", "10s", "sentiment<-0.3", "talk_share.agent>", "60%", "reason:", "state:pending", "~like:", "sounds:"),
    *(
        "\\",
        "'",
        ":*",
        "<->",
        "&",
        "|",
        "!",
        "%",
        ";",
        "--",
        "\0",
        "\ud800",
        "\u202e",
        "退款",
        "it's",
        "a.b@c.de/f?g=h",
    ),
)


def test_f44_no_query_is_a_failure(client: TestClient, runtime: Runtime, contact: uuid.UUID) -> None:
    headers = key(runtime)

    @given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)))
    @settings(max_examples=80, deadline=None)
    def check(text: str) -> None:
        answer = client.get(f"/v1/search?q={quote(text.encode('utf-8', 'surrogatepass'))}", headers=headers)
        assert answer.status_code in {200, 400, 422}
        if answer.status_code == 400:
            assert 0 <= answer.json()["error"]["position"] <= len(text)

    check()


def test_a_fault_in_a_query_has_its_position(client: TestClient, runtime: Runtime) -> None:
    answer = client.get("/v1/search", params={"q": "refund AND ("}, headers=key(runtime))
    assert (answer.status_code, code(answer)) == (400, "query.invalid")
    assert answer.json()["error"]["position"] >= 10


def test_search_finds_what_was_said_with_its_place(client: TestClient, runtime: Runtime, contact: uuid.UUID) -> None:
    answer = client.get("/v1/search", params={"q": 'customer:("never arrived")'}, headers=key(runtime)).json()
    (hit,) = answer["hits"]
    assert hit["interaction"]["id"] == str(contact)
    (turn,) = hit["turns"]
    said = turn["text"][turn["spans"][0]["char_begin"] : turn["spans"][-1]["char_end"]]
    assert (said, turn["role"]) == ("never arrived", "customer")
    assert turn["spans"][0]["begin_ms"] == 200
    assert answer["explanation"] == "Contacts in which the customer says “never arrived”"
    assert (answer["total"], answer["count_kind"], answer["not_evaluated"]) == (1, "exact", 0)


def test_each_point_of_a_trend_lists_exactly_what_it_counts(client: TestClient, runtime: Runtime) -> None:
    headers = key(runtime)
    with runtime.database.tenant("default") as stores:
        for number in range(9):
            start = MONDAY + dt.timedelta(hours=11 * number)
            talk(stores, "hello", started_at=start, queue="ab"[number % 2], channel=Channel.NOTE)
    trend = client.get("/v1/trends?by=queue&grain=day", headers=headers).json()
    assert sum(point["contacts"] for point in trend["points"]) == 9
    for point in trend["points"]:
        behind = {"since": point["since"], "until": point["until"], **point["values"]}
        assert client.get("/v1/interactions", params=behind, headers=headers).json()["total"] == point["contacts"]


def test_tags_come_with_evidence_by_any_identifier(client: TestClient, runtime: Runtime, contact: uuid.UUID) -> None:
    answer = client.get(f"/v1/customers/{CUSTOMER}/tags", headers=key(runtime)).json()
    assert answer["customer"]["refs"] == [{"scheme": "crm", "value": "C-1"}]
    assert answer["tags"]
    assert all([one["interaction_id"] for one in tag["evidence"]] == [str(contact)] for tag in answer["tags"])
    assert answer["half_life_days"] > 0


def test_readers_of_recordings_and_customers_are_in_the_audit(
    client: TestClient, runtime: Runtime, contact: uuid.UUID
) -> None:
    client.get(f"/v1/customers/{CUSTOMER}", headers=key(runtime))
    with runtime.database.tenant("default") as stores:
        assert [entry.action for entry in stores.audit.list()] == ["customer.read"]


def test_the_probes_say_what_works(client: TestClient) -> None:
    assert client.get("/livez").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert (ready["database"], ready["muting"]) == ("ok", "on")


def test_metrics_count_requests_and_work(client: TestClient, contact: uuid.UUID) -> None:
    client.get("/livez")
    text = client.get("/metrics").text
    assert 'reasonance_interactions{state="analysed"} 1.0' in text
    assert 'reasonance_http_requests_total{method="GET",route="/livez",status="200"}' in text


def test_the_description_is_openapi_3_1_and_names_every_route(client: TestClient) -> None:
    description = client.get("/v1/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    assert {"/v1/search", "/v1/trends", "/v1/customers/{ref}/tags"} <= set(description["paths"])


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for path in ("/livez", "/nothing", "/static/app.css"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
