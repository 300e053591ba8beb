"""``reasonance lexicon``: words and phrases that feel good or bad in a tenant's trade."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from service import settings
from service.cli import phrase_lists
from service.cli.filters import AS_JSON, TENANT
from service.cli.phrase_lists import show_imported, show_removed, show_stored
from service.cli.show import table


@click.group()
def lexicon() -> None:
    """Words and phrases of your trade that feel good or bad: they count in the sentiment of new contacts."""


@lexicon.command("list")
@TENANT
@AS_JSON
def list_(tenant: str, as_json: bool) -> None:
    """List the entries by phrase."""
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        entries = stores.lexicon.all()
    if as_json:
        click.echo(json.dumps([asdict(entry) for entry in entries]))
        return
    table(("phrase", "valence", "language"), [(one.phrase, f"{one.valence:+g}", one.language or "") for one in entries])


@lexicon.command()
@click.argument("phrases", nargs=-1, required=True)
@click.option("--valence", type=float, required=True, help="From -4, as bad as can be, to 4; 0: no feeling at all.")
@click.option("--language", help="BCP-47; without it, any.")
@TENANT
@AS_JSON
def add(phrases: tuple[str, ...], valence: float, language: str | None, tenant: str, as_json: bool) -> None:
    """Add phrases; one that is there already is replaced."""
    from ingest.lexicon import lexicon_entry

    show_stored(
        phrase_lists.put("lexicon", [lexicon_entry(phrase, valence, language) for phrase in phrases], tenant), as_json
    )


@lexicon.command()
@click.argument("phrases", nargs=-1, required=True)
@TENANT
@AS_JSON
def remove(phrases: tuple[str, ...], tenant: str, as_json: bool) -> None:
    """Remove phrases; the sentiment of contacts that are there stays as it is."""
    show_removed(phrase_lists.remove("lexicon", [phrase.lower() for phrase in phrases], tenant), as_json)


@lexicon.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@TENANT
@AS_JSON
def import_(file: Path, tenant: str, as_json: bool) -> None:
    """Take in a table with phrase, valence and, where it is meant for one only, language."""
    from data.types import LexiconEntry, Refusal
    from ingest.lexicon import read_lexicon

    read = list(read_lexicon(file))
    stored = phrase_lists.put("lexicon", [one for one in read if isinstance(one, LexiconEntry)], tenant)
    show_imported(stored, [one for one in read if isinstance(one, Refusal)], len(read), as_json)
