"""What the commands of a tenant's phrase lists (vocabulary, lexicon) do and show alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import click

from service import settings
from service.cli.show import line

if TYPE_CHECKING:
    from data.phrase_lists import Stored
    from data.types import Refusal

SHOWN = 20
Name: TypeAlias = Literal["vocabulary", "lexicon"]


def put(name: Name, entries: Sequence[Any], tenant: str) -> Stored:
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        stored: Stored = getattr(stores, name).put(entries)
        stores.audit.write("cli", f"{name}.write", name, {"count": len(entries)})
    return stored


def remove(name: Name, phrases: Sequence[str], tenant: str) -> int:
    """How many of them there were."""
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        removed: int = getattr(stores, name).remove(phrases)
        if removed:
            stores.audit.write("cli", f"{name}.remove", name, {"count": removed})
    return removed


def show_stored(stored: Stored, as_json: bool) -> None:
    _show(stored, as_json, {})


def show_imported(stored: Stored, refused: Sequence[Refusal], read: int, as_json: bool) -> None:
    """Ends the process with 1 where every row was refused."""
    _show(stored, as_json, {"refused": [asdict(one) for one in refused]})
    for one in refused[:SHOWN]:
        click.echo(f"{one.code}: row {one.row}: {one.message}".replace("\n", " "), err=True)
    if refused and len(refused) == read:
        raise SystemExit(1)


def show_removed(removed: int, as_json: bool) -> None:
    click.echo(json.dumps({"removed": removed})) if as_json else line(f"removed {removed}")


def _show(stored: Stored, as_json: bool, more: dict[str, list[dict[str, object]]]) -> None:
    if as_json:
        click.echo(json.dumps({**asdict(stored), **more}))
        return
    counts = {**asdict(stored), **{name: len(found) for name, found in more.items()}}
    line(", ".join(f"{name} {count}" for name, count in counts.items()))
