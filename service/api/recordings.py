"""A recording as a browser plays it: decrypted on the way, in the byte range that is asked for (RFC 9110, 14)."""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Iterator

from fastapi import Response
from fastapi.responses import StreamingResponse

from data.errors import NotFound, RecordingNotReady, RecordingWithheld
from data.inbox import InboxItem
from data.records import InteractionRecord
from data.stores import Stores
from data.types import Channel, Stage
from ingest import is_recording
from ingest.flac import MAGIC, MEDIA_TYPE
from service.runtime import Runtime
from service.stages.mute import FEATURE

RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def playable(stores: Stores, record: InteractionRecord) -> InboxItem:
    """What may be played of a call. Raises NotFound, RecordingWithheld (permanent), RecordingNotReady (retry)."""
    if record.channel is not Channel.VOICE or not is_recording(record.media_type):
        raise NotFound("not a recording")
    item = stores.inbox.recording(record.id)
    # A call that is muted anew, since more of it was masked, waits for that.
    if muting(stores, record.id) or (item is None and _pending(stores, record)):
        raise RecordingNotReady()
    if item is None:
        reason = next((one.reason_code for one in record.skipped if one.feature == FEATURE), None)
        raise RecordingWithheld(reason) if reason else NotFound("no recording is kept")
    return item


def muting(stores: Stores, interaction_id: uuid.UUID) -> bool:
    """Whether its recording is still to be muted."""
    runs = stores.stages.of(interaction_id)
    return any(run.key.stage == Stage.MUTE.value and run.finished_at is None for run in runs)


def _pending(stores: Stores, record: InteractionRecord) -> bool:
    return record.state.value == "pending"


def recording(runtime: Runtime, item: InboxItem, media_type: str, asked: str | None) -> Response:
    """The whole, or 206 with the range; 416 where it begins after the end. Raises StorageCorrupt (permanent)."""
    head = b"".join(runtime.inbox.range(item, 0, len(MAGIC)))
    shown_type = MEDIA_TYPE if head == MAGIC else media_type
    headers = {"Accept-Ranges": "bytes"}
    begin, end, status = 0, item.size_bytes, 200
    if found := RANGE.fullmatch(asked or ""):
        begin, status = int(found[1]), 206
        end = min(int(found[2]) + 1 if found[2] else end, end)
        if begin >= end:
            return Response(status_code=416, headers={"Content-Range": f"bytes */{item.size_bytes}"})
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{item.size_bytes}"
    headers["Content-Length"] = str(end - begin)
    return StreamingResponse(_begun(runtime.inbox.range(item, begin, end)), status, headers, shown_type)


def _begun(parts: Iterator[bytes]) -> Iterator[bytes]:
    """With the first part at hand, so that a damaged file is an answer and not a broken one."""
    first = next(parts, b"")
    return itertools.chain([first], parts)
