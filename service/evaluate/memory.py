"""``evaluate memory``: what a worker and its child hold over many calls, and over a long one; see docs/evaluate.md."""

from __future__ import annotations

import statistics
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from data import embedded
from data.samples import FORTNIGHT
from data.types import Channel, Delivery
from service import intake
from service.evaluate.harness import MIB, SAMPLE_S, say
from service.reception import Summary, receive
from service.runtime import Runtime, open_runtime
from service.settings import Settings

RATE = 8000
CALL_S = 6.0
"""Of a short call: a cutting of a sample, from another place each time."""
SPEAKS_EVERY_S = 600.0
"""In the long call, which is silent otherwise, so that it takes minutes and not hours."""
WARM_SHARE = 0.2
"""The first calls, in which buffers get their size; before them a note in German, so that all models are loaded."""
LAST_SHARE = 0.1
TELL_EVERY_S = 30.0
TENANT = "default"

Sound = NDArray[np.int16]


def ours(files: int, hours: float, model: str, model_dir: str, threads: int) -> dict[str, Any]:
    """Figures over a throwaway database, by the stages that every call goes through, in this process and its child."""
    with tempfile.TemporaryDirectory(prefix="reasonance-") as folder:
        home = Path(folder)
        settings = Settings(
            data_dir=home / "data",
            model_dir=Path(model_dir),
            master_key_file=home / "master.key",
            asr_model=model,
            threads=threads,
        )
        try:
            with open_runtime(settings) as runtime:
                return _figures(runtime, home, files, hours)
        finally:
            embedded.destroy(settings.data_dir)


def _figures(runtime: Runtime, home: Path, files: int, hours: float) -> dict[str, Any]:
    began = time.monotonic()
    speech = _speech()
    _work(runtime, receive(runtime, TENANT, [_note()]), lambda: None)
    held = _over_many(runtime, receive(runtime, TENANT, _calls(speech, files)), files)
    few = max(1, int(len(held) * LAST_SHARE))
    warm, end = _median(held[int(len(held) * WARM_SHARE) :][:few]), _median(held[-few:])
    long_call = home / "long.wav"
    _write_long(long_call, speech, hours * 3600)
    with _peak() as peak_mb:
        summary = receive(runtime, TENANT, [_delivery("long.wav", long_call)])
        _work(runtime, summary, lambda: None)
        long_peak_mb = peak_mb()
    return {
        "files": files,
        "hours": hours,
        "warm_mb": round(warm.total, 1),
        "end_mb": round(end.total, 1),
        "growth_share": round(end.total / warm.total - 1, 4),
        "growth_mb": {"worker": round(end.worker - warm.worker, 1), "child": round(end.child - warm.child, 1)},
        "long_peak_mb": round(long_peak_mb, 1),
        "seconds": round(time.monotonic() - began, 1),
    }


def _over_many(runtime: Runtime, summary: Summary, files: int) -> list[Held]:
    """What was held, in order of time."""
    held: list[Held] = []
    told = TELL_EVERY_S

    def look() -> None:
        nonlocal told
        held.append(_held())
        if time.monotonic() - began > told:
            told += TELL_EVERY_S
            say(f"{told - TELL_EVERY_S:.0f} s: worker {held[-1].worker:.0f} MB, child {held[-1].child:.0f} MB")

    began = time.monotonic()
    _work(runtime, summary, look)
    say(f"{files} calls are done")
    return held


def _median(held: Sequence[Held]) -> Held:
    return Held(statistics.median(one.worker for one in held), statistics.median(one.child for one in held))


def _work(runtime: Runtime, summary: Summary, look: Callable[[], None]) -> None:
    """Raises StageFailed (retry) where one of the calls was set aside: the figures would not count it."""
    from data.errors import StageFailed
    from data.types import State

    intake.work_until_analysed(runtime, TENANT, summary, lambda *_: look())
    states = intake.result(runtime, TENANT, summary)
    if set(states.states) != {State.ANALYSED}:
        raise StageFailed(", ".join(states.codes) or "stopped")


@dataclass(frozen=True, slots=True)
class Held:
    """Resident memory in MiB; the database is not counted, which serves all workers."""

    worker: float
    child: float

    @property
    def total(self) -> float:
        return self.worker + self.child


def _held() -> Held:
    children = sum(_resident(one) for one in psutil.Process().children(recursive=True) if not _is_database(one))
    return Held(worker=_resident(psutil.Process()), child=children)


def _resident(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / MIB
    except psutil.NoSuchProcess:
        return 0.0


def _is_database(process: psutil.Process) -> bool:
    try:
        return "postgres" in process.name()
    except psutil.NoSuchProcess:
        return True


@contextmanager
def _peak() -> Iterator[Callable[[], float]]:
    """What tells the most that was held since it began."""
    seen, stop = [_held().total], threading.Event()

    def watch() -> None:
        while not stop.wait(SAMPLE_S):
            seen[0] = max(seen[0], _held().total)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield lambda: seen[0]
    finally:
        stop.set()
        thread.join()


def _speech() -> Sound:
    """All that is said in one of the samples, one leg, as a telephone carries it."""
    from ingest.audio import decode

    leg = decode(FORTNIGHT / "calls" / "call-01.ogg").samples[0]
    speech: Sound = (leg[::2] * 32767).astype(np.int16)
    return speech


def _calls(speech: Sound, files: int) -> Iterator[Delivery]:
    length = round(CALL_S * RATE)
    places = np.random.default_rng(1).integers(0, len(speech) - length, files)
    for number, at in enumerate(places):
        sound = speech[at : at + length].copy()
        sound[0] = number % 30_000  # the same sound twice would be the same call
        yield _delivery(f"call-{number}.wav", _header(length) + sound.tobytes())


def _note() -> Delivery:
    """In German: a text in another language than English takes a second model, which then stays."""
    text = "Der Kunde möchte seinen Vertrag kündigen, weil die Rechnung zu hoch ist."
    return Delivery(name="note.txt", channel=Channel.NOTE, media_type="text/plain", payload=text.encode())


def _write_long(path: Path, speech: Sound, seconds: float) -> None:
    """A call of which some seconds are spoken in each of its stretches."""
    left = round(seconds * RATE)
    stretch = np.zeros(round(SPEAKS_EVERY_S * RATE), dtype=np.int16)
    stretch[: round(CALL_S * RATE)] = speech[: round(CALL_S * RATE)]
    with path.open("wb") as file:
        file.write(_header(left))
        while left > 0:
            file.write(stretch[:left].tobytes())
            left -= len(stretch)


def _header(samples: int) -> bytes:
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", 36 + 2 * samples, b"WAVE") + fmt + struct.pack("<4sI", b"data", 2 * samples)


def _delivery(name: str, payload: bytes | Path) -> Delivery:
    return Delivery(name=name, channel=Channel.VOICE, media_type="audio/wav", payload=payload)
