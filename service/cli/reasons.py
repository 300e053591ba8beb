"""``reasonance reasons``: the registry of reasons, and what a person may do to it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service import settings
from service.cli.filters import AS_JSON, TENANT, filtered, read_filter
from service.cli.show import line, table

if TYPE_CHECKING:
    from data.reason_records import ReasonChange, ReasonRecord
    from data.stores import Stores

ACTOR = "cli"
STARTERS = ("banking", "insurance", "retail", "telecom", "utilities")
LEVELS: Any = ("group", "reason", "detail")


@click.group()
def reasons() -> None:
    """List, read and change the reasons why customers call."""


@contextmanager
def _stores(tenant: str) -> Iterator[Stores]:
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        yield stores


@reasons.command("list")
@click.option("--level", type=click.Choice(["group", "reason", "detail"]), default="reason", show_default=True)
@click.option("--retired", is_flag=True, help="Those that ended, too.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="As it was reported at the end of this day.")
@filtered
@TENANT
@AS_JSON
def list_(level: Any, retired: bool, as_of: dt.datetime | None, tenant: str, as_json: bool, **given: Any) -> None:
    """How often each comes, the most frequent first."""
    from dataclasses import replace
    from zoneinfo import ZoneInfo

    with _stores(tenant) as stores:
        wanted = read_filter(stores, given)
        if as_of is not None:
            zone = ZoneInfo(stores.tenants.get().time_zone)
            wanted = replace(wanted, as_of=as_of.replace(tzinfo=zone) + dt.timedelta(days=1))
        found = stores.reasons.list(wanted, quotes=1, include_retired=retired, levels=(level,))
    if as_json:
        click.echo(json.dumps([asdict(reason) for reason in found], default=str))
        return
    columns = ("contacts", "reason", "a typical customer's words", "", "id")
    rows = ((r.contacts, r.name, r.quotes[0].text if r.quotes else "", _marks(r), r.id) for r in found)
    table(columns, rows)


def _marks(reason: ReasonRecord) -> str:
    marks = {
        "pinned": reason.pinned,
        "named": reason.name_source == "human",
        "seed": reason.source == "seed",
        "merged": reason.merged_into is not None,
        "retired": reason.state == "retired" and reason.merged_into is None,
    }
    return ", ".join(mark for mark, true in marks.items() if true)


@reasons.command()
@click.argument("reason")
@TENANT
@AS_JSON
def show(reason: str, tenant: str, as_json: bool) -> None:
    """One of any level: what it lies in, what it falls apart into, in whose words, and where its contacts are."""
    with _stores(tenant) as stores:
        found, holder = stores.reasons.get(reason), stores.registry.resolve(reason)
        every = stores.reasons.list(levels=LEVELS, include_retired=True)
    below = [one for one in every if one.parent_id == found.id and one.state == "active"]
    if as_json:
        lists = {"below": [asdict(one) for one in below], "contacts_are_in": holder}
        click.echo(json.dumps({**asdict(found), **lists}, default=str))
        return
    names = {one.id: one.name for one in every}
    line(f"{found.name}  ({found.level}, {found.state})  {_marks(found)}".rstrip())
    line(f"{found.contacts} contacts; {', '.join(found.keywords)}")
    if found.parent_id:
        line(f"in {names[found.parent_id]}  {found.parent_id}")
    if holder != found.id:
        line(f"its contacts are in {names[holder]}  {holder}" if holder else "its contacts went to no one reason")
    for quote in found.quotes:
        line(f"  “{quote.text}”  {quote.interaction_id}")
    if below:
        table(("contacts", "below it", "id"), ((one.contacts, one.name, one.id) for one in below))


@reasons.command()
@click.argument("reason")
@TENANT
@AS_JSON
def history(reason: str, tenant: str, as_json: bool) -> None:
    """What discoveries and people did to it, oldest first."""
    with _stores(tenant) as stores:
        stores.reasons.get(reason, quotes=0)
        changes = stores.reasons.history(reason)
        names = {one.id: one.name for one in stores.reasons.list(levels=LEVELS, include_retired=True)}
    if as_json:
        click.echo(json.dumps([asdict(change) for change in changes], default=str))
        return
    columns = ("at", "what", "reason", "others", "likeness", "before", "after", "by")
    table(columns, (_told(change, names) for change in changes))


def _told(change: ReasonChange, names: dict[Any, str]) -> tuple[object, ...]:
    return (
        f"{change.at:%Y-%m-%d %H:%M}" if change.at else "",
        change.kind,
        f"{change.detail.get('from')} → {change.detail['to']}" if "to" in change.detail else names[change.reason_id],
        ", ".join(names.get(other, str(other)) for other in change.others),
        "" if change.similarity is None else f"{change.similarity:.2f}",
        "" if change.size_before is None else change.size_before,
        "" if change.size_after is None else change.size_after,
        change.actor or "discovery",
    )


@reasons.command()
@click.argument("reason")
@click.argument("name")
@TENANT
def rename(reason: str, name: str, tenant: str) -> None:
    """Give it a name, which discoveries keep."""
    with _stores(tenant) as stores:
        stores.registry.rename(reason, name, actor=ACTOR)
    line("renamed")


@reasons.command()
@click.argument("reason")
@click.argument("into")
@TENANT
def merge(reason: str, into: str, tenant: str) -> None:
    """REASON becomes part of INTO, with its contacts; 'restore' undoes it."""
    with _stores(tenant) as stores:
        stores.registry.merge(reason, into, actor=ACTOR)
    line("merged")


@reasons.command()
@click.argument("reason")
@click.option(
    "--part",
    "parts",
    multiple=True,
    required=True,
    metavar="NAME=CONTACT,CONTACT…",
    help="A new reason's name and contacts that show what is meant; once for each.",
)
@TENANT
@AS_JSON
def split(reason: str, parts: tuple[str, ...], tenant: str, as_json: bool) -> None:
    """Make several of it, shown by examples; the other contacts go to the part they are nearest to.

    A single part is taken out, and what is left stays; of several, the largest keeps the id.
    """
    with _stores(tenant) as stores:
        ids = stores.registry.split(reason, [_part(text) for text in parts], actor=ACTOR)
        found = [stores.reasons.get(part, quotes=0) for part in ids]
    if as_json:
        click.echo(json.dumps([{"id": str(one.id), "name": one.name, "contacts": one.contacts} for one in found]))
    else:
        table(("contacts", "reason", "id"), ((one.contacts, one.name, one.id) for one in found))


def _part(text: str) -> Any:
    from data.ids import parse_id
    from data.reason_records import Part

    name, _, examples = text.rpartition("=")
    return Part(name=name, examples=tuple(parse_id(one.strip()) for one in examples.split(",") if one.strip()))


@reasons.command()
@click.argument("reason")
@click.option("--into", help="The id of a group; of a reason, for a detail.")
@click.option("--group", help="The name of a group, which is made where there is none.")
@TENANT
def move(reason: str, into: str | None, group: str | None, tenant: str) -> None:
    """Put it into another group, or out of all groups if neither option is given."""
    with _stores(tenant) as stores:
        target = stores.registry.group(group, like=reason, actor=ACTOR) if group else into
        stores.registry.move(reason, target, actor=ACTOR)
    line("moved")


@reasons.command()
@click.argument("names", nargs=-1)
@click.option("--starter", type=click.Choice(STARTERS), help="An industry's reasons, with examples.")
@click.option(
    "--from",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file of [[reason]] with name, and if you like examples, keywords and group.",
)
@TENANT
@AS_JSON
def seed(names: tuple[str, ...], starter: str | None, file: Path | None, tenant: str, as_json: bool) -> None:
    """Add reasons that you know of: by name, from a file, or a starter set. What there is already stays as it is."""
    from service import registry
    from service.runtime import open_runtime

    wanted = [registry.Wanted(name=name) for name in names]
    wanted += registry.starter(starter) if starter else ()
    wanted += registry.read(file) if file else ()
    if not wanted:
        raise click.UsageError("Name a reason, or give --starter or --from.")
    with open_runtime(settings.load()) as runtime:
        ids = registry.seed(runtime, tenant, wanted, actor=ACTOR, starter_name=starter)
        with runtime.database.tenant(tenant) as stores:
            found = [stores.reasons.get(one, quotes=0) for one in ids]
    if as_json:
        click.echo(json.dumps([{"id": str(one.id), "name": one.name, "contacts": one.contacts} for one in found]))
    else:
        table(("contacts", "reason", "id"), ((one.contacts, one.name, one.id) for one in found))


@reasons.command()
@click.argument("reason")
@TENANT
def pin(reason: str, tenant: str) -> None:
    """Keep it: no discovery merges, splits, retires or renames it."""
    _change(reason, "pin", tenant)
    line("pinned")


@reasons.command()
@click.argument("reason")
@TENANT
def unpin(reason: str, tenant: str) -> None:
    """Leave it to discoveries again."""
    _change(reason, "unpin", tenant)
    line("unpinned")


@reasons.command()
@click.argument("reason")
@TENANT
def retire(reason: str, tenant: str) -> None:
    """End it: its contacts get another reason where one fits, and no discovery brings it back."""
    _change(reason, "retire", tenant)
    line("retired")


@reasons.command()
@click.argument("reason")
@TENANT
def restore(reason: str, tenant: str) -> None:
    """Let one live again that was retired or merged, with the contacts it had."""
    _change(reason, "restore", tenant)
    line("restored")


def _change(reason: str, deed: Any, tenant: str) -> None:
    from service import registry

    with _stores(tenant) as stores:
        registry.change(stores, reason, deed, actor=ACTOR)
