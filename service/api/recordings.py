"""A recording as a browser plays it: opened in memory, in the byte range that the player asks for (RFC 9110, 14)."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from uuid import UUID

from fastapi import Response

from data.inbox import InboxItem
from service.runtime import Runtime

RANGE = re.compile(r"bytes=(\d+)-(\d*)")
KEPT = 2


class Opened:
    """The recordings that were opened last, since a player asks for one in many pieces. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[UUID, tuple[bytes, str]] = OrderedDict()

    def get(self, runtime: Runtime, item: InboxItem, media_type: str) -> tuple[bytes, str]:
        """Raises StorageCorrupt, AudioUnreadable (permanent)."""
        from ingest.audio import playable

        with self._lock:
            if item.id not in self._kept:
                self._kept[item.id] = playable(runtime.inbox.read(item), media_type)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(item.id)
            return self._kept[item.id]


def recording(opened: Opened, runtime: Runtime, item: InboxItem, media_type: str, asked: str | None) -> Response:
    """The whole, or 206 with the range; 416 where it begins after the end."""
    content, shown_type = opened.get(runtime, item, media_type)
    headers = {"Accept-Ranges": "bytes"}
    found = RANGE.fullmatch(asked or "")
    if found is None:
        return Response(content, media_type=shown_type, headers=headers)
    begin = int(found[1])
    end = min(int(found[2]) if found[2] else len(content) - 1, len(content) - 1)
    if begin > end:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {begin}-{end}/{len(content)}"
    return Response(content[begin : end + 1], status_code=206, media_type=shown_type, headers=headers)
