"""The words of a text as they are spoken, for what goes by sound; ``data.types`` offers it to the stage packages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WORDS = re.compile(
    r"\[[A-Z_]+_\d+\]"  # what was masked is no word
    r"|([\u2E80-\u2FDF\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF]|[^\W\d_]+(?:['’][^\W\d_]+)*)"
)
"""A Chinese or Japanese character is a word; so is a run of letters."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """``place`` counts the words of an interaction from 1, one more between turns: neighbours differ by 1."""

    text: str
    place: int
    turn: int
    char_begin: int
    char_end: int


def spoken_words(texts: Sequence[str]) -> Iterator[SpokenWord]:
    """Of the turns of an interaction, given in order."""
    place = 0
    for turn, text in enumerate(texts):
        place += 1
        for found in WORDS.finditer(text):
            if found[1] is not None:
                place += 1
                yield SpokenWord(found[1], place, turn, found.start(), found.end())
