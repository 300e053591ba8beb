"""The child process: streaming, bounds, and that whatever happens there, the parent lives (F05)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from data.errors import AudioUnreadable, ChildDied, StageFailed, StageStopped, StageTimeout
from service.child import Child

DOUBLES = Path(__file__).parent / "doubles"


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    monkeypatch.syspath_prepend(str(DOUBLES))
    with Child(memory_bytes=2**30) as running:
        yield running


def test_items_arrive_in_order_and_as_they_are_made(child: Child) -> None:
    assert list(child.run("child_work:count", 3, timeout_s=10)) == [0, 1, 2]
    first, second = child.run("child_work:slowly", 2, 0.3, timeout_s=10)
    assert second - first >= 0.3


def test_one_process_serves_run_after_run(child: Child) -> None:
    [(_, first)] = child.run("child_work:loads", timeout_s=10)
    [(uses, second)] = child.run("child_work:loads", timeout_s=10)
    assert (uses, first) == (2, second)


def test_megabytes_go_in(child: Child) -> None:
    assert list(child.run("child_work:echo", bytes(20_000_000), timeout_s=10)) == [20_000_000]


def test_f05_a_crash_ends_the_child_only_and_the_next_run_works(child: Child) -> None:
    with pytest.raises(ChildDied, match="SIGSEGV"):
        list(child.run("child_work:crash", timeout_s=10))
    assert list(child.run("child_work:count", 2, timeout_s=10)) == [0, 1]


def test_a_native_hang_is_seen_and_killed(child: Child) -> None:
    run = child.run("child_work:hang_in_native_code", timeout_s=0.5)
    pid = next(run)
    with pytest.raises(StageTimeout):
        next(run)
    assert not psutil.pid_exists(pid)


def test_a_stopping_worker_is_not_kept_waiting(child: Child) -> None:
    began = time.monotonic()
    with pytest.raises(StageStopped):
        list(child.run("child_work:hang_in_native_code", timeout_s=60, keep_going=lambda: False))
    assert time.monotonic() - began < 5
    assert child.pid is None


def test_memory_is_bounded(child: Child) -> None:
    with pytest.raises(ChildDied, match="memory"):
        list(child.run("child_work:eat_memory", timeout_s=10))


def test_errors_of_the_tree_arrive_as_they_are(child: Child) -> None:
    with pytest.raises(AudioUnreadable, match="no packets"):
        list(child.run("child_work:refuse", timeout_s=10))


def test_an_unforeseen_error_tells_its_kind_but_quotes_nobody(child: Child) -> None:
    with pytest.raises(StageFailed, match="ValueError at child_work:") as caught:
        list(child.run("child_work:quote_a_customer", timeout_s=10))
    assert "4111" not in str(caught.value)


def test_an_abandoned_run_ends_the_process(child: Child) -> None:
    run = child.run("child_work:count", 1_000_000, timeout_s=10)
    next(run)
    run.close()  # type: ignore[attr-defined]  # it is a generator
    assert child.pid is None


def test_kill_9_of_the_parent_leaves_no_orphan_even_in_native_code(tmp_path: Path) -> None:
    code = (
        "from service.child import Child\n"
        "for pid in Child().run('child_work:hang_in_native_code', timeout_s=60): print(pid, flush=True)\n"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(DOUBLES), *filter(None, sys.path)])}
    with subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    deadline = time.monotonic() + 5
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.05)
