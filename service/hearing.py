"""What the child process does: decodes a recording window by window and streams what is heard.

``hear`` runs there (see ``service.child``); its arguments and what it yields cross the process boundary as values.
"""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from asr import ChannelCheck, Voice
from data.inbox_cipher import Sealed
from data.types import Provenance, Role, Segment, VocabularyEntry

if TYPE_CHECKING:
    from asr import Diarized, Transcriber
    from asr.channels import Legs

MIXED = "voices_mixed"
"""Several people may share a channel, and no speaker encoder is there to tell them apart."""
PROGRESS_EVERY_S = 2.0
"""Of the recording: segments come faster than anybody looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingOrder:
    """How a recording is to be transcribed. ``first_window`` skips those that are stored already."""

    model: str
    device: str
    compute_type: str
    threads: int
    language: str | None
    channel_map: tuple[Role, ...] | None
    window_s: float
    audio_max_s: float
    voices: str | None = None
    """The folder of the speaker encoder; None: people who share a channel are not told apart."""
    media_type: str | None = None
    first_window: int = 0
    vocabulary: tuple[VocabularyEntry, ...] = ()
    """Names that are put right where they were misheard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingProgress:
    """How much of the recording has been heard, 0–1."""

    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One finished window: all that was heard in it, times counted from the recording's begin."""

    index: int
    of: int
    segments: tuple[Segment, ...]
    language: str | None
    duration_s: float
    """Of the whole recording."""
    channels: ChannelCheck
    flags: tuple[str, ...]
    provenance: Provenance
    decoded_s: float
    """How much sound there was in it, without the gaps."""
    declared_s: float | None = None
    """How long the whole recording says it is."""
    voices: tuple[Voice, ...] = ()
    """Of those who share a channel; a segment's ``speaker`` is a place among them."""
    levels: tuple[str, ...] = ()
    """How loud each channel is, as ``asr.levels`` has it."""


Heard: TypeAlias = HearingProgress | Window


def hear(source: bytes | Sealed, order: HearingOrder) -> Iterator[Heard]:
    """The windows of a recording in order, and progress within each. The model stays in memory for the next call.

    Raises AudioUnreadable, AudioNoStream, AudioTooLong, ChannelMapInvalid (permanent), ModelUnavailable (retry).
    """
    if isinstance(source, bytes):
        yield from _hear(io.BytesIO(source), order)
    else:
        with source.opened() as stream:
            yield from _hear(stream, order)


def _hear(source: BinaryIO, order: HearingOrder) -> Iterator[Heard]:
    from ingest.audio import probe

    duration_s = probe(source, max_s=order.audio_max_s, media_type=order.media_type).duration_s
    ears = transcriber(order.model, order.device, order.compute_type, order.threads)
    count = max(1, -int(-duration_s // order.window_s))
    language = order.language
    for index in range(order.first_window, count):
        window = yield from _hear_window(source, order, ears, language, index, count, duration_s)
        language = window.language
        yield window


def _hear_window(
    source: BinaryIO,
    order: HearingOrder,
    ears: Transcriber,
    language: str | None,
    index: int,
    count: int,
    duration_s: float,
) -> Generator[HearingProgress, None, Window]:
    """Progress while it listens; returns the window."""
    from asr import Vocabulary, check_channels, levels, shared_channel, transcribe
    from ingest.audio import decode

    begin_s = index * order.window_s
    # The last window has no end: a header may declare less than there is to decode.
    end_s = begin_s + order.window_s if index + 1 < count else None
    audio = decode(source, begin_s=begin_s, end_s=end_s, media_type=order.media_type)
    heard: list[Segment] = []
    told_s = begin_s
    offset_ms = round(begin_s * 1000)
    vocabulary = Vocabulary(order.vocabulary)
    for segment in transcribe(
        ears,
        audio.samples,
        channel_map=order.channel_map,
        language=language,
        offset_ms=offset_ms,
    ):
        leg = audio.samples[segment.channel]
        heard.append(vocabulary.corrected(segment, leg, ears, offset_ms=offset_ms))
        if segment.end_ms / 1000 - told_s >= PROGRESS_EVERY_S:
            told_s = segment.end_ms / 1000
            yield HearingProgress(share=min(1.0, told_s / max(duration_s, 1)))
    channels = check_channels(audio.samples)
    shared = shared_channel(channels, order.channel_map)
    mixed = MIXED if shared is not None and heard and order.voices is None else None
    diarized = _told_apart(order, audio.samples, shared, heard, offset_ms)
    return Window(
        index=index,
        of=count,
        segments=diarized.segments,
        language=language or _language(heard),
        duration_s=duration_s,
        channels=channels,
        flags=(*audio.flags, mixed) if mixed else audio.flags,
        provenance=ears.provenance,
        levels=levels(audio.samples),
        decoded_s=audio.decoded_s,
        declared_s=audio.declared_s,
        voices=diarized.voices,
    )


def _told_apart(
    order: HearingOrder, samples: Legs, shared: int | None, heard: Sequence[Segment], offset_ms: int
) -> Diarized:
    """Who says what, where several share a channel and voices can be compared."""
    from asr import Diarized, diarize, load_voices

    if shared is None or order.voices is None or not heard:
        return Diarized(segments=tuple(heard), voices=())
    return diarize(samples[shared], heard, load_voices(Path(order.voices)), offset_ms=offset_ms)


def _language(segments: list[Segment]) -> str | None:
    """The language most of the speech is in; None while nobody is surely heard: hold music speaks any language."""
    from asr import UNDETERMINED, is_suspect, spoken_language

    spoken = spoken_language(segment for segment in segments if not is_suspect(segment))
    return None if spoken == UNDETERMINED else spoken


@cache
def transcriber(model: str, device: str, compute_type: str, threads: int) -> Transcriber:
    from asr import load_transcriber

    return load_transcriber(model, device=device, compute_type=compute_type, threads=threads)
