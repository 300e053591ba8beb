"""A recording becomes words: in the child process, window by window, each finished one stored encrypted."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, reduce
from typing import TYPE_CHECKING

from data.inbox import InboxItem
from data.inbox_cipher import Sealed
from data.stores import Stores
from data.types import Role, Segment, Transcript
from service.hearing import HearingOrder, HearingProgress, Window
from service.runtime import Runtime
from service.stages.work import KeepGoing, Outcome, Owed, attempt

if TYPE_CHECKING:
    from pydantic import TypeAdapter

HEAR = "service.hearing:hear"
PROGRESS_EVERY_S = 2.0
MOSTLY_MISSING = "mostly_missing"
"""Of a recording of which less than REVIEW_SHARE could be decoded: what it was about is to be checked (F19)."""
REVIEW_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A transcript whose encrypted file is durable; its row is not written yet."""

    item: InboxItem
    transcript: Transcript


def compute(runtime: Runtime, tenant: str, owed: Sequence[Owed], keep_going: KeepGoing) -> Iterator[Outcome]:
    for one in owed:
        yield attempt(one, lambda one: _transcribe(runtime, tenant, one, keep_going))


def save(runtime: Runtime, stores: Stores, results: Sequence[tuple[Owed, Heard]]) -> None:
    for owed, heard in results:
        _save(runtime, stores, owed, heard)


def _save(runtime: Runtime, stores: Stores, owed: Owed, value: Heard) -> None:
    """In place of a transcript that was made of another description of the recording."""
    for item in stores.inbox.of(owed.id):
        if item.kind == "transcript":
            stores.inbox.destroy(item.id, runtime.inbox)
    stores.inbox.add(value.item, owed.id)
    stores.stages.drop_checkpoints(owed.claim.key, runtime.inbox)
    heard = value.transcript
    stores.interactions.save_transcript_meta(
        owed.id,
        duration_s=heard.duration_s,
        language=heard.language,
        flags=heard.flags,
        provenance=heard.provenance,
    )


def _transcribe(runtime: Runtime, tenant: str, owed: Owed, keep_going: KeepGoing) -> Heard:
    with runtime.database.tenant(tenant) as stores:
        source = stores.inbox.audible(owed.id)
        stored = stores.stages.checkpoints(owed.claim.key)
    windows = [read_window(runtime.inbox.read(item)) for item in stored]
    if not windows or len(windows) < windows[0].of:
        windows += _hear(runtime, tenant, owed, runtime.inbox.sealed(source), windows, keep_going)
    transcript = joined(windows, owed.record.channel_map)
    item = runtime.inbox.write(tenant, "transcript", transcript_json(transcript)).item
    return Heard(item=item, transcript=transcript)


def _hear(
    runtime: Runtime, tenant: str, owed: Owed, source: Sealed, stored: Sequence[Window], keep_going: KeepGoing
) -> Iterator[Window]:
    """The windows that are not stored yet; each but the last is stored before the next begins."""
    told_s = 0.0
    with runtime.database.tenant(tenant) as stores:
        order = replace(_order(runtime, owed, stored), vocabulary=stores.vocabulary.all())
    timeout_s = runtime.settings.stage_timeout_s
    for heard in runtime.child.run(HEAR, source, order, timeout_s=timeout_s, keep_going=keep_going):
        if isinstance(heard, HearingProgress):
            if time.monotonic() - told_s >= PROGRESS_EVERY_S:
                told_s = time.monotonic()
                with runtime.database.tenant(tenant) as stores:
                    stores.stages.progress(owed.claim, heard.share)
            continue
        if heard.index + 1 < heard.of:
            _checkpoint(runtime, tenant, owed, heard)
        yield heard


def _order(runtime: Runtime, owed: Owed, stored: Sequence[Window]) -> HearingOrder:
    settings = runtime.settings
    known = (window.language for window in stored)
    return HearingOrder(
        model=runtime.models.transcriber(),
        device=settings.asr_device,
        compute_type=settings.asr_compute_type,
        threads=settings.threads,
        language=owed.record.language or settings.asr_language or next(filter(None, known), None),
        channel_map=owed.record.channel_map,
        window_s=settings.asr_window_s,
        voices=runtime.models.voices(),
        audio_max_s=settings.audio_max_s,
        media_type=owed.record.media_type,
        first_window=len(stored),
    )


def _checkpoint(runtime: Runtime, tenant: str, owed: Owed, window: Window) -> None:
    """Raises StaleToken (permanent): another worker is at it, so listening on is of no use."""
    item = runtime.inbox.write(tenant, "checkpoint", _windows().dump_json(window)).item
    with runtime.database.tenant(tenant) as stores:
        stores.stages.save_checkpoint(owed.claim, window.index, item)


def joined(windows: Sequence[Window], channel_map: tuple[Role, ...] | None) -> Transcript:
    """One transcript of all windows; what is wrong with a channel is so in all of them."""
    from asr import assemble, cast, join_levels

    channels = reduce(lambda one, other: one & other, (window.channels for window in windows))
    share = _decoded_share(windows)
    lacking = (MOSTLY_MISSING,) if share < REVIEW_SHARE else ()
    found = cast(_segments(windows), channels, channel_map)
    transcript = assemble(
        found.segments,
        duration_s=windows[-1].duration_s,
        provenance=windows[-1].provenance,
        levels=join_levels(window.levels for window in windows),
        flags=(*(flag for window in windows for flag in window.flags), *lacking, *channels.flags, *found.flags),
    )
    return replace(transcript, decoded_share=share)


def _decoded_share(windows: Sequence[Window]) -> float:
    """How much of the recording is sound and not lost, 0–1, by what it declares or else by how long it is."""
    whole_s = windows[-1].declared_s or windows[-1].duration_s
    return min(1.0, sum(window.decoded_s for window in windows) / whole_s) if whole_s else 1.0


def _segments(windows: Sequence[Window]) -> Iterator[Segment]:
    """Of all windows; somebody who speaks in several is the same speaker in all of them."""
    from asr import same_voices

    for window, voices in zip(windows, same_voices([window.voices for window in windows]), strict=True):
        for segment in window.segments:
            yield segment if segment.speaker is None else replace(segment, speaker=voices[segment.speaker])


def read_window(content: bytes) -> Window:
    return _windows().validate_json(content)


def transcript_json(transcript: Transcript) -> bytes:
    return _transcripts().dump_json(transcript)


def read_transcript(content: bytes) -> Transcript:
    return _transcripts().validate_json(content)


@cache
def _windows() -> TypeAdapter[Window]:
    from pydantic import TypeAdapter

    return TypeAdapter(Window)


@cache
def _transcripts() -> TypeAdapter[Transcript]:
    from pydantic import TypeAdapter

    return TypeAdapter(Transcript)
