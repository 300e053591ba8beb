"""Contacts to measure search with: turns put together from real sentences, whose words are as frequent as in speech."""

from __future__ import annotations

import itertools
import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from data import samples

TURNS_EACH = 20
TRADES = 3_000
SENTENCES = (1, 2, 3)
SHARES = (0.35, 0.4, 0.25)
NAMED = 0.6
"""The share of turns that name something: a person, a place, an order."""
SYLLABLES = [first + last for first in "bdfghklmnprstvz" for last in ("a", "e", "i", "o", "u", "en", "ar", "il")]
COMMONEST, NAMES = 1_000, len(SYLLABLES) ** 3
"""Names are as frequent as Zipf's law has words of these ranks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One turn; ``sentences`` are the rows of the pool that it is made of."""

    text: str
    sentences: tuple[int, ...]


class Corpus:
    """Turns without end, the same from the same seed. Sentences are drawn by Zipf's law, as phrases are in speech."""

    def __init__(self, sentences: Sequence[str], seed: int) -> None:
        self.sentences = sentences
        self._random = np.random.default_rng(seed)
        order = np.random.default_rng(0).permutation(len(sentences))
        weights = np.empty(len(sentences))
        weights[order] = 1 / (np.arange(len(sentences)) + 10.0)
        self._cumulated = np.cumsum(weights / weights.sum())

    def turns(self, count: int) -> Iterator[Said]:
        lengths = self._random.choice(SENTENCES, size=count, p=SHARES)
        drawn = iter(np.searchsorted(self._cumulated, self._random.random(int(lengths.sum()))).tolist())
        names = np.exp(self._random.uniform(np.log(COMMONEST), np.log(NAMES), count)).astype(int).tolist()
        named = (self._random.random(count) < NAMED).tolist()
        for length, name, is_named in zip(lengths.tolist(), names, named, strict=True):
            rows = tuple(min(row, len(self.sentences) - 1) for row in itertools.islice(drawn, length))
            said = " ".join(self.sentences[row] for row in rows)
            yield Said(text=f"{said} {_name(name)}" if is_named else said, sentences=rows)


def _name(number: int) -> str:
    """A made-up word, the same for the same number: names are rare words, most of them very rare."""
    parts = []
    for _ in range(3):
        number, part = divmod(number, len(SYLLABLES))
        parts.append(SYLLABLES[part])
    return "".join(parts)


def pool(file: Path | None) -> list[str]:
    """The sentences: a file's lines, or what the sample corpus says and what customers of many trades write."""
    lines = [*_samples(), *_trades()] if file is None else file.read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(stripped for line in lines if (stripped := line.strip())))


def _samples() -> Iterator[str]:
    with (samples.FOLDER / "calls.jsonl").open(encoding="utf-8") as calls:
        yield from (turn["text"] for call in calls for turn in json.loads(call)["turns"])
    for path in sorted((samples.FOLDER / "texts").glob("*.toml")):
        yield from (text for text in _strings(tomllib.loads(path.read_text(encoding="utf-8"))) if len(text.split()) > 3)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.removeprefix("+ ")
    elif isinstance(value, dict):
        yield from itertools.chain.from_iterable(map(_strings, value.values()))
    elif isinstance(value, list):
        yield from itertools.chain.from_iterable(map(_strings, value))


def _trades() -> list[str]:
    from classify.bridge_sentences import sentences

    return sentences()[:TRADES]
