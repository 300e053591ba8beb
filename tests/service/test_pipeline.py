"""The pipeline's promises, with stages that do what a test wants: once, fenced, counted, never silent."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from data.errors import ChildDied, ModelMissing, ReasonanceError, StageFailed, StageStopped, TextEmpty
from data.records import InteractionRecord
from data.stages import StageRun
from data.stores import Stores
from data.types import Stage, State
from service import jobs, pipeline, recovery
from service.jobs import Job
from service.reception import receive
from service.runtime import Runtime
from service.stages.work import KeepGoing, Outcome, Owed
from tests.service.conftest import note

Queue = Callable[[], list[dict[str, Any]]]


@dataclass
class Double:
    """A stage that fails as it is told to, or else notes what it was asked."""

    errors: list[ReasonanceError] = field(default_factory=list)
    computed: list[uuid.UUID] = field(default_factory=list)
    saved: list[uuid.UUID] = field(default_factory=list)
    before: Callable[[], object] = lambda: None
    cannot_save: set[uuid.UUID] = field(default_factory=set)

    def compute(self, runtime: Runtime, tenant: str, owed: Sequence[Owed], keep_going: KeepGoing) -> Iterator[Outcome]:
        self.before()
        self.computed += [one.id for one in owed]
        if self.errors:
            raise self.errors.pop(0)
        for one in owed:
            yield Outcome(owed=one, value="result")

    def save(self, runtime: Runtime, stores: Stores, results: Sequence[tuple[Owed, Any]]) -> None:
        for owed, _ in results:
            if owed.id in self.cannot_save:
                raise ValueError("my card is 4111 1111 1111 1111")
            self.saved.append(owed.id)
            stores.interactions.add_flags(owed.id, "saved")


@pytest.fixture
def annotate(monkeypatch: pytest.MonkeyPatch) -> Double:
    double = Double()
    monkeypatch.setitem(pipeline.STEPS, Stage.ANNOTATE, double)
    monkeypatch.setattr(jobs, "backoff_s", lambda attempt: 0.0)
    monkeypatch.setattr(pipeline, "MACHINE_WAIT_S", 0.0)
    return double


def _accept(runtime: Runtime, texts: int = 1) -> list[uuid.UUID]:
    return list(receive(runtime, "default", [note(f"note number {n}", n) for n in range(texts)]).ids)


def _run(runtime: Runtime, job: dict[str, Any]) -> None:
    """As a worker does: the job runs, then it leaves the queue."""
    _start(runtime, job["id"])
    pipeline.run(runtime, Job.read(job), job_id=job["id"], keep_going=lambda: True)
    with runtime.database.sweeper() as sweeper:
        jobs.drop(sweeper.driver_connection, job["id"])


def _start(runtime: Runtime, job_id: int) -> None:
    with runtime.database.sweeper() as sweeper:
        sweeper.driver_connection.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", (job_id,))


def _record(runtime: Runtime, interaction_id: uuid.UUID) -> InteractionRecord:
    with runtime.database.tenant("default") as stores:
        return stores.interactions.get(interaction_id)


def _runs(runtime: Runtime, interaction_id: uuid.UUID) -> dict[str, StageRun]:
    with runtime.database.tenant("default") as stores:
        return {run.key.stage: run for run in stores.stages.of(interaction_id)}


def test_a_result_its_ledger_and_the_next_job_are_written_together(
    runtime: Runtime, queue: Queue, annotate: Double
) -> None:
    [one] = _accept(runtime)
    _run(runtime, queue()[0])
    assert _runs(runtime, one)["annotate"].state == "done"
    assert "saved" in _record(runtime, one).flags
    assert [(job["stage"], job["interactions"]) for job in queue()] == [("classify", [str(one)])]


def test_f02_a_job_that_was_done_but_not_acknowledged_does_nothing_again(
    runtime: Runtime, queue: Queue, annotate: Double
) -> None:
    [one] = _accept(runtime)
    [job] = queue()
    _run(runtime, job)
    _run(runtime, job)
    assert annotate.computed == [one]
    assert len(queue()) == 1


def test_f03_a_result_that_comes_after_the_work_was_taken_over_is_dropped(
    runtime: Runtime, queue: Queue, annotate: Double, caplog: pytest.LogCaptureFixture
) -> None:
    [one] = _accept(runtime)
    [first] = queue()

    def others_take_over() -> None:
        annotate.before = lambda: None
        assert recovery.replace(runtime, first["id"], "cpu", Job.read(first))
        [second] = queue()
        _run(runtime, second)

    annotate.before = others_take_over
    with caplog.at_level(logging.WARNING):
        _run(runtime, first)
    assert annotate.saved == [one]
    assert any(message.startswith("stale_token") for message in caplog.messages)
    assert [job["stage"] for job in queue()] == ["classify"]


def test_f03_a_woken_worker_cannot_end_the_job_of_the_one_that_took_over(
    runtime: Runtime, queue: Queue, annotate: Double
) -> None:
    _accept(runtime)
    [first] = queue()
    _start(runtime, first["id"])
    assert recovery.replace(runtime, first["id"], "cpu", Job.read(first))
    [second] = queue()
    assert second["id"] != first["id"]


def test_f04_two_workers_at_once_do_the_work_once(runtime: Runtime, queue: Queue, annotate: Double) -> None:
    [one] = _accept(runtime)
    [job] = queue()
    started = threading.Barrier(4)

    def work(number: int) -> None:
        started.wait()
        pipeline.run(runtime, Job.read(job), job_id=job["id"] + 1000 * number, keep_going=lambda: True)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert annotate.saved == [one]


def test_f05_what_kills_its_process_three_times_is_quarantined_and_the_queue_moves_on(
    runtime: Runtime, queue: Queue, annotate: Double
) -> None:
    annotate.errors = [ChildDied("signal SIGSEGV")] * 3
    [poison] = _accept(runtime)
    for _ in range(3):
        [job] = queue()
        _run(runtime, job)
    record = _record(runtime, poison)
    assert (record.state, record.error_code) == (State.QUARANTINED, "input.crashes_decoder")
    assert queue() == []
    with runtime.database.tenant("default") as stores:
        assert stores.inbox.original(poison)


def test_f05_attempts_count_at_the_claim_even_where_no_error_handler_runs(
    runtime: Runtime, queue: Queue, annotate: Double
) -> None:
    def die() -> None:
        raise SystemExit

    annotate.before = die
    [poison] = _accept(runtime)
    for _ in range(3):
        [job] = queue()
        with pytest.raises(SystemExit):
            _run(runtime, job)
        assert recovery.replace(runtime, job["id"], "cpu", Job.read(job))
    _run(runtime, queue()[0])
    assert _record(runtime, poison).error_code == "input.crashes_decoder"
    assert len(annotate.computed) == 0


def test_f12_work_waits_for_a_model_and_loses_no_attempt(runtime: Runtime, queue: Queue, annotate: Double) -> None:
    annotate.errors = [ModelMissing("en")] * 5
    [one] = _accept(runtime)
    for _ in range(6):
        [job] = queue()
        _run(runtime, job)
    assert annotate.saved == [one]


def test_f14_a_stopping_worker_gives_the_work_back_at_once(runtime: Runtime, queue: Queue, annotate: Double) -> None:
    annotate.errors = [StageStopped()]
    [one] = _accept(runtime)
    _run(runtime, queue()[0])
    run = _runs(runtime, one)["annotate"]
    assert (run.state, run.attempt) == ("waiting", 0)
    assert [job["interactions"] for job in queue()] == [[str(one)]]


def test_f15_recovering_twice_does_the_work_once(runtime: Runtime, queue: Queue, annotate: Double) -> None:
    _accept(runtime, 3)
    [job] = queue()
    _start(runtime, job["id"])
    assert recovery.replace(runtime, job["id"], "cpu", Job.read(job))
    assert not recovery.replace(runtime, job["id"], "cpu", Job.read(job))
    assert [len(job["interactions"]) for job in queue()] == [1, 1, 1]


def test_an_error_that_a_retry_cannot_mend_is_quarantined_at_once(
    runtime: Runtime, queue: Queue, annotate: Double
) -> None:
    annotate.errors = [TextEmpty()]
    [one] = _accept(runtime)
    _run(runtime, queue()[0])
    assert _record(runtime, one).error_code == "text.empty"
    assert queue() == []


def test_an_error_that_a_retry_may_mend_is_tried_again_three_times(
    runtime: Runtime, queue: Queue, annotate: Double
) -> None:
    annotate.errors = [StageFailed()] * 3
    [one] = _accept(runtime)
    for _ in range(3):
        _run(runtime, queue()[0])
    assert _record(runtime, one).error_code == "stage.failed"


def test_one_contact_that_cannot_be_stored_harms_no_other_and_quotes_nobody(
    runtime: Runtime, queue: Queue, annotate: Double, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad, fine = _accept(runtime, 3)
    annotate.cannot_save = {bad}
    with caplog.at_level(logging.DEBUG):
        _run(runtime, queue()[0])
    assert _runs(runtime, good)["annotate"].state == _runs(runtime, fine)["annotate"].state == "done"
    assert _runs(runtime, bad)["annotate"].state == "failed"
    assert "4111" not in caplog.text


def test_waiting_longer_after_every_failure_has_a_bound() -> None:
    assert all(0 <= jobs.backoff_s(1) <= 4 for _ in range(100))
    assert all(jobs.backoff_s(40) <= jobs.BACKOFF_CAP_S for _ in range(100))
