"""``reasonance categories``: rules with a name, tried on all history before they count."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service import settings
from service.cli.filters import AS_JSON, TENANT
from service.cli.show import line, table

if TYPE_CHECKING:
    from data.categories import CategoryRecord
    from data.category_matches import Counts
    from data.stores import Stores
    from service.categories import Preview
    from service.category_files import Taken
    from service.runtime import Runtime

ACTOR = "cli"


@click.group()
def categories() -> None:
    """Rules with a name, as saved queries with versions: try, publish and apply them."""


@contextmanager
def _runtime() -> Iterator[Runtime]:
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime:
        yield runtime


@contextmanager
def _stores(tenant: str) -> Iterator[Stores]:
    with _runtime() as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        yield stores


@categories.command("list")
@click.option("--retired", is_flag=True, help="Those that ended, too.")
@TENANT
@AS_JSON
def list_(retired: bool, tenant: str, as_json: bool) -> None:
    """How many contacts each matches, by the version that is applied."""
    with _stores(tenant) as stores:
        found, counts = stores.categories.list(retired=retired), stores.category_counts.matched()
    if as_json:
        click.echo(json.dumps([_plain(one, counts.get(one.id)) for one in found], default=str))
        return
    rows = ((*_counted(counts.get(one.id)), one.name, _standing(one), one.shown.query, one.id) for one in found)
    table(("matched", "share", "category", "", "query", "id"), rows)


def _plain(category: CategoryRecord, counts: Counts | None) -> dict[str, Any]:
    return {**asdict(category), "counts": asdict(counts) if counts else None}


def _counted(counts: Counts | None) -> tuple[object, str]:
    if counts is None:
        return "", ""
    return counts.matched, "" if counts.share is None else f"{100 * counts.share:.1f} %"


def _standing(category: CategoryRecord) -> str:
    if category.state != "published":
        return category.state
    newest = category.newest.version
    told = f"version {category.applied}" if category.applied else "waits to be applied"
    if category.applied and category.waits:
        told += f", {category.published} waits to be applied"
    return f"{told}, {newest} is a draft" if newest != category.published else told


@categories.command()
@click.argument("category")
@TENANT
@AS_JSON
def show(category: str, tenant: str, as_json: bool) -> None:
    """One, by name or id: what it asks for, its versions, and what each matched when it was applied."""
    from service.category_view import in_words

    with _stores(tenant) as stores:
        found = stores.categories.find(category)
        counts = stores.category_counts.matched().get(found.id)
    if as_json:
        click.echo(json.dumps(_plain(found, counts), default=str))
        return
    line(f"{found.name}  ({_standing(found)})  {found.id}")
    line(in_words(found.shown.query))
    if counts:
        line(_told(counts))
    if found.bound:
        line(f"alert {found.bound.side} {100 * found.bound.share:g} % over {found.bound.days} days")
    rows = [
        (
            *(one.version, f"{one.created_at:%Y-%m-%d %H:%M}", one.author),
            *("" if one.matched is None else one.matched, one.query, one.note),
        )
        for one in found.versions
    ]
    table(("version", "saved", "by", "matched", "query", "note"), rows)


@categories.command()
@click.argument("query", required=False)
@click.option("--category", help="The category whose next wording it may be; without QUERY, its newest version.")
@TENANT
@AS_JSON
def preview(query: str | None, category: str | None, tenant: str, as_json: bool) -> None:
    """What QUERY would match of all history, and what it shares with other categories. Changes nothing."""
    from service.categories import preview as look

    if query is None and category is None:
        raise click.UsageError("Give a QUERY or --category.")
    with _stores(tenant) as stores:
        known = stores.categories.find(category) if category else None
        found = look(stores, query if query is not None else known.newest.query if known else "", known)
    click.echo(json.dumps(asdict(found), default=str)) if as_json else _print_preview(found)


def _print_preview(found: Preview) -> None:
    from service.cli.ask import print_hits

    line(found.explanation)
    line(_told(found.counts))
    if found.change:
        line(f"{found.change.gained} more and {found.change.lost} fewer than the applied version")
    if found.overlaps:
        table(("shared", "of", "category"), ((one.both, one.its, one.name) for one in found.overlaps))
    print_hits(found.samples)


def _told(counts: Counts) -> str:
    share = "" if counts.share is None else f" ({100 * counts.share:.1f} %)"
    return f"{counts.matched} matched{share}, {counts.not_matched} not matched, {counts.not_evaluated} not evaluated"


@categories.command()
@click.argument("name")
@click.argument("query")
@click.option("--note", default="", help="Why it was changed.")
@TENANT
@AS_JSON
def save(name: str, query: str, note: str, tenant: str, as_json: bool) -> None:
    """Save QUERY as a draft called NAME, or as the next version of the category that has this name or id."""
    from data.errors import NotFound
    from service.categories import read_rule

    read_rule(query)
    with _stores(tenant) as stores:
        try:
            known = stores.categories.find(name)
        except NotFound:
            found = stores.categories.create(name, query, author=ACTOR, note=note)
        else:
            found = stores.categories.revise(known.id, query, author=ACTOR, note=note)
        stores.audit.write(ACTOR, "category.save", str(found.id), {"version": found.newest.version})
    if as_json:
        click.echo(json.dumps(asdict(found), default=str))
    else:
        line(f"saved version {found.newest.version}  {found.id}")


@categories.command()
@click.argument("category")
@click.option("--version", type=click.IntRange(min=1), help="The newest by default.")
@TENANT
@AS_JSON
def publish(category: str, version: int | None, tenant: str, as_json: bool) -> None:
    """Make a version the one that counts, and apply it to all history."""
    from service.categories import publish as make_public

    with _runtime() as runtime:
        with runtime.database.tenant(tenant) as stores:
            found = stores.categories.find(category)
        make_public(runtime, tenant, found.id, version, actor=ACTOR)
        _settle(runtime, tenant, [found], as_json)


@categories.command()
@click.argument("category", required=False)
@TENANT
@AS_JSON
def apply(category: str | None, tenant: str, as_json: bool) -> None:
    """Hold all history against a published category again, or against all of them."""
    with _runtime() as runtime:
        with runtime.database.tenant(tenant) as stores:
            found = [stores.categories.find(category)] if category else list(stores.categories.list())
        _settle(runtime, tenant, [one for one in found if one.published], as_json)


def _settle(runtime: Runtime, tenant: str, wanted: Sequence[CategoryRecord], as_json: bool) -> None:
    from service.categories import settle

    done = settle(runtime, tenant, anew=[one.id for one in wanted])
    with runtime.database.tenant(tenant) as stores:
        found = [stores.categories.get(one.id) for one in wanted]
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], default=str))
        return
    for one in found:
        applied = next((each for each in one.versions if each.version == one.applied), None)
        counts = "" if applied is None else f", {applied.matched} matched"
        line(f"{one.name}: {_standing(one)}{counts}")
    if not done:
        line("Another process is at work on it: it is applied as soon as that has ended and a worker runs.")


@categories.command()
@click.argument("category")
@TENANT
def retire(category: str, tenant: str) -> None:
    """End it: its versions are kept, its results are not. Publishing it brings it back."""
    with _stores(tenant) as stores:
        found = stores.categories.retire(stores.categories.find(category).id)
        stores.audit.write(ACTOR, "category.retire", str(found.id))
    line("retired")


@categories.command()
@click.argument("category")
@click.option("--above", type=click.FloatRange(0, 1), help="Alert where its share (0–1) is above this.")
@click.option("--below", type=click.FloatRange(0, 1), help="Alert where its share (0–1) is below this.")
@click.option("--days", type=click.IntRange(1, 366), default=7, show_default=True, help="Over so many whole days.")
@TENANT
def bound(category: str, above: float | None, below: float | None, days: int, tenant: str) -> None:
    """Raise an alert where its share crosses a bound; without one, no more."""
    from data.categories import Bound

    if above is not None and below is not None:
        raise click.UsageError("Give --above or --below.")
    wanted = None
    if above is not None:
        wanted = Bound(share=above, side="above", days=days)
    elif below is not None:
        wanted = Bound(share=below, side="below", days=days)
    with _stores(tenant) as stores:
        found = stores.categories.set_bound(stores.categories.find(category).id, wanted)
        stores.audit.write(ACTOR, "category.bound", str(found.id), asdict(wanted) if wanted else {})
    line("an alert is raised where it crosses the bound" if wanted else "no bound")


@categories.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@TENANT
@AS_JSON
def import_(file: Path, tenant: str, as_json: bool) -> None:
    """Save the categories of a file as drafts: what 'export' wrote, or Amazon Call Analytics categories (JSON).

    Tells of every rule what became of it; what the query language cannot say is left out, and said.
    """
    from service.category_files import take_in

    with _stores(tenant) as stores:
        taken = take_in(stores, file.read_bytes(), author=ACTOR)
        for one in taken:
            stores.audit.write(ACTOR, "category.save", str(one.category.id), {"version": one.category.newest.version})
    if as_json:
        click.echo(json.dumps([asdict(one) for one in taken], default=str))
        return
    for one in taken:
        _print_taken(one)


def _print_taken(taken: Taken) -> None:
    category = taken.category
    line(f"{category.name}: saved as version {category.newest.version}  {category.id}")
    line(f"  {category.newest.query}")
    for rule in taken.rules:
        notes = f": {'; '.join(rule.notes)}" if rule.notes else ""
        line(f"  rule {rule.number} ({rule.kind}) {rule.how.replace('_', ' ')}{notes}")
    if not taken.complete:
        line("  It matches more than it did there: look at it before you publish it.")


@categories.command()
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), help="A file; else standard output.")
@TENANT
def export(file: Path | None, tenant: str) -> None:
    """Write all categories as JSON that 'import' reads: name, query, note and bound of what they mean today."""
    from service.category_files import exported

    with _stores(tenant) as stores:
        content = json.dumps(exported(stores.categories.list()), indent=2, ensure_ascii=False)
    if file is None:
        click.echo(content)
    else:
        file.write_text(content + "\n", encoding="utf-8")
