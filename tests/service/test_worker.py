"""Real worker processes: killed, stopped and asked to end, and nothing is lost or done twice."""

from __future__ import annotations

import os
import signal
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psutil
import pytest

from data.samples import FORTNIGHT
from data.types import Channel, Delivery
from data.verify import sweep_orphans
from ingest.audio import decode
from service.reception import receive
from service.runtime import Runtime
from service.serving import environment
from service.stages.transcribe import read_transcript
from tests.ingest.audio_samples import wav

pytestmark = pytest.mark.models
DEADLINE_S = 60.0
CALL_S, WINDOW_S = 24.0, 6.0
"""Speech enough for four windows, each begun well before somebody who looks has seen the one before."""
FROM_BEGIN_TO_END = ("customer care", "too many times", "full name")
"""Said at the begin of the call, within it, and at its end."""


@contextmanager
def _worker(runtime: Runtime, *queues: str, stderr: IO[str] | None = None) -> Iterator[psutil.Popen]:
    """A worker process of its own; whatever became of it, it is gone afterwards."""
    options = [part for queue in queues for part in ("--queue", queue)]
    env = os.environ | environment(runtime.settings) | {"OMP_NUM_THREADS": "2"}
    process = psutil.Popen([sys.executable, "-m", "service.cli", "worker", *options], env=env, stderr=stderr)
    try:
        yield process
    finally:
        for one in [*_children(process), process]:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait()


def _children(process: psutil.Process) -> list[psutil.Process]:
    return process.children(recursive=True) if process.is_running() else []


def _wait(until: Callable[[], object], seconds: float = DEADLINE_S) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


@pytest.fixture
def spoken(runtime: Runtime, model_dir: Path) -> uuid.UUID:
    """An accepted call with speech in several windows."""
    sound = decode(FORTNIGHT / "calls" / "call-01.ogg", end_s=CALL_S).samples.T
    delivery = Delivery(name="call.wav", channel=Channel.VOICE, media_type="audio/wav", payload=wav(sound))
    [interaction_id] = receive(runtime, "default", [delivery]).ids
    return interaction_id


def _windows(runtime: Runtime, interaction_id: uuid.UUID) -> int:
    with runtime.database.tenant("default") as stores:
        return sum(item.kind == "checkpoint" for item in stores.inbox.of(interaction_id))


def _state(runtime: Runtime, interaction_id: uuid.UUID, stage: str) -> str | None:
    with runtime.database.tenant("default") as stores:
        return next((run.state for run in stores.stages.of(interaction_id) if run.key.stage == stage), None)


def _transcripts(runtime: Runtime, interaction_id: uuid.UUID) -> list[str]:
    with runtime.database.tenant("default") as stores:
        items = [item for item in stores.inbox.of(interaction_id) if item.kind == "transcript"]
    return [" ".join(s.text for s in read_transcript(runtime.inbox.read(item)).segments) for item in items]


def _annotations_owed(runtime: Runtime, interaction_id: uuid.UUID) -> int:
    with runtime.database.tenant("default") as stores:
        return sum(run.key.stage == "annotate" for run in stores.stages.of(interaction_id))


@pytest.fixture
def settings(settings: object) -> object:
    return settings.model_copy(update={"asr_window_s": WINDOW_S, "worker_grace_s": 1.0})  # type: ignore[attr-defined]


def test_f01_kill_9_while_transcribing_costs_one_window_and_makes_one_transcript(
    runtime: Runtime, spoken: uuid.UUID
) -> None:
    with _worker(runtime, "gpu") as first:
        _wait(lambda: _windows(runtime, spoken) >= 2)
        children = _children(first)
        first.send_signal(signal.SIGKILL)
        first.wait()
        _, alive = psutil.wait_procs(children, timeout=5)
        assert not alive, "the child outlived its worker"
    kept = _windows(runtime, spoken)
    with _worker(runtime, "gpu"):
        _wait(lambda: _state(runtime, spoken, "transcribe") == "done")
    assert kept >= 2
    [text] = _transcripts(runtime, spoken)
    assert all(word in text.lower() for word in FROM_BEGIN_TO_END)
    assert _windows(runtime, spoken) == 0
    assert _annotations_owed(runtime, spoken) == 1
    sweep_orphans(runtime.database, runtime.inbox, older_than_s=0)
    files = [path for path in runtime.inbox.folder.rglob("*") if path.is_file()]
    assert len(files) == 2, "the original and the transcript"


def test_f03_a_worker_that_slept_finds_its_work_taken_over(runtime: Runtime, spoken: uuid.UUID, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as stderr, _worker(runtime, "gpu", stderr=stderr) as first:
        _wait(lambda: _windows(runtime, spoken) >= 1)
        first.suspend()
        with _worker(runtime, "gpu"):
            _wait(lambda: _state(runtime, spoken, "transcribe") == "done")
            first.resume()
            _wait(lambda: f"stale_token: transcribe of {spoken}" in log.read_text())
            assert first.is_running(), "it goes on working"
    assert len(_transcripts(runtime, spoken)) == 1
    assert _annotations_owed(runtime, spoken) == 1


def test_f14_sigterm_hands_the_work_back_within_the_grace_time(runtime: Runtime, spoken: uuid.UUID) -> None:
    with _worker(runtime, "gpu") as first:
        _wait(lambda: _windows(runtime, spoken) >= 1)
        first.terminate()
        began = time.monotonic()
        assert first.wait(runtime.settings.worker_grace_s + 10) == 0
        assert time.monotonic() - began < runtime.settings.worker_grace_s + 5
    assert _state(runtime, spoken, "transcribe") == "waiting"
    with _worker(runtime, "gpu"):
        _wait(lambda: _state(runtime, spoken, "transcribe") == "done")
    assert len(_transcripts(runtime, spoken)) == 1
