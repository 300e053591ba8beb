"""Accepting: once however often it comes, whole or not at all, with its metadata whenever that comes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.errors import StorageFull
from data.types import CustomerRef, Metadata, Refusal, Role, Sidecar
from service import pipeline
from service.reception import Summary, receive
from service.runtime import Runtime
from tests.service.conftest import call, note

Queue = Callable[[], list[dict[str, Any]]]


def _files(runtime: Runtime) -> list[Path]:
    return [path for path in runtime.inbox.folder.rglob("*") if path.is_file()]


def test_what_is_accepted_is_encrypted_known_and_owed(runtime: Runtime, queue: Queue) -> None:
    summary = receive(runtime, "default", [note("my card was declined")])
    [interaction_id] = summary.ids
    [job] = queue()
    assert (summary.accepted, summary.repeated) == (1, 0)
    assert job["interactions"] == [str(interaction_id)]
    assert job["stage"] == "annotate"
    [file] = _files(runtime)
    assert b"declined" not in file.read_bytes()


def test_job_arguments_are_ids_only(runtime: Runtime, queue: Queue) -> None:
    receive(runtime, "default", [note("my card was declined", agent="ana")])
    assert set(queue()[0]) == {"id", "tenant", "stage", "interactions"}


def test_small_contacts_share_jobs(runtime: Runtime, queue: Queue) -> None:
    receive(runtime, "default", [note(f"note number {n}", n) for n in range(130)])
    assert [len(job["interactions"]) for job in queue()] == [64, 64, 2]


def test_f33_the_same_delivery_twice_is_one_interaction(runtime: Runtime, queue: Queue) -> None:
    first = receive(runtime, "default", [note("my card was declined")])
    second = receive(runtime, "default", [note("my card was declined")])
    assert (second.accepted, second.repeated) == (0, 1)
    assert list(first.ids) == list(second.ids)
    assert len(queue()) == 1
    assert len(_files(runtime)) == 1


def test_f33_the_same_deliveries_at_once_are_one_interaction_each(runtime: Runtime, queue: Queue) -> None:
    notes = [note(f"note number {n}", n) for n in range(20)]
    summaries = []

    def deliver(order: int) -> None:
        summaries.append(receive(runtime, "default", notes[::order]))

    threads = [threading.Thread(target=deliver, args=(order,)) for order in (1, -1, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(summary.accepted for summary in summaries) == 20
    assert len({frozenset(summary.ids) for summary in summaries}) == 1
    assert sum(len(job["interactions"]) for job in queue()) == 20
    assert len(_files(runtime)) == 20


def test_two_tenants_have_nothing_in_common(runtime: Runtime) -> None:
    ours = receive(runtime, "default", [note("my card was declined")])
    theirs = receive(runtime, "other", [note("my card was declined")])
    assert theirs.accepted == 1
    assert not set(ours.ids) & set(theirs.ids)


@pytest.mark.parametrize("order", ["before", "after", "twice"])
def test_f34_a_sidecar_joins_whenever_it_comes(runtime: Runtime, order: str) -> None:
    sidecar = Sidecar(key="call-1.wav", metadata=Metadata(agent="ana", customers=(CustomerRef.parse("crm:7"),)))
    items = {"before": [sidecar, call()], "after": [call(), sidecar], "twice": [sidecar, call(), sidecar]}[order]
    summary = receive(runtime, "default", items)
    [interaction_id] = summary.ids
    with runtime.database.tenant("default") as stores:
        record = stores.interactions.get(interaction_id)
    assert record.agent == "ana"
    assert record.customer_id is not None
    assert (summary.joined, summary.waiting) == (1, 0)


def test_a_sidecar_without_media_waits_and_is_counted(runtime: Runtime) -> None:
    early = receive(runtime, "default", [Sidecar(key="call-1.wav", metadata=Metadata(agent="ana"))])
    assert (early.waiting, early.joined) == (1, 0)
    assert receive(runtime, "default", [call()]).joined == 1


def test_f34_late_metadata_does_again_only_what_depends_on_it(runtime: Runtime, queue: Queue) -> None:
    receive(runtime, "default", [call()])
    receive(runtime, "default", [Sidecar(key="call-1.wav", metadata=Metadata(agent="ana"))])
    assert [job["stage"] for job in queue()] == ["transcribe"]
    roles = (Role.CUSTOMER, Role.AGENT)
    receive(runtime, "default", [Sidecar(key="call-1.wav", metadata=Metadata(channel_map=roles))])
    assert [job["stage"] for job in queue()] == ["transcribe", "transcribe"]


def test_what_fails_midway_leaves_nothing(runtime: Runtime, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StorageFull()

    monkeypatch.setattr(pipeline, "owe", full)
    with pytest.raises(StorageFull):
        receive(runtime, "default", [note("my card was declined")])
    with runtime.database.tenant("default") as stores:
        assert sum(stores.interactions.counts().values()) == 0
    assert queue() == []
    assert _files(runtime) == []


def test_refusals_are_counted_by_code_and_stop_nothing(runtime: Runtime) -> None:
    refusal = Refusal(name="a.csv", code="table.row_invalid", message="", row=3)
    summary = receive(runtime, "default", [refusal, note("my card was declined"), refusal])
    assert summary.accepted == 1
    assert summary.refused == {"table.row_invalid": 2}


def test_f32_of_a_million_broken_rows_all_are_counted_and_a_thousand_told() -> None:
    broken = (Refusal(name="a.csv", code="table.row_invalid", message="", row=row) for row in range(1_000_000))
    summary = Summary()
    for refusal in broken:
        summary.refuse(refusal)
    assert summary.refused == {"table.row_invalid": 1_000_000}
    assert [one.row for one in summary.refusals] == list(range(1_000))
