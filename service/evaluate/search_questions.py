"""Questions to a simulated corpus, drawn from what is said in it, so that each has an answer."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
KINDS = ("words", "phrase", "near", "role", "date")
COMMONEST = 30
"""Words of which each question has one in every four times: ``the``, ``I``, ``my`` and the like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    kind: str
    text: str


class Questions:
    """Words are drawn three ways, each as often: by how often they are said, of all alike, and of the commonest."""

    def __init__(self, turns: Sequence[str], days: Sequence[str], seed: int) -> None:
        self._draw = random.Random(seed)  # noqa: S311  # no secret
        self._turns = [words for turn in turns if len(words := WORD.findall(turn.lower())) >= 4]
        said = Counter(word for words in self._turns for word in words)
        self._all = sorted(said)
        self._commonest = [word for word, _ in said.most_common(COMMONEST)]
        self._days = days

    def of(self, kind: str, count: int) -> Iterator[Asked]:
        makers: Mapping[str, Callable[[], str]] = {
            "words": self._words,
            "phrase": self._phrase,
            "near": self._near,
            "role": self._role,
            "date": self._date,
        }
        for _ in range(count):
            yield Asked(kind=kind, text=makers[kind]())

    def _words(self) -> str:
        """One, two or three that stand in one turn, one of them drawn as above."""
        return " ".join(self._together(self._draw.choice((1, 2, 3))))

    def _together(self, count: int) -> list[str]:
        first = self._word()
        if count == 1:
            return [first]
        turn = next((words for words in self._sample() if first in words), self._draw.choice(self._turns))
        return [first, *self._draw.choices(turn, k=count - 1)]

    def _word(self) -> str:
        words = self._draw.choice((self._draw.choice(self._turns), self._all, self._commonest))
        return str(self._draw.choice(words))

    def _sample(self) -> list[list[str]]:
        return self._draw.sample(self._turns, min(2_000, len(self._turns)))

    def _phrase(self) -> str:
        return '"' + " ".join(self._side_by_side(self._draw.choice((2, 2, 3, 4)))) + '"'

    def _side_by_side(self, count: int) -> list[str]:
        turn = self._draw.choice(self._turns)
        begin = self._draw.randrange(len(turn) - min(count, len(turn)) + 1)
        return turn[begin : begin + count]

    def _near(self) -> str:
        words = self._side_by_side(self._draw.randint(3, 6))
        return f"{words[0]} NEAR/5 {words[-1]}"

    def _role(self) -> str:
        one, other = self._together(2)
        return self._draw.choice(
            (f"customer:({one})", f"agent:({one})", f"customer:({one} {other})", f"customer:({one}) agent:({other})")
        )

    def _date(self) -> str:
        return f"{self._words()} date{self._draw.choice(('>=', '<'))}{self._draw.choice(self._days)}"
