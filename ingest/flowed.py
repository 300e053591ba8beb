"""Paragraphs of a plain text that its program wrapped in a way that can be undone (RFC 3676, ``format=flowed``)."""

from __future__ import annotations

from itertools import groupby

DELIMITER = "-- "
"""Ends with a blank, and is no line that goes on."""


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """The text with one line for each paragraph; ``delete_space``: the blank at a soft break is none of the text's."""
    parted = (_parted(line.rstrip("\r")) for line in text.split("\n"))
    return "\n".join(
        "> " * depth + line
        for depth, group in groupby(parted, key=lambda line: line[0])
        for line in _joined([line for _, line in group], delete_space=delete_space)
    )


def _parted(line: str) -> tuple[int, str]:
    """How deep a line is quoted, and the line without the marks and without the blank put in front of its begin."""
    bare = line.lstrip(">")
    return len(line) - len(bare), bare.removeprefix(" ")


def _joined(lines: list[str], *, delete_space: bool) -> list[str]:
    found: list[list[str]] = []
    open_ended = False
    for line in lines:
        goes_on = line.endswith(" ") and line != DELIMITER
        part = line[:-1] if goes_on and delete_space else line
        if open_ended and line != DELIMITER:
            found[-1].append(part)
        else:
            found.append([part])
        open_ended = goes_on
    return ["".join(parts) for parts in found]
