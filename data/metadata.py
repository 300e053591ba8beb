"""Metadata of a contact, whenever it comes: before its media, with it, after it, twice, never (F34).

What comes before lies encrypted, under an HMAC of the name that it waits for, until the media comes.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import PurePosixPath

from sqlalchemy import Select, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data import codec
from data.errors import StorageCorrupt
from data.keys import TenantKeys
from data.tables import InteractionRow, PendingMetadataRow
from data.types import Metadata, Sidecar


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """Where a side-car went: to the interactions it names, or to wait for one (then ``interaction_ids`` is empty)."""

    interaction_ids: tuple[uuid.UUID, ...]
    changed: frozenset[str]
    """Which fields of those interactions have another value now: what depends on them is to be done again."""


class MetadataStore:
    """A tenant's side-cars. Media and side-car that come at once find each other: the name is locked."""

    def __init__(self, session: Session, tenant: str, keys: TenantKeys) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys

    def deliver(self, sidecar: Sidecar) -> Delivered:
        """Joins the side-car with the interactions that it names, or keeps it for them; the last word counts."""
        from data.interactions import InteractionStore

        lock_names(self._session, self._tenant, [sidecar.key])
        found = tuple(self._session.scalars(self._named(sidecar.key)))
        if not found:
            self._keep(sidecar)
            return Delivered(interaction_ids=(), changed=frozenset())
        store = InteractionStore(self._session, self._tenant, self._keys)
        changed = [store.update_metadata(interaction_id, sidecar.metadata) for interaction_id in found]
        return Delivered(interaction_ids=found, changed=frozenset[str]().union(*changed))

    def take(self, names: Iterable[str]) -> Metadata | None:
        """What waits for any of these names, the first name going before the next; it waits no longer."""
        waiting = [metadata for name in names if (metadata := self._take(name)) is not None]
        return combine(*waiting) if waiting else None

    def _take(self, name: str) -> Metadata | None:
        row = self._session.get(PendingMetadataRow, (self._tenant, self._found_by(name)))
        if row is None:
            return None
        self._session.delete(row)
        self._session.flush()
        return self._opened(row)

    def _keep(self, sidecar: Sidecar) -> None:
        found_by = self._found_by(sidecar.key)
        row = self._session.get(PendingMetadataRow, (self._tenant, found_by))
        metadata = combine(sidecar.metadata, self._opened(row)) if row else sidecar.metadata
        sealed = self._keys.seal(json.dumps(codec.plain(metadata)).encode(), _context(found_by))
        statement = insert(PendingMetadataRow).values(tenant=self._tenant, key_hmac=found_by, metadata_encrypted=sealed)
        key = [PendingMetadataRow.tenant, PendingMetadataRow.key_hmac]
        self._session.execute(statement.on_conflict_do_update(index_elements=key, set_={"metadata_encrypted": sealed}))
        if row:
            self._session.expire(row)

    def _opened(self, row: PendingMetadataRow) -> Metadata:
        try:
            return codec.metadata(json.loads(self._keys.open(row.metadata_encrypted, _context(row.key_hmac))))
        except (ValueError, TypeError) as error:
            raise StorageCorrupt("waiting metadata cannot be read") from error

    def _found_by(self, name: str) -> bytes:
        return self._keys.lookup("metadata", name)

    def _named(self, key: str) -> Select[uuid.UUID]:
        named = or_(
            InteractionRow.external_id == key,
            InteractionRow.name == key,
            InteractionRow.name.endswith("/" + key, autoescape=True),
        )
        wanted = (InteractionRow.tenant == self._tenant, InteractionRow.is_current, named)
        return select(InteractionRow.id).where(*wanted).order_by(InteractionRow.id)


def names_of(name: str, external_id: str | None) -> tuple[str, ...]:
    """What a side-car may call a contact: its external id, its name with folders and without."""
    names = (external_id, name, PurePosixPath(name).name)
    return tuple(dict.fromkeys(candidate for candidate in names if candidate))


def combine(*parts: Metadata) -> Metadata:
    """Of each field the first value that there is."""
    combined = Metadata()
    for part in reversed(parts):
        said = {field.name: value for field in fields(part) if (value := getattr(part, field.name)) not in (None, ())}
        combined = replace(combined, **said)
    return combined


def lock_names(session: Session, tenant: str, names: Iterable[str]) -> None:
    """Until the transaction ends no other one handles a contact of these names; always in the same order."""
    statement = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
    for name in sorted(set(names)):
        session.execute(statement, {"name": f"{tenant}:{name}"})


def _context(found_by: bytes) -> str:
    return "pending_metadata:" + found_by.hex()
