"""``reasonance alerts``: what someone should look at."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from service import settings
from service.cli.filters import AS_JSON, TENANT
from service.cli.show import line, table

if TYPE_CHECKING:
    from data.alerts import AlertRecord

KINDS = {"reason_rises": "rises", "reason_emerges": "emerges", "category_crosses": "crosses its bound"}


@click.command()
@click.option("--check", is_flag=True, help="Look for new ones now, as a worker does once a day.")
@click.option("--state", type=click.Choice(["open", "seen", "dismissed"]), multiple=True, default=("open",))
@click.option("--seen", metavar="ID", help="Mark one as seen.")
@click.option("--dismiss", metavar="ID", help="Put one away.")
@TENANT
@AS_JSON
def alerts(check: bool, state: Any, seen: str | None, dismiss: str | None, tenant: str, as_json: bool) -> None:
    """List what rose beyond chance, and what comes up among contacts without a reason."""
    from service.alerts import check as look
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        if check:
            look(stores)
        if seen:
            stores.alerts.set_state(seen, "seen")
        if dismiss:
            stores.alerts.set_state(dismiss, "dismissed")
        found = stores.alerts.list(state)
    if as_json:
        click.echo(json.dumps([_plain(one) for one in found], default=str))
        return
    _print(found)


def _plain(record: AlertRecord) -> dict[str, Any]:
    return {"id": record.id, "state": record.state, "created_at": record.created_at, **asdict(record.alert)}


def _print(found: tuple[AlertRecord, ...]) -> None:
    if not found:
        line("No alerts.")
        return
    rows = [
        (
            f"{one.alert.since} to {one.alert.until}",
            KINDS.get(one.alert.kind, one.alert.kind),
            one.alert.name,
            f"{one.alert.expected:.1f}",
            one.alert.count,
            f"{one.alert.q_value:.2g}",
            str(one.id),
        )
        for one in found
    ]
    table(("from, to before", "", "what", "expected", "count", "q", "id"), rows)
