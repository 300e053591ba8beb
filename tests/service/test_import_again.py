"""F32: an import that was interrupted goes on when it is begun again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from data.verify import sweep_orphans
from ingest import read
from service.reception import receive
from service.runtime import Runtime
from service.serving import environment

ROWS = 120
BROKEN = 17
DEADLINE_S = 120.0


def _table(path: Path) -> Path:
    """Most rows say the same and have no id of their own, so that only their place tells them apart."""
    rows = [f"{'no' if number % 3 else f'parcel {number} is late'},{number % 7}" for number in range(1, ROWS + 1)]
    rows[BROKEN - 1] = "torn,1,2,3,4"
    path.write_text("text,queue\n" + "\n".join(rows) + "\n")
    return path


def _accepted(runtime: Runtime) -> int:
    with runtime.database.tenant("default") as stores:
        return int(stores.session.execute(text("SELECT count(*) FROM interaction")).scalar_one())


def _wait_for(runtime: Runtime, count: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while _accepted(runtime) < count:
        assert process.poll() is None, "it was done before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_f32_an_import_killed_midway_goes_on_without_loss_or_doubles(
    runtime: Runtime, queue: Callable[[], list[dict[str, Any]]], tmp_path: Path
) -> None:
    path = _table(tmp_path / "answers.csv")
    command = [sys.executable, "-m", "service.cli", "ingest", str(path), "--no-wait"]
    with subprocess.Popen(command, env=os.environ | environment(runtime.settings), stdout=subprocess.DEVNULL) as first:
        _wait_for(runtime, 1, first)
        first.send_signal(signal.SIGKILL)
    killed_at = _accepted(runtime)
    assert 0 < killed_at < ROWS - 1

    summary = receive(runtime, "default", read(path))

    assert (summary.repeated, summary.accepted) == (killed_at, ROWS - 1 - killed_at)
    assert [(one.row, one.code) for one in summary.refusals] == [(BROKEN, "table.row_invalid")]
    assert _accepted(runtime) == len(summary.ids) == ROWS - 1
    owed = [interaction for job in queue() for interaction in job["interactions"]]
    assert sorted(owed) == sorted(map(str, summary.ids))
    sweep_orphans(runtime.database, runtime.inbox, older_than_s=0)
    assert sum(one.is_file() for one in runtime.inbox.folder.rglob("*")) == ROWS - 1

    again = receive(runtime, "default", read(path))
    assert (again.accepted, again.repeated) == (0, ROWS - 1)
