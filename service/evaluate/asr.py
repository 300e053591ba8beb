"""Word error, speed and memory of transcription, and of plain faster-whisper's default call on the same model."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from asr import Vocabulary, assemble, choose_model, is_suspect, load_transcriber, transcribe
from data.errors import InputRefused, InputUnreadable, TableUnreadable
from data.models import resolve
from data.types import VocabularyEntry
from ingest.audio import decode
from service.evaluate.harness import PeakMemory, say
from service.evaluate.scores_words import Errors, count_errors, total


@dataclass(frozen=True, slots=True)
class Clip:
    path: Path
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What one side wrote of a clip, how much sound it was, and how long it took."""

    text: str
    duration_s: float
    seconds: float = 0.0


LENGTHS = {"under_30_s": 30.0, "under_3_min": 180.0, "longer": float("inf")}
"""Recordings by their duration: short ones are dominated by what each costs whatever its length."""


def ours(
    *,
    manifest: str,
    language: str | None = None,
    model: str = "auto",
    model_dir: str,
    device: str = "auto",
    compute_type: str = "auto",
    threads: int = 1,
    vocabulary: str | None = None,
) -> dict[str, Any]:
    """The figures of this product's transcription, as the pipeline runs it; ``vocabulary`` is a file of names."""
    names = Vocabulary(_names(vocabulary))
    transcriber = load_transcriber(
        _model(model, model_dir, device), device=device, compute_type=compute_type, threads=threads
    )

    def hear(clip: Clip) -> Heard:
        audio = decode(clip.path)
        heard = transcribe(transcriber, audio.samples, language=language)
        segments = (names.corrected(part, audio.samples[part.channel], transcriber) for part in heard)
        transcript = assemble(segments, duration_s=audio.decoded_s, provenance=transcriber.provenance)
        said = [segment.text for segment in transcript.segments if not is_suspect(segment)]
        return Heard(" ".join(said), audio.decoded_s)

    return _figures(Path(manifest), hear)


def baseline(
    *,
    manifest: str,
    language: str | None = None,
    model: str = "auto",
    model_dir: str,
    device: str = "auto",
    compute_type: str = "auto",
    threads: int = 1,
    vocabulary: str | None = None,
) -> dict[str, Any]:
    """The same figures of faster-whisper's own call with its defaults, on the same weights, device and threads; the
    ``vocabulary`` is ours alone."""
    plain = _plain_model(_model(model, model_dir, device), device, compute_type, threads)

    def hear(clip: Clip) -> Heard:
        segments, info = plain.transcribe(str(clip.path), language=language)
        return Heard(" ".join(segment.text for segment in segments), info.duration)

    return _figures(Path(manifest), hear)


def _names(vocabulary: str | None) -> list[VocabularyEntry]:
    from ingest.vocabulary import read_vocabulary

    read = read_vocabulary(Path(vocabulary)) if vocabulary else ()
    return [one for one in read if isinstance(one, VocabularyEntry)]


def _model(name: str, model_dir: str, device: str) -> str | Path:
    folder = Path(model_dir)
    return resolve(choose_model(name, folder, device), folder)


def _plain_model(model: str | Path, device: str, compute_type: str, threads: int) -> Any:
    from asr.whisper import plain_model

    return plain_model(model, device=device, compute_type=compute_type, threads=threads)


def _hear_or_say(hear: Callable[[Clip], Heard], clip: Clip) -> Heard:
    """What is heard; nothing, so that all its words count as missed, where the recording cannot be read."""
    began = time.perf_counter()
    try:
        return replace(hear(clip), seconds=time.perf_counter() - began)
    except InputRefused as error:
        say(f"{clip.path.name}: {error}; counted as missed")
        return Heard("", 0.0)


def _figures(manifest: Path, hear: Callable[[Clip], Heard]) -> dict[str, Any]:
    clips = read_manifest(manifest)
    with PeakMemory() as memory:
        began = time.perf_counter()
        heard = [_told(_hear_or_say(hear, clip), number, len(clips)) for number, clip in enumerate(clips, start=1)]
        seconds = time.perf_counter() - began
    return {
        **scores(clips, [one.text for one in heard]),
        "speed_x": round(sum(one.duration_s for one in heard) / seconds, 2),
        "rss_mb": memory.mb,
        "by_length": by_length(clips, heard),
    }


def by_length(clips: Sequence[Clip], heard: Sequence[Heard]) -> dict[str, dict[str, Any] | None]:
    """Error and speed of recordings of one length; null where there is none."""
    found: dict[str, dict[str, Any] | None] = {}
    shortest = 0.0
    for name, longest in LENGTHS.items():
        pairs = [pair for pair in zip(clips, heard, strict=True) if shortest <= pair[1].duration_s < longest]
        found[name] = _of_length(pairs) if pairs else None
        shortest = longest
    return found


def _of_length(pairs: Sequence[tuple[Clip, Heard]]) -> dict[str, Any]:
    errors = total(count_errors(clip.text, one.text, clip.language) for clip, one in pairs)
    audio_s = sum(one.duration_s for _, one in pairs)
    seconds = sum(one.seconds for _, one in pairs)
    return {"n": len(pairs), "speed_x": round(audio_s / seconds, 2) if seconds else None, **_rates(errors)}


def _told(heard: Heard, number: int, of: int) -> Heard:
    if number % 10 == 0 or number == of:
        say(f"{number} of {of} recordings")
    return heard


def read_manifest(path: Path) -> list[Clip]:
    """The clips of a JSONL manifest, ``file`` taken relative to it. Raises TableUnreadable (permanent)."""
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        clips = [Clip(path.parent / line["file"], line["lang"], line["text"]) for line in lines]
    except (ValueError, KeyError, TypeError) as error:
        raise TableUnreadable(f"{path.name}: each line is an object with file, lang and text ({error!r})") from error
    if not clips:
        raise TableUnreadable(f"{path.name}: no line")
    if missing := [clip.path.name for clip in clips if not clip.path.is_file()]:
        raise InputUnreadable(f"{missing[0]} and {len(missing) - 1} more")
    return clips


def scores(clips: Iterable[Clip], texts: Iterable[str]) -> dict[str, Any]:
    """Error over all clips, and for each language."""
    counted = [(c.language, count_errors(c.text, text, c.language)) for c, text in zip(clips, texts, strict=True)]
    languages = sorted({language for language, _ in counted})
    return {
        **_rates(total(errors for _, errors in counted)),
        "by_lang": {
            language: _rates(total(errors for spoken, errors in counted if spoken == language))
            for language in languages
        },
    }


def _rates(errors: Errors) -> dict[str, Any]:
    return {"wer": errors.wer, "cer": errors.cer, "words": errors.words}
