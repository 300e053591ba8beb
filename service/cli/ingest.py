"""``reasonance ingest``: files and folders in, a summary out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service import settings
from service.cli.show import line, progress_bars, table

if TYPE_CHECKING:
    from ingest import ReadOptions
    from service.intake import Result
    from service.reception import Summary
    from service.settings import Settings

REFUSALS_SHOWN = 20


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--map", "columns", help="A table's columns, as in text=body,customer=crm_id.")
@click.option("--channel", help="email, chat, note, survey or web; recordings are voice.")
@click.option("--agent", help="Who spoke for the company.")
@click.option("--queue", help="The queue it came through.")
@click.option("--team", help="The agent's team.")
@click.option("--customer", help="scheme:value, with the scheme crm, phone or email.")
@click.option("--direction", type=click.Choice(["inbound", "outbound"]))
@click.option("--language", help="BCP-47; detected where it is not said.")
@click.option("--started-at", help="RFC 3339.")
@click.option("--channel-map", help="A role for each channel of a recording, as in agent,customer.")
@click.option("--name-pattern", help="Metadata in file names, as in {external_id}_{agent}.")
@click.option("--time-zone", help="The IANA zone of times without an offset; UTC by default.")
@click.option("--raw", help="What recordings without a header hold: codec,rate,channels, as in pcm_mulaw,8000,2.")
@click.option("--tenant", default="default", show_default=True)
@click.option("--no-wait", is_flag=True, help="Leave the work to workers.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def ingest(path: Path, tenant: str, no_wait: bool, as_json: bool, **given: str | None) -> None:
    """Take in what PATH holds, and work until it is analysed.

    PATH is a recording, a mail, a text, a table, a vCon, or a folder of these. Side-cars (JSON or metadata.csv) are
    joined to their files. The same file twice is one contact. What could not be taken is listed with its code.
    """
    from service import intake
    from service.runtime import open_runtime

    options = settings.load()
    reading = _reading(options, given)
    with open_runtime(options) as runtime:
        summary = intake.take_in(runtime, tenant, path, reading)
        if not as_json:
            _print(summary)
        done = True
        if not no_wait and summary.ids:
            with progress_bars() as show:
                done = intake.work_until_analysed(runtime, tenant, summary, show)
        result = intake.result(runtime, tenant, summary)
    click.echo(json.dumps(_as_json(summary, result))) if as_json else _print_result(result)
    if not done or (summary.refusals and not summary.ids):
        raise SystemExit(1)


def _reading(options: Settings, given: dict[str, str | None]) -> ReadOptions:
    from data.types import Channel, CustomerRef
    from ingest import ColumnMap, Raw, ReadOptions, read_metadata

    columns, pattern, zone = given.pop("columns"), given.pop("name_pattern"), given.pop("time_zone")
    raw = given.pop("raw")
    if given["customer"]:
        CustomerRef.parse(given["customer"])
    metadata = read_metadata(given)
    return ReadOptions(
        metadata=metadata,
        columns=ColumnMap.parse(columns) if columns else None,
        name_pattern=pattern,
        channel=Channel(metadata.channel) if metadata.channel else None,
        audio_max_s=options.audio_max_s,
        vcon_keys=settings.vcon_keys(options),
        max_bytes=options.upload_max_bytes,
        time_zone=zone,
        raw=Raw.parse(raw) if raw else None,
    )


def _print(summary: Summary) -> None:
    waiting = f", {summary.waiting} side-cars wait for their media" if summary.waiting else ""
    refused = sum(summary.refused.values())
    line(
        f"accepted {summary.accepted}, joined {summary.joined}, repeated {summary.repeated}, refused {refused}{waiting}"
    )
    if summary.refused:
        table(("refused", "code"), [(count, code) for code, count in summary.refused.most_common()])
    for refusal in summary.refusals[:REFUSALS_SHOWN]:
        row = f", row {refusal.row}" if refusal.row is not None else ""
        click.echo(f"{refusal.code}: {refusal.name}{row}: {refusal.message}".replace("\n", " "), err=True)
    if refused > REFUSALS_SHOWN:
        click.echo(f"and {refused - REFUSALS_SHOWN} more", err=True)


def _print_result(result: Result) -> None:
    line(", ".join(f"{state.value} {count}" for state, count in result.states.items() if count) or "nothing to analyse")
    if result.codes:
        table(("quarantined", "code"), [(count, code) for code, count in result.codes.most_common()])


def _as_json(summary: Summary, result: Result) -> dict[str, Any]:
    return {
        "accepted": summary.accepted,
        "joined": summary.joined,
        "repeated": summary.repeated,
        "waiting": summary.waiting,
        "refused": dict(summary.refused),
        "refusals": [{"name": r.name, "row": r.row, "code": r.code, "message": r.message} for r in summary.refusals],
        "ids": [str(interaction_id) for interaction_id in summary.ids],
        "states": {state.value: count for state, count in result.states.items()},
        "quarantined": dict(result.codes),
    }
