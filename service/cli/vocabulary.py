"""``reasonance vocabulary``: the names that contacts are about, so that they are written right, and found."""

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

KINDS = ("product", "competitor", "name", "place", "other", "shorthand")


@click.group()
def vocabulary() -> None:
    """The names that contacts are about: found in new ones, and put right where a call's were misheard."""


@vocabulary.command("list")
@TENANT
@AS_JSON
def list_(tenant: str, as_json: bool) -> None:
    """List the entries by name."""
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        entries = stores.vocabulary.all()
    if as_json:
        click.echo(json.dumps([asdict(entry) for entry in entries]))
        return
    rows = [(entry.phrase, entry.kind, ", ".join(entry.spoken), entry.language or "") for entry in entries]
    table(("phrase", "kind", "spoken as", "language"), rows)


@vocabulary.command()
@click.argument("phrases", nargs=-1, required=True)
@click.option("--kind", type=click.Choice(KINDS), default="other", show_default=True)
@click.option("--spoken", multiple=True, help="Another way it is said or was misheard; may be given again.")
@click.option("--language", help="BCP-47; without it, any.")
@TENANT
@AS_JSON
def add(
    phrases: tuple[str, ...], kind: str, spoken: tuple[str, ...], language: str | None, tenant: str, as_json: bool
) -> None:
    """Add names as they are to be written; one that is there already is replaced."""
    from ingest.vocabulary import vocabulary_entry

    if spoken and len(phrases) > 1:
        raise click.UsageError("--spoken belongs to one name: add names with variants one by one.")
    stored = phrase_lists.put(
        "vocabulary", [vocabulary_entry(phrase, kind, spoken, language) for phrase in phrases], tenant
    )
    show_stored(stored, as_json)


@vocabulary.command()
@click.argument("phrases", nargs=-1, required=True)
@TENANT
@AS_JSON
def remove(phrases: tuple[str, ...], tenant: str, as_json: bool) -> None:
    """Remove names; transcripts that are there stay as they are."""
    show_removed(phrase_lists.remove("vocabulary", phrases, tenant), as_json)


@vocabulary.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@TENANT
@AS_JSON
def import_(file: Path, tenant: str, as_json: bool) -> None:
    """Take in a table with phrase and, where known, kind, spoken (with | between) and language; or a name a line."""
    from data.types import Refusal, VocabularyEntry
    from ingest.vocabulary import read_vocabulary

    read = list(read_vocabulary(file))
    stored = phrase_lists.put("vocabulary", [one for one in read if isinstance(one, VocabularyEntry)], tenant)
    show_imported(stored, [one for one in read if isinstance(one, Refusal)], len(read), as_json)
