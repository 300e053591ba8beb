"""Who speaks when: the share of speech that carries the right role, and the share that carries none."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr import choose_model, turns
from asr.roles import SWAPPED
from data.errors import InputUnreadable, ModelMissing, TableUnreadable
from data.models import resolve
from data.types import Role, Transcript
from ingest.audio import decode
from ingest.timeline import RATE
from service.evaluate.harness import say
from service.hearing import HearingOrder, Window, hear
from service.runtime import VOICES
from service.stages.transcribe import joined

FRAME_S = 0.01

Stretches = Sequence[tuple[str, float, float]]
"""Role, begin and end in seconds."""
Frames = Mapping[str, NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Call:
    path: Path
    turns: Stretches
    channel_map: tuple[Role, ...] | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Frames of 10 ms; ``right`` may be a part of one, where turns of ours overlap and one of them is right."""

    right: float
    judged: int
    missed: int
    gold: int


def ours(
    *,
    manifest: str,
    mix: bool = False,
    use_map: bool = False,
    model: str = "auto",
    model_dir: str,
    device: str = "auto",
    compute_type: str = "auto",
    threads: int = 1,
) -> dict[str, Any]:
    """The figures of the pipeline's own transcription, roles and turns."""
    folder = Path(model_dir)
    name = str(resolve(choose_model(model, folder, device), folder))
    counts, swapped = [], 0
    calls = read_manifest(Path(manifest))
    for number, call in enumerate(calls, start=1):
        order = HearingOrder(
            model=name,
            device=device,
            compute_type=compute_type,
            threads=threads,
            language=None,
            channel_map=call.channel_map if use_map and not mix else None,
            window_s=1800,
            audio_max_s=24 * 3600,
            voices=_voices(folder),
        )
        transcript = _transcript(source_of(call.path, mix=mix), order)
        counts.append(count(call.turns, spoken(transcript)))
        swapped += SWAPPED in transcript.flags
        say(f"{number} of {len(calls)} recordings: {call.path.name} {figures(counts[-1:])}")
    return {**figures(counts), "swapped_flagged": swapped}


def figures(counts: Iterable[Counts]) -> dict[str, float | None]:
    """Over all frames of all recordings; None where there is none to judge."""
    every = list(counts)
    judged, gold = sum(one.judged for one in every), sum(one.gold for one in every)
    return {
        "role_share": round(sum(one.right for one in every) / judged, 4) if judged else None,
        "missed_share": round(sum(one.missed for one in every) / gold, 4) if gold else None,
    }


def count(gold: Stretches, said: Stretches) -> Counts:
    """Judged are frames in exactly one gold turn and at least one of ours, missed those of any gold turn in none."""
    length = max((end for _, _, end in (*gold, *said)), default=0.0)
    true, found = frames(gold, length), frames(said, length)
    several = sum((mask.astype(int) for mask in _turns(gold, length)), np.zeros(_place(length), dtype=int))
    ours = sum((mask.astype(int) for mask in found.values()), np.zeros(_place(length), dtype=int))
    judged = (several == 1) & (ours > 0)
    nothing = np.zeros(_place(length), dtype=bool)
    right = sum(float(np.sum(1 / ours[judged & mask & found.get(role, nothing)])) for role, mask in true.items())
    return Counts(
        right=right,
        judged=int(judged.sum()),
        missed=int(((several > 0) & (ours == 0)).sum()),
        gold=int((several > 0).sum()),
    )


def frames(stretches: Stretches, length: float) -> Frames:
    """For each role, in which frames it speaks."""
    found: dict[str, NDArray[np.bool_]] = {}
    for (role, _, _), mask in zip(stretches, _turns(stretches, length), strict=True):
        found[role] = found[role] | mask if role in found else mask
    return found


def _turns(stretches: Stretches, length: float) -> list[NDArray[np.bool_]]:
    masks = []
    for _, begin, end in stretches:
        masks.append(np.zeros(_place(length), dtype=bool))
        masks[-1][_place(begin) : _place(end)] = True
    return masks


def _place(seconds: float) -> int:
    return round(seconds / FRAME_S)


def spoken(transcript: Transcript) -> Stretches:
    """Our turns, which bridge pauses of up to a second."""
    return [(turn.role.value, (turn.begin_ms or 0) / 1000, (turn.end_ms or 0) / 1000) for turn in turns(transcript)]


def _transcript(source: bytes | Path, order: HearingOrder) -> Transcript:
    content = source.read_bytes() if isinstance(source, Path) else source
    windows = [heard for heard in hear(content, order) if isinstance(heard, Window)]
    return joined(windows, order.channel_map)


def source_of(path: Path, *, mix: bool) -> bytes:
    """The recording, or with ``mix`` its channels as one."""
    if not mix:
        return path.read_bytes()
    samples = decode(path).samples.mean(axis=0)
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return target.getvalue()


def _voices(folder: Path) -> str | None:
    try:
        return str(resolve(VOICES, folder))
    except ModelMissing as error:
        say(f"{error}: voices that share a channel are not told apart")
        return None


def read_manifest(path: Path) -> list[Call]:
    """The recordings of a JSONL manifest, ``file`` relative to it.

    Raises TableUnreadable, InputUnreadable (permanent).
    """
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        calls = [_call(path.parent, line) for line in lines]
    except (ValueError, KeyError, TypeError) as error:
        raise TableUnreadable(f"{path.name}: each line is an object with file and turns ({error!r})") from error
    if not calls:
        raise TableUnreadable(f"{path.name}: no line")
    if missing := [call.path.name for call in calls if not call.path.is_file()]:
        raise InputUnreadable(f"{missing[0]} and {len(missing) - 1} more")
    return calls


def _call(folder: Path, line: Mapping[str, Any]) -> Call:
    roles = line.get("channel_map")
    return Call(
        path=folder / line["file"],
        turns=[(str(Role(turn["role"])), float(turn["start_s"]), float(turn["end_s"])) for turn in line["turns"]],
        channel_map=tuple(Role(role) for role in roles) if roles else None,
    )
