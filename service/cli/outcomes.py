"""``reasonance outcomes``: what customers did, and which tags told of it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service import settings
from service.cli.filters import AS_JSON, TENANT
from service.cli.show import line, table

if TYPE_CHECKING:
    from classify.outcomes import Predictor
    from service.outcomes import Report

KINDS = ("churned", "renewed", "bought", "campaign_response")
SHOWN = 20


@click.group()
def outcomes() -> None:
    """Take in what customers did, and see which tags told of it."""


@outcomes.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="", help="Whose ids they are, where the table has no column for it.")
@TENANT
@AS_JSON
def import_(file: Path, source: str, tenant: str, as_json: bool) -> None:
    """Take in a table with customer, kind, at, and where known value, campaign, source, external_id.

    The same external id again is the same outcome.
    """
    from data.types import NewOutcome, Refusal
    from ingest.outcomes import read_outcomes
    from service.runtime import open_runtime

    read = list(read_outcomes(file, source=source))
    refused = [one for one in read if isinstance(one, Refusal)]
    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        stored = stores.outcomes.put([one for one in read if isinstance(one, NewOutcome)])
        stores.audit.write("cli", "outcomes.write", "outcomes", {"count": len(read) - len(refused)})
    if as_json:
        click.echo(json.dumps({**asdict(stored), "refused": [asdict(one) for one in refused]}))
    else:
        line(f"new {stored.new}, changed {stored.changed}, repeated {stored.repeated}, refused {len(refused)}")
        for code, number in Counter(one.code for one in refused).most_common():
            line(f"  {number} {code}")
        for one in refused[:SHOWN]:
            click.echo(f"{one.code}: row {one.row}: {one.message}".replace("\n", " "), err=True)
    if refused and len(refused) == len(read):
        raise SystemExit(1)


@outcomes.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--campaign")
@click.option("--window-days", type=click.FloatRange(0, 3660, min_open=True), default=90, show_default=True)
@click.option("--before-days", type=click.FloatRange(0, 366), default=0, show_default=True)
@TENANT
@AS_JSON
def report(kind: str, campaign: str | None, window_days: float, before_days: float, tenant: str, as_json: bool) -> None:
    """Show which tags came before an outcome, with lift and interval."""
    from data.types import OutcomeKind
    from service.outcomes import report as find
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        found = find(stores, OutcomeKind(kind), campaign=campaign, window_days=window_days, before_days=before_days)
    click.echo(json.dumps(asdict(found), default=str)) if as_json else _print(found)


def _print(found: Report) -> None:
    share = f" ({found.base_rate:.1%})" if found.base_rate is not None else ""
    line(f"{found.followed} of {found.customers} customers {found.kind.value.replace('_', ' ')}{share}")
    if found.without_contact:
        line(f"{found.without_contact} more had no contact in the {found.window_days:g} days before it")
    rows = [_row(one) for one in found.predictors]
    table(("", "tag", "", "customers", "followed", "rate", "lift (95 %)", "q"), rows)


def _row(one: Predictor) -> tuple[object, ...]:
    return (
        "predicts" if one.predicts else "protects" if one.protects else "",
        one.kind,
        one.label,
        one.customers,
        one.followed,
        f"{one.rate_with:.1%}",
        f"× {one.lift:.2f} ({one.lift_low:.2f}–{one.lift_high:.2f})",
        f"{one.q_value:.2g}" if one.q_value is not None else "too few",
    )
