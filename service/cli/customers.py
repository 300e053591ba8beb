"""``reasonance episodes``, ``repeats``, ``dispositions``: who came back, and whether the agents' codes tell why."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from service import settings
from service.cli.filters import AS_JSON, TENANT, filtered, read_filter
from service.cli.show import line, table

if TYPE_CHECKING:
    from service.episodes import RepeatGroup

DIMENSIONS = ("reason", "queue", "agent", "team", "channel")
DAYS = click.option(
    "--days",
    type=click.FloatRange(0, 366, min_open=True),
    default=7,
    show_default=True,
    help="A contact within so many days of the one before belongs to it.",
)
LIMIT = click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
CURSOR = click.option("--cursor", help="Where the page before ended.")


@click.command()
@filtered
@DAYS
@click.option("--min-contacts", type=click.IntRange(1), default=2, show_default=True)
@LIMIT
@CURSOR
@TENANT
@AS_JSON
def episodes(
    days: float, min_contacts: int, limit: int, cursor: str | None, tenant: str, as_json: bool, **given: Any
) -> None:
    """List one customer's contacts about one reason, as chains."""
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        wanted = read_filter(stores, given)
        page = stores.episodes.list(wanted, days=days, min_contacts=min_contacts, limit=limit, cursor=cursor)
    if as_json:
        click.echo(json.dumps(asdict(page), default=str))
        return
    rows = [
        (
            f"{one.first_contact:%Y-%m-%d}",
            f"{one.last_contact:%Y-%m-%d}",
            " → ".join(channel.value for channel in one.channels),
            one.reason_name,
            "open" if one.open else "",
            one.customer_id,
        )
        for one in page.items
    ]
    title = f"{page.total} episodes of at least {min_contacts} contacts, each within {days:g} days of the one before"
    table(("first", "last", "contacts", "reason", "", "customer"), rows, title=title)
    if page.next_cursor:
        line(f"\nmore with --cursor {page.next_cursor}")


@click.command()
@click.option("--by", type=click.Choice(DIMENSIONS), default="reason", show_default=True)
@filtered
@DAYS
@TENANT
@AS_JSON
def repeats(by: Any, days: float, tenant: str, as_json: bool, **given: Any) -> None:
    """Show how many contacts were followed by another of the same customer and reason."""
    from service.episodes import repeats as find
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        found = find(stores, (by,), read_filter(stores, given), days=days)
    if as_json:
        click.echo(json.dumps(asdict(found), default=str))
        return
    rows = [_repeat_row(found.name(group.values[by]), group) for group in found.groups]
    columns = (by, "came back", "of", "repeat rate (95 %)", "first-contact resolution", "too recent")
    table(columns, [*rows, _repeat_row("all", found.total)])
    line(f"\n{found.formula}")
    if found.observed_until:
        line(f"observed_until: {found.observed_until:%Y-%m-%d %H:%M}")
    left_out = ", ".join(f"{number} {why.replace('_', ' ')}" for why, number in found.excluded.items() if number)
    if left_out:
        line(f"left out: {left_out}")


def _repeat_row(name: str, group: RepeatGroup) -> tuple[object, ...]:
    rate = group.rate
    if rate.repeat_contact_rate is None or rate.first_contact_resolution is None:
        return (name, 0, 0, "", "", group.too_recent)
    return (
        name,
        rate.numerator,
        rate.denominator,
        f"{rate.repeat_contact_rate:.1%} ({rate.low:.1%}–{rate.high:.1%})",
        f"{rate.first_contact_resolution:.1%}",
        group.too_recent,
    )


@click.command()
@click.option("--after", help="The cursor of the answer before; none: all, from the beginning.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True)
@TENANT
@AS_JSON
def changes(after: str | None, limit: int, tenant: str, as_json: bool) -> None:
    """List customers whose tags may have changed, and the cursor to go on from."""
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        found = stores.customer_changes.after(after, limit=limit)
        stores.audit.write("cli", "customers.read", "changes", {"count": len(found.items)})
    if as_json:
        click.echo(json.dumps(asdict(found), default=str))
        return
    rows = [
        (f"{one.changed_at:%Y-%m-%d %H:%M:%S}", ", ".join(map(str, one.refs)), one.customer_id) for one in found.items
    ]
    table(("changed", "customer", "id"), rows)
    line(f"\n{'more' if found.more else 'go on later'} with --after {found.cursor}")
