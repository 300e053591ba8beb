"""What people do to reasons where models or vectors are needed: seeding, and new reasons for contacts without one."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal, TypeAlias

from data.errors import FieldInvalid
from data.reason_records import Seed
from data.stores import Stores
from service.learning import nearest
from service.runtime import Runtime

Deed: TypeAlias = Literal["pin", "unpin", "retire", "restore"]
STARTERS = ("banking", "insurance", "retail", "telecom", "utilities")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A reason that a person knows of. ``examples`` are sentences of customers; without any the name stands for one."""

    name: str
    examples: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    group: str | None = None


def starter(name: str) -> tuple[Wanted, ...]:
    """An industry's reasons to begin with. Raises FieldInvalid (permanent)."""
    if name not in STARTERS:
        raise FieldInvalid(f"there is no starter set {name!r}, but {', '.join(STARTERS)}")
    return _read((resources.files("service") / "starters" / f"{name}.toml").read_text(encoding="utf-8"))


def read(file: Path) -> tuple[Wanted, ...]:
    """The reasons of a file that is written as a starter set. Raises FieldInvalid (permanent)."""
    try:
        return _read(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise FieldInvalid(f"{file.name}: {error}") from error


def _read(text: str) -> tuple[Wanted, ...]:
    return tuple(
        Wanted(
            name=str(one["name"]),
            group=one.get("group"),
            examples=tuple(one.get("examples", ())),
            keywords=tuple(one.get("keywords", ())),
        )
        for one in tomllib.loads(text)["reason"]
    )


def seed(
    runtime: Runtime, tenant: str, wanted: Sequence[Wanted], *, actor: str, starter_name: str | None = None
) -> tuple[uuid.UUID, ...]:
    """Their ids, in order; contacts that had no reason get one of them where it fits.

    A name that there is already is that reason, unchanged. Raises FieldInvalid (permanent), ModelUnavailable (retry).
    """
    embedder = runtime.models.embedder
    texts = [one.examples or (" ".join((one.name, *one.keywords)),) for one in wanted]
    vectors = iter(embedder.encode([text for several in texts for text in several]))
    seeds = [
        Seed(
            name=one.name,
            centroid=sum(next(vectors) for _ in several) / len(several),
            keywords=one.keywords,
            group=one.group,
        )
        for one, several in zip(wanted, texts, strict=True)
    ]
    with runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        ids = stores.registry.seed(seeds, embedder=embedder.name, actor=actor, starter=starter_name)
        place(stores, embedder.name, stores.registry.unassigned())
    return ids


def change(stores: Stores, reason_id: uuid.UUID | str, deed: Deed, *, actor: str) -> None:
    """Contacts of a reason that is retired get another where it fits. Raises NotFound, Conflict (permanent)."""
    if deed == "retire":
        left = stores.registry.retire(reason_id, actor=actor)
        place(stores, stores.reasons.get(reason_id, quotes=0).embedder, left)
    else:
        getattr(stores.registry, deed)(reason_id, actor=actor)


def place(stores: Stores, embedder: str, contacts: Sequence[uuid.UUID]) -> int:
    """Gives contacts without a reason the known one that fits, where one does; returns how many got one."""
    found, vectors = stores.embeddings.of(embedder, contacts)
    if not found:
        return 0
    values = nearest(stores, embedder, vectors)
    given = [(contact, value) for contact, value in zip(found, values, strict=True) if value.reason_id is not None]
    stores.reasons.assign_all(given)
    return len(given)
