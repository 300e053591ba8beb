"""How the command line shows things: tables on standard output, progress on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import click

Show: TypeAlias = Callable[[str, int, int], None]
"""Told a bar's name, how much is done, and of how much."""


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> None:
    """Prints it. What a customer said is printed as text: rich's markup and control characters do nothing."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(printable(str(cell))) for cell in row))
    Console(highlight=False).print(shown)


def line(text: str = "") -> None:
    """Prints one line, with nothing in it that steers the terminal."""
    click.echo(printable(text))


def printable(text: str) -> str:
    """Without control characters, so that a transcript cannot steer the terminal (F39)."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)


@contextmanager
def progress_bars(*, bytes_too: bool = False) -> Iterator[Show]:
    """A function that moves the bar of that name, making it at first sight; plain lines where there is no terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
    )

    count = DownloadColumn() if bytes_too else MofNCompleteColumn()
    columns = (TextColumn("{task.description:<14}"), BarColumn(), count, TimeElapsedColumn())
    bars: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as all_:

        def show(name: str, done: int, total: int) -> None:
            if name not in bars:
                bars[name] = all_.add_task(name, total=total)
            all_.update(bars[name], completed=done, total=total)

        yield show
