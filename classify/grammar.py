"""What the small words of a language do in a name, and which language a text is in, by its small words."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from importlib.resources import files


class Kind(Enum):
    MEANING = auto()
    DROPPED = auto()
    LINKING = auto()
    PARTICLE = auto()
    NEGATION = auto()
    STARTING = auto()
    """A negation that may begin a name."""
    BREAKING = auto()


SECTIONS = {
    "dropped": Kind.DROPPED,
    "linking": Kind.LINKING,
    "particles": Kind.PARTICLE,
    "negations": Kind.NEGATION,
    "starting": Kind.STARTING,
    "breaking": Kind.BREAKING,
}
"""Where a word is in two, the later one holds."""


@dataclass(frozen=True, slots=True)
class Grammar:
    kinds: dict[str, Kind]
    trouble: frozenset[str]

    def kind(self, word: str) -> Kind:
        return Kind.LINKING if word.isdigit() else self.kinds.get(word, Kind.MEANING)


def grammar_of(tokens: Sequence[str]) -> Grammar:
    """That of the language most of whose small words are among the tokens; the first one's where none are."""
    distinct = set(tokens)
    return max(_grammars(), key=lambda grammar: sum(word in grammar.kinds for word in distinct))


@cache
def _grammars() -> tuple[Grammar, ...]:
    languages = tomllib.loads((files("classify") / "grammar.toml").read_text(encoding="utf-8"))
    return tuple(
        Grammar(
            kinds={word: kind for name, kind in SECTIONS.items() for word in sections.get(name, "").split()},
            trouble=frozenset(sections.get("trouble", "").split()),
        )
        for sections in languages.values()
    )
