"""``reasonance review``, ``correct`` and ``drift``: what to correct, correcting it, and when to discover again."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from service import settings
from service.cli.filters import AS_JSON, TENANT
from service.cli.show import line, table

NONE = "none"


@click.command()
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--cursor", help="Where the page before ended.")
@TENANT
@AS_JSON
def review(limit: int, cursor: str | None, tenant: str, as_json: bool) -> None:
    """List the contacts whose correction teaches most, spread over the reasons."""
    from service import learning
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime:
        page = learning.review(runtime, tenant, limit=limit, cursor=cursor)
    if as_json:
        click.echo(json.dumps(asdict(page), default=str))
        return
    rows = []
    for item in page.items:
        reason = item.interaction.reason
        given = (reason.name if reason and reason.id else "unassigned") or ""
        confidence = f"{reason.confidence:.2f}" if reason else ""
        rows.append((f"{item.teaches:.2f}", given, confidence, item.interaction.issue or "", str(item.interaction.id)))
    table(("teaches", "reason now", "sure", "what it is about", "id"), rows, title=f"{page.total} contacts to look at")
    if page.next_cursor:
        line(f"more with --cursor {page.next_cursor}")


@click.command()
@click.argument("interaction")
@click.argument("reason")
@TENANT
@AS_JSON
def correct(interaction: str, reason: str, tenant: str, as_json: bool) -> None:
    """Give a contact its true reason, for good. REASON is a reason's id, or none where it has none of them."""
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        given = stores.corrections.correct(interaction, None if reason == NONE else reason, actor="cli")
        name = stores.reasons.get(given.reason_id).name if given.reason_id else "no reason"
    click.echo(json.dumps(asdict(given), default=str)) if as_json else line(f"{given.interaction_id}: {name}")


@click.command()
@click.option("--days", type=click.IntRange(1, 366), default=28, show_default=True, help="To the newest contact.")
@TENANT
@AS_JSON
def drift(days: int, tenant: str, as_json: bool) -> None:
    """Tell whether new contacts are still what the last discovery was made of."""
    from service import learning
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime:
        found = learning.drift(runtime, tenant, days)
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    rows = [
        (name, side.contacts, f"{side.unassigned_share:.1%}", *(side.distance_quartiles or ("", "", "")))
        for name, side in (("last discovery", found.before), (f"last {days} days", found.now))
    ]
    table(("", "contacts", "unassigned", "distance 25 %", "50 %", "75 %"), rows)
    if found.discover_again is None:
        line("Too few contacts to tell.")
    elif found.discover_again:
        line(f"Discover again: {', '.join(sign.replace('_', ' ') for sign in found.signs)}.")
    else:
        line("No need to discover again.")
