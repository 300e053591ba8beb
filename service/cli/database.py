"""``reasonance db`` and ``verify``: the database, and whether all that is stored is whole."""

from __future__ import annotations

import atexit
import json
from dataclasses import asdict

import click

from data.errors import SettingsInvalid, StorageCorrupt
from service import settings
from service.cli.show import line
from service.settings import Settings

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def db() -> None:
    """Look at the database, upgrade, start or stop it."""


@db.command()
@AS_JSON
def status(as_json: bool) -> None:
    """Which server, which schema, how large."""
    from data.database import Database
    from service.runtime import database_url

    found = Database(database_url(settings.load())).status()
    if as_json:
        click.echo(json.dumps({**asdict(found), "ready": found.ready}))
        return
    line(f"PostgreSQL {found.server}, pgvector {found.vector or 'not installed'}, {found.size_bytes / 1e6:.1f} MB")
    line(f"schema {found.revision or 'none'}, this version needs {found.wanted}: {'ready' if found.ready else 'not'}")


@db.command()
def upgrade() -> None:
    """Bring the schema to what this version needs; it waits for another upgrade that runs."""
    from data.database import Database
    from service.runtime import database_url

    database = Database(database_url(settings.load()))
    database.upgrade()
    line(f"schema {database.status().revision}")


@db.command()
def start() -> None:
    """Start the embedded server and leave it running."""
    from data import embedded

    embedded.start(_embedded(settings.load()).data_dir)
    # It would stop with the last process that uses it, which is this one.
    atexit.unregister(embedded.stop)
    line("The embedded server runs.")


@db.command()
@click.option("--force", is_flag=True, help="Also where other processes use it.")
def stop(force: bool) -> None:
    """Stop the embedded server, if nothing uses it."""
    from data import embedded

    place = _embedded(settings.load()).data_dir
    embedded.server(place)
    line("Stopped." if embedded.stop(place, force=force) else "Others still use it: it stays up (see --force).")


@click.command()
@click.option("--sweep", is_flag=True, help="Delete files that belong to nothing.")
@AS_JSON
def verify(sweep: bool, as_json: bool) -> None:
    """Check that every stored item is there, opens, and belongs to something."""
    from data.verify import verify as check
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime:
        report = check(runtime.database, runtime.inbox, sweep=sweep)
    click.echo(json.dumps(asdict(report), default=str)) if as_json else line(str(report))
    if report.faults:
        raise StorageCorrupt(f"{len(report.faults)} faults")


def _embedded(options: Settings) -> Settings:
    if options.database_url is not None:
        raise SettingsInvalid("REASONANCE_DATABASE_URL names a server of its own: start and stop it there")
    return options
