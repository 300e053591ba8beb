"""English sentences as customers of many trades write them, made by chance from parts: a bridge is fitted on them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random

COUNT = 9000
"""3,000 place new texts a little worse (nearest reason right for 0.63 instead of 0.64 of Banking77, 77 reasons)."""
_PARTS = Path(__file__).with_name("bridge_sentences.toml")
_SEED = 20261005


def sentences() -> list[str]:
    """The same ones at each call, none twice; most say what is wrong, others wish or ask."""
    draw = _Draw(tomllib.loads(_PARTS.read_text(encoding="utf-8")))
    return list(dict.fromkeys(draw.sentence() for _ in range(COUNT)))


class _Draw:
    def __init__(self, parts: dict[str, list[str]]) -> None:
        self.parts = parts
        self.random = Random(_SEED)  # noqa: S311  # chance for sentences, no secret

    def sentence(self) -> str:
        kind = self.random.choices((self._state, self._wish, self._question), weights=(50, 35, 15))[0]
        text = kind() + self._sometimes("endings", 0.75)
        return text + self._one("joints") + self._state() if self.random.random() < 0.25 else text

    def _state(self) -> str:
        return self._sometimes("openings", 0.8) + self._one("things") + " " + self._one("states")

    def _wish(self) -> str:
        return self._one("wishes").format(deed=self._one("deeds"), thing=self._one("things"))

    def _question(self) -> str:
        return self._one("questions").format(thing=self._one("things"))

    def _one(self, part: str) -> str:
        return self.random.choice(self.parts[part])

    def _sometimes(self, part: str, share: float) -> str:
        return self._one(part) if self.random.random() < share else ""
