"""``reasonance redaction``: what becomes of personal details, by type."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from service import settings
from service.cli.filters import AS_JSON, TENANT
from service.cli.show import line, table


@click.group()
def redaction() -> None:
    """What becomes of personal details in contacts that are read from now on."""


@redaction.command("list")
@TENANT
@AS_JSON
def list_(tenant: str, as_json: bool) -> None:
    """List the types, the token that stands for each, and what is done with it."""
    from service.redaction import rules
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        found = rules(stores)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found]))
        return
    rows = [(one.type, f"[{one.token}_1]", one.action, "" if one.action == one.default else "chosen") for one in found]
    table(("type", "token", "action", ""), rows)


@redaction.command("set")
@click.argument("choices", nargs=-1, required=True, metavar="TYPE=ACTION…")
@TENANT
def set_(choices: tuple[str, ...], tenant: str) -> None:
    """Choose what is done with a type: mask, last4 (keeps the last four digits), hash or keep."""
    from data.types import RedactionAction
    from service.redaction import choose
    from service.runtime import open_runtime

    chosen: dict[str, RedactionAction] = {}
    for choice in choices:
        kind, _, action = choice.partition("=")
        try:
            chosen[kind.upper()] = RedactionAction(action)
        except ValueError:
            raise click.BadParameter(f"{choice}: TYPE=ACTION, where ACTION is {', '.join(RedactionAction)}") from None
    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        choose(stores, "cli", chosen)
    line(", ".join(f"{kind} {action}" for kind, action in chosen.items()))


@redaction.command()
@click.argument("types", nargs=-1)
@TENANT
def reset(types: tuple[str, ...], tenant: str) -> None:
    """Go back to the default for TYPES, or for all."""
    from service.redaction import reset as go_back
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        gone = go_back(stores, "cli", [kind.upper() for kind in types] or None)
    line(f"reset {gone}")
