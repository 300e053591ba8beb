"""Accepting a contact: its original is encrypted and durable first, then its row and its work in one transaction.

A crash between the two leaves a file without a key, which the sweep deletes, and whoever delivered was told nothing
yet. Whatever was answered is there.
"""

from __future__ import annotations

from collections.abc import Callable

from data.database import Database
from data.inbox import Inbox, Writer
from data.interactions import Added, NewInteraction
from data.stores import Stores
from data.types import Delivery


def accept(
    database: Database,
    inbox: Inbox,
    tenant: str,
    delivery: Delivery,
    *,
    enqueue: Callable[[Stores, Added], None],
    source: str | None = None,
) -> Added:
    """The interaction of a delivery, new or known, once it is durable.

    ``enqueue`` notes what is owed (stage run and job) within the same transaction; it is called for a repeated
    delivery too, since late metadata may change what is owed. Raises StorageFull, DatabaseUnavailable (retry).
    """
    return accept_written(
        database,
        inbox,
        tenant,
        delivery,
        inbox.write(tenant, "original", delivery.payload),
        enqueue=enqueue,
        source=source,
    )


def accept_written(
    database: Database,
    inbox: Inbox,
    tenant: str,
    delivery: Delivery,
    written: Writer,
    *,
    enqueue: Callable[[Stores, Added], None],
    source: str | None = None,
) -> Added:
    """As ``accept``, for an original that was streamed into the inbox already; ``delivery.payload`` is not read.

    The inbox item goes again where it is not needed: the delivery is a repeated one, or was not accepted.
    """
    added: Added | None = None
    try:
        with database.tenant(tenant) as stores:
            added = stores.interactions.add(_new(delivery, written, source))
            enqueue(stores, added)
    except BaseException:
        added = None
        raise
    finally:
        if added is None or added.repeated:
            inbox.remove(written.item.path)
    return added


def _new(delivery: Delivery, written: Writer, source: str | None) -> NewInteraction:
    return NewInteraction(
        content_id=written.digest,
        channel=delivery.channel,
        name=delivery.name,
        media_type=delivery.media_type,
        metadata=delivery.metadata,
        original=written.item,
        source=source,
        joined=delivery.joined,
    )
