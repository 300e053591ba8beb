"""``reasonance models``: the weights that come with the product."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from data.errors import ModelCorrupt, ModelMissing
from service import settings
from service.cli.show import progress_bars, table

if TYPE_CHECKING:
    from data.models import ModelStatus

NAMES = click.argument("names", nargs=-1)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def models() -> None:
    """List, assemble and verify the model weights. None is ever fetched from a network."""


@models.command("list")
@AS_JSON
def list_(as_json: bool) -> None:
    """What there is, by a look at sizes and times."""
    from data.models import verify as check

    _print(check(settings.load().model_dir, full=False), as_json)


@models.command()
@NAMES
@AS_JSON
def assemble(names: tuple[str, ...], as_json: bool) -> None:
    """Make the model folders from the installed packages; those that are whole stay as they are."""
    from data.models import assemble as make

    folder = settings.load().model_dir
    folder.mkdir(parents=True, exist_ok=True)
    with progress_bars(bytes_too=True) as show:
        _print(make(folder, names or None, show), as_json)


@models.command()
@NAMES
@AS_JSON
def verify(names: tuple[str, ...], as_json: bool) -> None:
    """Read every byte of the weights and compare with the pinned checksums."""
    from data.models import verify as check

    statuses = check(settings.load().model_dir, names or None)
    _print(statuses, as_json)
    for error, state in ((ModelCorrupt, "corrupt"), (ModelMissing, "missing")):
        if bad := [status.name for status in statuses if status.state == state]:
            raise error(", ".join(bad))


def _print(statuses: Sequence[ModelStatus], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(status) for status in statuses], default=str))
        return
    rows = [(s.name, s.state, f"{s.bytes / 1e6:.1f} MB", s.licence, s.purpose) for s in statuses]
    table(("model", "state", "size", "licence", "for"), rows)
