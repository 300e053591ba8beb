from __future__ import annotations

import contextlib
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from data.database import Database
from data.errors import NotFound, StaleToken
from data.inbox import Inbox
from data.stages import Claim, RunKey
from data.types import State
from tests.data.conftest import Accept

ATTEMPTS = 3


@pytest.fixture
def key(database: Database, accepted: Accept) -> RunKey:
    """A run that is owed."""
    key = RunKey(interaction_id=accepted(b"hello").id, stage="annotate", input_hash="i", params_hash="p")
    with database.tenant("default") as stores:
        assert stores.stages.enqueue(key)
    return key


def claim(database: Database, key: RunKey, job_id: int = 1) -> Claim | None:
    with database.tenant("default") as stores:
        return stores.stages.claim(key, job_id, attempts=ATTEMPTS)


def claimed(database: Database, key: RunKey, job_id: int = 1) -> Claim:
    found = claim(database, key, job_id)
    assert found is not None
    return found


def call(database: Database, name: str, *arguments: Any) -> None:
    with database.tenant("default") as stores:
        getattr(stores.stages, name)(*arguments)


def state(database: Database, key: RunKey) -> tuple[str, int, str | None]:
    with database.tenant("default") as stores:
        (run,) = stores.stages.of(key.interaction_id)
    return run.state, run.attempt, run.error_code


def test_the_same_work_is_owed_once(database: Database, key: RunKey) -> None:
    with database.tenant("default") as stores:
        assert not stores.stages.enqueue(key)
        assert stores.stages.open_interactions([key.interaction_id]) == 1


def test_done_work_is_not_claimed_again_f02(database: Database, key: RunKey) -> None:
    call(database, "finish", claimed(database, key))
    assert claim(database, key) is None
    assert state(database, key) == ("done", 1, None)


def test_a_result_and_its_mark_are_one_transaction_f02(database: Database, key: RunKey) -> None:
    held = claimed(database, key)
    with contextlib.suppress(ZeroDivisionError), database.tenant("default") as stores:
        stores.interactions.set_state(key.interaction_id, State.ANALYSED)
        stores.stages.finish(held)
        raise ZeroDivisionError
    with database.tenant("default") as stores:
        assert stores.interactions.get(key.interaction_id).state is State.PENDING
    assert state(database, key)[0] == "running"


@pytest.mark.parametrize(
    ("late", "arguments"),
    [("finish", ()), ("progress", (0.5,)), ("fail", ("stage.failed",)), ("give_back", ()), ("quarantine", ("x",))],
)
def test_a_worker_that_was_taken_for_dead_changes_nothing_f03(
    database: Database, key: RunKey, late: str, arguments: tuple[object, ...]
) -> None:
    asleep = claimed(database, key)
    with database.sweeper() as sweeper:
        assert sweeper.take_back([1]) == 1
    for held_by_another in (None, claimed(database, key, job_id=2)):
        with pytest.raises(StaleToken):
            call(database, late, asleep, *arguments)
        if held_by_another:
            call(database, "finish", held_by_another)
    assert state(database, key) == ("done", 2, None)


def test_of_two_that_claim_at_once_one_has_it_f04(database: Database, key: RunKey) -> None:
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda job: claim(database, key, job), range(1, 17)))
    assert len([one for one in claims if one]) == 1


def test_a_job_that_starts_again_takes_over_from_its_dead_worker_f01(database: Database, key: RunKey) -> None:
    first = claimed(database, key, job_id=7)
    second = claimed(database, key, job_id=7)
    assert (second.attempt, second.token > first.token) == (2, True)
    with pytest.raises(StaleToken):
        call(database, "finish", first)


def test_what_kills_every_worker_is_quarantined_f05(database: Database, key: RunKey) -> None:
    for job in range(ATTEMPTS):
        claimed(database, key, job)
        with database.sweeper() as sweeper:
            sweeper.take_back([job])
    assert claim(database, key) is None
    assert state(database, key) == ("quarantined", ATTEMPTS, "input.crashes_decoder")
    with database.tenant("default") as stores:
        record = stores.interactions.get(key.interaction_id)
    assert (record.state, record.error_code) == (State.QUARANTINED, "input.crashes_decoder")


def test_a_failure_is_tried_again_and_keeps_its_code(database: Database, key: RunKey) -> None:
    call(database, "fail", claimed(database, key), "stage.timeout")
    assert state(database, key) == ("failed", 1, "stage.timeout")
    call(database, "finish", claimed(database, key, job_id=2))
    assert state(database, key) == ("done", 2, None)


def test_a_run_that_is_given_back_costs_no_attempt_f14(database: Database, key: RunKey) -> None:
    for _ in range(2 * ATTEMPTS):
        call(database, "give_back", claimed(database, key))
    assert state(database, key) == ("waiting", 0, None)


def test_sweeping_twice_changes_nothing_more_f15(database: Database, key: RunKey) -> None:
    claimed(database, key)
    with database.sweeper() as sweeper:
        assert [sweeper.take_back([1]), sweeper.take_back([1]), sweeper.take_back([])] == [1, 0, 0]


def test_a_quarantined_run_can_be_released(database: Database, key: RunKey) -> None:
    call(database, "quarantine", claimed(database, key), "audio.unreadable")
    with database.tenant("default") as stores:
        assert stores.stages.release(key.interaction_id) == (key,)
        assert stores.interactions.get(key.interaction_id).state is State.PENDING
    claimed(database, key)


def test_another_tenant_claims_nothing(database: Database, key: RunKey) -> None:
    with database.tenant("other") as stores:
        assert stores.stages.claim(key, 1, attempts=ATTEMPTS) is None
        assert stores.stages.of(key.interaction_id) == ()


def test_finished_windows_survive_and_are_destroyed_with_the_run_f01(
    database: Database, inbox: Inbox, key: RunKey
) -> None:
    held = claimed(database, key)
    for window, content in ((0, b"first"), (1, b"second"), (3, b"after a gap")):
        item = inbox.write("default", "checkpoint", content).item
        call(database, "save_checkpoint", held, window, item)
    with database.tenant("default") as stores:
        assert [inbox.read(item) for item in stores.stages.checkpoints(key)] == [b"first", b"second"]
        stores.stages.drop_checkpoints(key, inbox)
    with database.tenant("default") as stores:
        assert stores.stages.checkpoints(key) == ()
        assert [item.kind for item in stores.inbox.of(key.interaction_id)] == ["original"]
    assert len(list(inbox.paths())) == 1


def test_a_stale_worker_saves_no_window_f03(database: Database, inbox: Inbox, key: RunKey) -> None:
    asleep = claimed(database, key)
    claimed(database, key)
    item = inbox.write("default", "checkpoint", b"x").item
    with pytest.raises(StaleToken):
        call(database, "save_checkpoint", asleep, 0, item)


def test_the_sweeper_counts_what_waits(database: Database, key: RunKey) -> None:
    with database.sweeper() as sweeper:
        assert sweeper.stage_runs() == {("annotate", "waiting"): 1}
        assert sweeper.interactions() == {"pending": 1}
        assert sweeper.oldest_waiting_s() > 0
        assert sweeper.tenants() == ("default", "other")


def test_setting_aside_what_is_not_there_is_an_error(database: Database) -> None:
    with pytest.raises(NotFound), database.tenant("default") as stores:
        stores.interactions.set_state(uuid.uuid4(), State.ANALYSED)
