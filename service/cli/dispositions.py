"""``reasonance dispositions``: wrap-up codes against the reasons that were found."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from service import settings
from service.cli.filters import AS_JSON, TENANT, filtered, read_filter
from service.cli.show import line, table

if TYPE_CHECKING:
    from classify.dispositions import Agreement
    from data.paging import Page
    from service.dispositions import Audit, Difference


@click.command()
@click.option("--by", type=click.Choice(["agent", "team"]), default="agent", show_default=True)
@click.option("--differing", is_flag=True, help="List the contacts where code and reason differ.")
@filtered
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Of contacts listed.")
@click.option("--cursor", help="Where the page before ended.")
@TENANT
@AS_JSON
def dispositions(
    by: Any, differing: bool, limit: int, cursor: str | None, tenant: str, as_json: bool, **given: Any
) -> None:
    """Hold wrap-up codes against detected reasons: mapping, agreement, Cohen's kappa."""
    from service.dispositions import audit, differences
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        wanted = read_filter(stores, given)
        found: Audit | Page[Difference] = (
            differences(stores, wanted, limit=limit, cursor=cursor) if differing else audit(stores, by, wanted)
        )
    if as_json:
        click.echo(json.dumps(asdict(found), default=str))
    elif differing:
        _print_differences(found)  # type: ignore[arg-type]  # as asked for above
    else:
        _print_audit(found, by)  # type: ignore[arg-type]  # as asked for above


def _print_audit(found: Audit, by: str) -> None:
    names = found.reason_names
    same = [
        (
            ", ".join(matter.codes) or "(no code)",
            ", ".join(names[reason] for reason in matter.reasons) or "(no reason)",
            matter.contacts,
        )
        for matter in found.alignment.matters
    ]
    table(("wrap-up code", "reason", "contacts that agree"), same, title="What means the same")
    line()
    rows = [_row(name, one) for name, one in (("all", found.agreement), *found.by.items())]
    table((by, "contacts", "agreed", "share", "kappa (95 %)"), rows)
    line(f"\nnot compared: {found.unassigned} unassigned, {found.too_few} with a rare code or reason")


def _row(name: str, one: Agreement) -> tuple[object, ...]:
    share = f"{one.share:.1%}" if one.share is not None else ""
    kappa = f"{one.kappa:.2f} ({one.low:.2f}–{one.high:.2f})" if one.kappa is not None else ""
    return name, one.contacts, one.agreed, share, kappa


def _print_differences(page: Page[Difference]) -> None:
    rows = [
        (
            f"{one.interaction.started_at:%Y-%m-%d}",
            one.interaction.agent or "",
            one.interaction.wrap_up_code,
            ", ".join(one.expected_codes) or "(none fits)",
            one.interaction.reason.name if one.interaction.reason else "",
            one.interaction.issue or "",
            one.interaction.id,
        )
        for one in page.items
    ]
    columns = ("date", "agent", "code", "expected", "reason", "in the customer's words", "id")
    table(columns, rows, title=f"{page.total} contacts whose code differs from their reason")
    if page.next_cursor:
        line(f"\nmore with --cursor {page.next_cursor}")
