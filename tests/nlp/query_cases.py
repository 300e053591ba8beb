"""Reads the table of query cases, ``query_cases.txt``.

A case is four lines and an empty one: the query; its tree; what it says in words; and which contacts of
``tests/data/query_corpus.py`` it finds, with the number of those of which it cannot be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Case:
    query: str
    tree: str
    words: str
    hits: frozenset[str]
    not_evaluated: int


def cases() -> list[Case]:
    table = Path(__file__).with_name("query_cases.txt").read_text(encoding="utf-8")
    return [_case(*block.splitlines()) for block in table.strip().split("\n\n")]


def _case(query: str, tree: str, words: str, found: str) -> Case:
    names, _, open_ = found.partition(";")
    return Case(query, tree.strip(), words.strip(), frozenset(names.split()) - {"-"}, int(open_))
