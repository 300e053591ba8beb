"""``reasonance verify``: whether everything that the tables promise is there, opens, and belongs to something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from data.blobs import Blobs
from data.database import Database
from data.errors import NotFound, StorageCorrupt
from data.files import TEMPORARY
from data.inbox import Inbox
from data.stores import Stores

FRESH_S = 24 * 3600.0
"""A file without a row that is younger than this may belong to a transaction, or an upload, that still runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that was stored and is not what it was; ``subject`` says what."""

    tenant: str
    kind: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``orphans`` are files that no row names: no fault, and swept if that was asked for."""

    items: int
    blobs: int
    faults: tuple[Fault, ...]
    orphans: tuple[str, ...]
    swept: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{fault.tenant}: {fault.kind} {fault.subject}: {fault.message}" for fault in self.faults]
        lines.append(
            f"{self.items} inbox items and {self.blobs} blobs checked: {len(self.faults)} faults,"
            f" {len(self.orphans)} files without a row, {len(self.swept)} of them deleted"
        )
        return "\n".join(lines)


def verify(database: Database, inbox: Inbox, blobs: Blobs | None = None, *, sweep: bool = False) -> Report:
    """Reads every stored item of every tenant. Safe while work goes on. Raises DatabaseUnavailable (retry)."""
    with database.sweeper() as sweeper:
        tenants = sweeper.tenants()
    faults: list[Fault] = []
    items = 0
    for tenant in tenants:
        with database.tenant(tenant) as stores:
            items += len(stores.inbox.all())
            faults += _of_tenant(stores, inbox)
    names = tuple(blobs.names()) if blobs else ()
    faults += [fault for name in names if blobs for fault in _blob(blobs, name)]
    orphans = tuple(_orphans(database, inbox))
    return Report(
        items=items,
        blobs=len(names),
        faults=tuple(faults),
        orphans=orphans,
        swept=sweep_orphans(database, inbox) if sweep else (),
    )


def sweep_orphans(database: Database, inbox: Inbox, *, older_than_s: float = FRESH_S) -> tuple[str, ...]:
    """Deletes the inbox files that no row names, and unfinished ones; returns their names."""
    # The files are listed before the rows: what is accepted in between has its row by then.
    old = {path for path, age_s in inbox.paths() if age_s >= older_than_s}
    with database.sweeper() as sweeper:
        doomed = tuple(sorted(old - sweeper.inbox_paths()))
    for path in doomed:
        inbox.remove(path)
    return doomed


def _of_tenant(stores: Stores, inbox: Inbox) -> Iterator[Fault]:
    for item in stores.inbox.all():
        try:
            for _piece in inbox.stream(item):
                pass
        except StorageCorrupt as error:
            if _still_there(stores, item.id):
                yield Fault(tenant=stores.tenant, kind=item.kind, subject=str(item.id), message=error.message)
    for sequence in stores.audit.faults():
        yield Fault(tenant=stores.tenant, kind="audit", subject=str(sequence), message="does not follow the one before")


def _still_there(stores: Stores, item_id: object) -> bool:
    """An item that was destroyed while it was read is no fault."""
    stores.session.expire_all()
    return any(item.id == item_id for item in stores.inbox.all())


def _blob(blobs: Blobs, name: str) -> Iterator[Fault]:
    try:
        blobs.get(name)
    except StorageCorrupt as error:
        yield Fault(tenant="", kind="blob", subject=name, message=error.message)
    except NotFound:
        return


def _orphans(database: Database, inbox: Inbox) -> Iterator[str]:
    paths = [path for path, _age_s in inbox.paths()]
    with database.sweeper() as sweeper:
        known = sweeper.inbox_paths()
    yield from (path for path in paths if path not in known or TEMPORARY in path)
