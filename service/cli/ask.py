"""``reasonance search``, ``customer`` and ``discover``: what was said, by whom, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from data.errors import QueryInvalid
from service import settings
from service.cli.filters import AS_JSON, TENANT, filtered, read_filter
from service.cli.show import line, printable, progress_bars, table

if TYPE_CHECKING:
    from data.records import InteractionRecord
    from data.search import SearchHit, SearchPage
    from data.search_locate import FoundTurn
    from data.types import Query

AROUND = 60
"""Characters shown on either side of what was found."""
TURNS_SHOWN = 3


@click.command()
@click.argument("query")
@filtered
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--cursor", help="Where the page before ended.")
@click.option("--order", type=click.Choice(["newest", "best"]), default="newest", show_default=True)
@click.option("--explain", "explained", is_flag=True, help="Say in words what is asked for, and search nothing.")
@TENANT
@AS_JSON
def search(
    query: str,
    limit: int,
    cursor: str | None,
    order: Any,
    explained: bool,
    tenant: str,
    as_json: bool,
    **given: Any,
) -> None:
    """Find who said what, and when.

    Words in any turn, "phrases" within one, prefix*, OR, NOT, a NEAR/5 b, customer:( … ), queue:billing, silence>10s,
    date>=2026-10-01: docs/search.md has them all.
    """
    from nlp.query_explain import explain
    from service.category_view import narrowing
    from service.meaning import meanings
    from service.runtime import open_runtime

    parsed = _read(query)
    if explained:
        click.echo(json.dumps({"explanation": explain(parsed)}) if as_json else explain(parsed))
        return
    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        wanted = read_filter(stores, given)
        meant = meanings(runtime, parsed)
        page = stores.search.run(parsed, wanted, limit=limit, cursor=cursor, order=order, meanings=meant)
        narrowed = narrowing(stores, wanted, parsed)
    if as_json:
        told = {"explanation": explain(parsed), "categories": [asdict(one) for one in narrowed]}
        click.echo(json.dumps({**asdict(page), **told}, default=str))
        return
    if narrowed:
        line(f"by category: {'; '.join(map(str, narrowed))}")
    _print_hits(page)


def _read(query: str) -> Query:
    """Raises QueryInvalid (permanent) with the place marked in the query."""
    from service.queries import read

    try:
        return read(query)
    except QueryInvalid as error:
        at = error.position or 0
        shown = printable(f"{query[:at]}⟪{query[at : at + 1]}⟫{query[at + 1 :]}").replace("\n", " ")
        raise QueryInvalid(f"{error.detail}, at the mark in {shown}", error.position) from None


def _print_hits(page: SearchPage) -> None:
    counted = f"{page.total} contact{'' if page.total == 1 else 's'}"
    line(counted if page.count_kind == "exact" else f"at least {counted}")
    if page.ranked is not None and page.ranked < page.total:
        line(f"the newest {page.ranked} in the order of how well they fit, then the others")
    if page.not_evaluated:
        line(f"{page.not_evaluated} more may match: not analysed yet, or not measured")
    print_hits(page.hits)
    if page.next_cursor:
        line(f"\nmore with --cursor {page.next_cursor}")


def print_hits(hits: Sequence[SearchHit]) -> None:
    """Each contact, and where in it something was found."""
    for hit in hits:
        contact = hit.interaction
        began, reasons = f"{contact.started_at:%Y-%m-%d %H:%M}", _reasons(contact)
        line(f"\n{began}  {contact.channel.value:<6}  {contact.name}  {contact.id}{reasons}")
        for turn in hit.turns[:TURNS_SHOWN]:
            line(f"  {_time(turn.begin_ms)}{turn.role.value}: {_excerpt(turn)}")
        if hit.turn_count > TURNS_SHOWN:
            line(f"  and in {hit.turn_count - TURNS_SHOWN} more turns")


def _reasons(contact: InteractionRecord) -> str:
    """The primary one first."""
    names = [reason.name for reason in (contact.reason, *contact.further_reasons) if reason and reason.name]
    return f"  {'; also '.join(names)}" if names else ""


def _time(begin_ms: int | None) -> str:
    return f"{begin_ms // 60_000}:{begin_ms // 1000 % 60:02d} " if begin_ms is not None else ""


def _excerpt(turn: FoundTurn) -> str:
    """The text around the first place, on one line."""
    first = turn.spans[0] if turn.spans else None
    begin = max(0, first.char_begin - AROUND) if first else 0
    end = (first.char_end if first else 0) + AROUND
    cut = turn.text[begin:end].replace("\n", " ")
    return ("…" if begin else "") + cut + ("…" if end < len(turn.text) else "")


@click.command()
@click.argument("ref")
@TENANT
@AS_JSON
def customer(ref: str, tenant: str, as_json: bool) -> None:
    """Show a customer's tags with their evidence. REF is crm:…, phone:…, email:… or a customer's id."""
    from service import customers
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        found = customers.find(stores, ref)
        known = customers.profile(stores, found, runtime.settings)
        stores.audit.write("cli", "customer.tags.read", str(found.id))
    if as_json:
        click.echo(json.dumps({"customer": asdict(found), **asdict(known)}, default=str))
        return
    line(f"{', '.join(map(str, found.refs))}  {found.id}")
    line(f"{found.contacts} contacts, {found.first_contact:%Y-%m-%d} to {found.last_contact:%Y-%m-%d}")
    rows = [
        (
            tag.kind.replace("_", " "),
            f"{tag.label} (version {tag.version})" if tag.version else tag.label,
            f"{tag.strength:.2f}",
            tag.count,
            f"{tag.last_seen:%Y-%m-%d}",
            next((f"“{one.quote}”" for one in tag.evidence if one.quote), ""),
        )
        for tag in known.tags
    ]
    table(("tag", "", "strength", "contacts", "last", "in their words"), rows)


@click.command()
@click.option("--granularity", type=click.Choice(["coarse", "medium", "fine"]), default="medium", show_default=True)
@TENANT
@AS_JSON
def discover(granularity: Any, tenant: str, as_json: bool) -> None:
    """Find the reasons behind all contacts anew; reasons that were known keep their ids."""
    from service import discovery
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime:
        with progress_bars() as show:
            discovery.discover(runtime, tenant, granularity, show)
        with runtime.database.tenant(tenant) as stores:
            reasons, unassigned = stores.reasons.list(quotes=1), stores.reasons.unassigned()
    if as_json:
        listed = [{"id": str(r.id), "name": r.name, "contacts": r.contacts, "keywords": r.keywords} for r in reasons]
        click.echo(json.dumps({"reasons": listed, "unassigned": unassigned}))
        return
    rows = [(r.contacts, r.name, r.quotes[0].text if r.quotes else "", str(r.id)) for r in reasons]
    table(("contacts", "reason", "a typical customer's words", "id"), [*rows, (unassigned, "unassigned", "", "")])
