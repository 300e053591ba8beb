"""Which speech model this machine can run: measured here, kept, and held against the daily load."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from service.settings import Settings

STORED = "benches.json"
HEARING_HOURS = 16.0
"""Of a day: the rest is for everything else that a machine does, and for catching up."""
RECORDING = Path("calls", "call-01.ogg")
NOTES = Path("notes.csv")
WARM_S = 5.0
TEXTS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What one speech model does on this machine."""

    model: str
    model_sha256: str | None
    speed_x: float
    """Seconds of recording by seconds of work, the model being loaded."""
    peak_mb: float
    load_s: float
    recording_s: float
    device: str | None
    threads: int
    at: str
    """RFC 3339."""


def assembled(settings: Settings) -> list[str]:
    """The bundled speech models that are there and whole by a quick look."""
    from data.models import verify

    there = verify(settings.model_dir, full=False)
    return [one.name for one in there if one.state == "ok" and one.purpose.startswith("speech")]


def needed_x(hours_per_day: float | None) -> float:
    """The speed at which so many hours of recordings are heard each day; 0 where nothing is asked."""
    return (hours_per_day or 0.0) / HEARING_HOURS


def speech_model(settings: Settings) -> str:
    """The name that is set, or for ``auto`` the most accurate model that keeps up. Raises ModelMissing (retry)."""
    from asr import choose_model

    language = (settings.asr_language or "").partition("-")[0].lower()
    return choose_model(
        settings.asr_model,
        settings.model_dir,
        settings.asr_device,
        speeds={one.model: one.speed_x for one in stored(settings) if one.threads == settings.threads},
        needed_x=needed_x(settings.asr_hours_per_day),
        english=language == "en",
    )


def stored(settings: Settings) -> list[Bench]:
    """What was measured before, by model; none where that cannot be read: it is then measured again."""
    try:
        return [Bench(**one) for one in json.loads((settings.data_dir / STORED).read_bytes())]
    except (OSError, ValueError, TypeError):
        return []


def keep(settings: Settings, benches: Iterable[Bench]) -> None:
    """Stores them beside what is known of other models."""
    from data.files import durable

    known = {one.model: one for one in (*stored(settings), *benches)}
    with durable(settings.data_dir / STORED) as file:
        file.write(json.dumps([asdict(known[name]) for name in sorted(known)], indent=1).encode())


def bench(settings: Settings, model: str, recording: Path | None = None) -> Bench:
    """One model on a recording (a bundled call), in a process of its own. Raises ModelMissing, ModelCorrupt (retry),
    AudioUnreadable (permanent)."""
    from data.models import resolve
    from service.evaluate.harness import in_child

    arguments = {
        "model": str(resolve(model, settings.model_dir)),
        "recording": str(recording or sample(RECORDING)),
        "device": settings.asr_device,
        "compute_type": settings.asr_compute_type,
        "threads": settings.threads,
    }
    figures = in_child("service.model_choice:measure", arguments)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return Bench(model=model, threads=settings.threads, at=now, **figures)


def sample(name: Path) -> Path:
    """A file of the sample contact centre."""
    from data.samples import FORTNIGHT

    return FORTNIGHT / name


def measure(model: str, recording: str, device: str, compute_type: str, threads: int) -> dict[str, Any]:
    """The figures of a ``Bench``, as the pipeline transcribes; the first seconds, which warm up, are not counted."""
    from asr import load_transcriber, transcribe
    from ingest.audio import decode
    from service.evaluate.harness import PeakMemory

    with PeakMemory() as memory:
        began = time.perf_counter()
        transcriber = load_transcriber(model, device=device, compute_type=compute_type, threads=threads)
        loaded = time.perf_counter()
        for _ in transcribe(transcriber, decode(Path(recording), end_s=WARM_S).samples):
            pass
        warm = time.perf_counter()
        audio = decode(Path(recording))
        for _ in transcribe(transcriber, audio.samples):
            pass
        seconds = time.perf_counter() - warm
    return {
        "model_sha256": transcriber.provenance.model_sha256,
        "device": transcriber.provenance.device,
        "speed_x": round(audio.decoded_s / seconds, 2),
        "peak_mb": memory.mb,
        "load_s": round(loaded - began, 2),
        "recording_s": round(audio.decoded_s, 1),
    }


def embedder_speed(settings: Settings) -> Mapping[str, Any]:
    """How fast the set embedder reads: ``embedder``, ``texts_per_s`` and ``peak_mb``. Raises ModelMissing (retry)."""
    from service.evaluate.harness import in_child

    arguments = {
        "embedder": settings.embedder,
        "model_dir": str(settings.model_dir),
        "threads": settings.threads,
    }
    return in_child("service.model_choice:measure_embedder", arguments)


def measure_embedder(embedder: str, model_dir: str, threads: int) -> dict[str, Any]:
    from service.embedders import open_embedder
    from service.evaluate.harness import PeakMemory, read_rows

    notes = [row.text for row in read_rows(sample(NOTES), "text")]
    texts = [f"{number}: {notes[number % len(notes)]}" for number in range(TEXTS)]
    with PeakMemory() as memory:
        opened = open_embedder(embedder, Path(model_dir), threads=threads)
        opened.encode(texts[:16])
        began = time.perf_counter()
        opened.encode(texts)
        seconds = time.perf_counter() - began
    return {"embedder": opened.name, "texts_per_s": round(TEXTS / seconds, 1), "peak_mb": memory.mb}
