"""Getting contacts in: recordings, mails, notes, tables and vCons, typed by content, with their metadata.

    path → files → kinds (what is it) → recordings | mail | rows | vcon → Delivery, Sidecar or Refusal

``audio`` and ``documents`` open later what was accepted. Nothing here opens a socket, follows a link or unpacks an
attachment.
"""

from ingest.columns import ColumnMap
from ingest.kinds import HEAD_BYTES, is_recording, sniff
from ingest.metadata import by_field, combine, read_metadata
from ingest.options import ReadOptions
from ingest.raw import Raw
from ingest.reader import read, read_bytes

__all__ = [
    "HEAD_BYTES",
    "ColumnMap",
    "Raw",
    "ReadOptions",
    "by_field",
    "combine",
    "is_recording",
    "read",
    "read_bytes",
    "read_metadata",
    "sniff",
]
