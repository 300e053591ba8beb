"""``reasonance keys`` and ``link``: who may ask."""

from __future__ import annotations

import datetime as dt
import json

import click

from data.errors import ServiceNotRunning
from service import settings
from service.cli.filters import AS_JSON, TENANT
from service.cli.show import line, table

ROLE = click.option("--role", type=click.Choice(["admin", "analyst"]), default="analyst", show_default=True)


@click.group()
def keys() -> None:
    """Create, list and revoke API keys."""


@keys.command()
@click.argument("name")
@ROLE
@click.option("--days", type=click.IntRange(1), help="Until it expires; it does not by default.")
@TENANT
@AS_JSON
def create(name: str, role: str, days: int | None, tenant: str, as_json: bool) -> None:
    """A new key, shown once: nobody can read it again."""
    from service.runtime import open_runtime

    expires_at = dt.datetime.now(dt.UTC) + dt.timedelta(days=days) if days else None
    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        issued = stores.access.create_key(name, role, expires_at=expires_at)  # type: ignore[arg-type]  # click checked it
        stores.audit.write("cli", "key.create", str(issued.id), {"role": role})
    click.echo(json.dumps({"id": str(issued.id), "key": issued.secret})) if as_json else line(issued.secret)


@keys.command("list")
@TENANT
@AS_JSON
def list_(tenant: str, as_json: bool) -> None:
    """All keys, by the beginning of each."""
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        found = stores.access.api_keys()
    rows = [(key.id, key.prefix + "…", key.name, key.role, key.expires_at or "", key.revoked_at or "") for key in found]
    columns = ("id", "key", "name", "role", "expires", "revoked")
    if as_json:
        click.echo(json.dumps([dict(zip(columns, row, strict=True)) for row in rows], default=str))
    else:
        table(columns, rows)


@keys.command()
@click.argument("key_id")
@TENANT
def revoke(key_id: str, tenant: str) -> None:
    """End a key; the next request with it is refused."""
    from data.ids import parse_id
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        stores.access.revoke_key(parse_id(key_id))
        stores.audit.write("cli", "key.revoke", key_id)
    line("revoked")


@click.command()
@ROLE
@TENANT
def link(role: str, tenant: str) -> None:
    """A link to the running service that signs a browser in, once, within 15 minutes."""
    from service.runtime import open_runtime
    from service.serving import running, sign_in_link

    options = settings.load()
    note = running(options)
    if note is None:
        raise ServiceNotRunning(str(options.data_dir))
    with open_runtime(options) as runtime:
        line(sign_in_link(runtime, note.url, tenant=tenant, role=role))
