"""``reasonance export``: transcripts as files, for players, scoring tools and other systems."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service import settings
from service.cli.filters import TENANT, filtered, read_filter
from service.cli.show import line, printable, progress_bars

if TYPE_CHECKING:
    from service.exports import Bulk

FORMATS = ("txt", "srt", "vtt", "json", "vcon", "ctm", "rttm")


@click.command()
@click.argument("contact", required=False)
@click.option("--format", "format_name", type=click.Choice(FORMATS), default="txt", show_default=True)
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="A file; none: standard output.")
@click.option("--to", type=click.Path(path_type=Path), help="A folder, or a file.zip, for all contacts of a filter.")
@filtered
@TENANT
def export(
    contact: str | None, format_name: str, output: Path | None, to: Path | None, tenant: str, **given: Any
) -> None:
    """Write the transcript of CONTACT, or of all contacts that the options choose, redacted as it is kept.

    Subtitles, CTM and RTTM are of calls; written contacts are txt, json or vcon.
    """
    narrowed = any(value is not None for value in given.values())
    if (contact is None) == (to is None) or (contact and narrowed) or (to and output):
        raise click.UsageError(
            "Name one CONTACT with -o FILE, or choose many with --since and the like and --to FOLDER."
        )
    if contact is not None:
        _one(contact, format_name, output, tenant)
    elif to is not None:
        _print(_many(to, format_name, tenant, given), to)


def _one(contact: str, format_name: str, output: Path | None, tenant: str) -> None:
    from service.exports import export
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        made = export(stores, stores.interactions.get(contact), format_name)
        stores.audit.write("cli", "transcript.export", contact, {"format": format_name})
    if output is not None:
        output.write_bytes(made.content.encode())
    elif sys.stdout.isatty():
        click.echo(printable(made.content), nl=False)
    else:
        sys.stdout.buffer.write(made.content.encode())


def _many(to: Path, format_name: str, tenant: str, given: dict[str, Any]) -> Bulk:
    from service.exports import export_many, open_sink
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime:
        with runtime.database.tenant(tenant) as stores:
            stores.tenants.ensure()
            wanted = read_filter(stores, given)
        with open_sink(to) as sink, progress_bars() as show:
            return export_many(runtime.database, tenant, wanted, format_name, sink, actor="cli", show=show)


def _print(done: Bulk, to: Path) -> None:
    line(f"{done.written} written to {to}")
    for code, count in done.left_out.most_common():
        click.echo(f"{code}: {count} left out", err=True)
