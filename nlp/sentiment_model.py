"""The trained sentiment model: what a text's words say and what it means, as a vector, become one score.

Three networks: ``both`` reads English words and vectors, ``words`` English without vectors, ``meaning`` vectors alone,
which a bridge brings from other languages into the space of the English embedder. Each answers the class (negative,
neutral, positive) and how strong the feeling is; the class says on which part of the scale the score lies.
What they learned from, how, and under which licence it is: docs/decisions/0011-sentiment.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal, Self, TypeAlias, get_args
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from data.errors import ModelCorrupt
from nlp.sentiment import NEUTRAL_BAND
from nlp.sentiment_features import Features, features
from nlp.vectors import TextVectors

FILE = Path(__file__).with_name("sentiment.npz")
ENGLISH = "en"
OTHERS = ("de", "es", "zh")
"""Languages whose sentences of service contacts it was tried on."""
LANGUAGES = (ENGLISH, *OTHERS)
Kind: TypeAlias = Literal["both", "words", "meaning"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """From n inputs straight to four outputs, and through a hidden layer: log-odds of the three classes, strength."""

    centre: Floats
    spread: Floats
    straight: Floats
    hidden: Floats
    hidden_bias: Floats
    out: Floats
    bias: Floats

    def outputs(self, inputs: Floats) -> Floats:
        """Shape (texts, 4); the strength is before its hyperbolic tangent."""
        scaled = (inputs - self.centre) / self.spread
        inner = np.maximum(scaled @ self.hidden + self.hidden_bias, 0)
        return np.asarray(scaled @ self.straight + inner @ self.out + self.bias, dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SentimentModel:
    """``embedder`` is the SHA-256 of the weights whose vectors it reads, and it reads no others."""

    embedder: str
    said: Floats
    """What each hashed word or pair of words adds to the strength and to its size; shape (BUCKETS, 2)."""
    networks: Mapping[Kind, Network]
    sha256: str = ""

    @classmethod
    def load(cls, file: Path = FILE) -> Self:
        """Raises ModelCorrupt (retry, once the file is put right)."""
        try:
            content = file.read_bytes()
            with np.load(BytesIO(content), allow_pickle=False) as stored:
                parts = {name: stored[name].astype(np.float32) for name in stored.files if name != "embedder"}
                embedder = str(stored["embedder"])
            networks = {kind: Network(**_of(kind, parts)) for kind in KINDS}
            return cls(
                embedder=embedder, said=parts["said"], networks=networks, sha256=hashlib.sha256(content).hexdigest()
            )
        except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
            raise ModelCorrupt(f"{file.name}: {error}") from error

    def save(self, file: Path) -> None:
        """In 16 bits: a score changes in its fourth digit."""
        parts = {f"{kind}.{name}": getattr(one, name) for kind, one in self.networks.items() for name in one.__slots__}
        parts["said"] = self.said
        np.savez_compressed(
            file, embedder=np.array(self.embedder), **{name: part.astype(np.float16) for name, part in parts.items()}
        )

    def kind(self, language: str, vectors: TextVectors | None) -> Kind | None:
        """The network for texts of a language with these vectors; None where it cannot read them."""
        placed = vectors is not None and (vectors.languages is None or language in vectors.languages)
        fits = placed and vectors is not None and vectors.embedder == self.embedder
        if language == ENGLISH:
            return "both" if fits else "words"
        return "meaning" if fits and language in OTHERS else None

    def scores(self, kind: Kind, texts: Sequence[str], vectors: Floats | None) -> list[float]:
        """−1…+1 for each text; ``vectors``, a row a text, are not read for ``words``, nor the texts for ``meaning``."""
        if not texts:
            return []
        outputs = self.networks[kind].outputs(inputs(kind, texts, vectors, self.said))
        return [round(float(score), 4) for score in _banded(outputs)]


def inputs(kind: Kind, texts: Sequence[str], vectors: Floats | None, said: Floats) -> Floats:
    """What a network reads, a row a text: the vector, the dense features, what its words are known to say."""
    parts = [vectors] if kind != "words" and vectors is not None else []
    if kind != "meaning":
        found = features(texts)
        parts += [found.dense, words_say(found, said)]
    return np.hstack(parts).astype(np.float32)


def words_say(found: Features, said: Floats) -> Floats:
    """The sum of what each text's words and pairs say, over the root of their number; shape (texts, 2)."""
    number = len(found.dense)
    counts = np.bincount(found.rows, minlength=number)
    sums = [np.bincount(found.rows, weights=said[found.buckets, column], minlength=number) for column in (0, 1)]
    return np.asarray(np.stack(sums, axis=1) / np.sqrt(np.maximum(counts, 1))[:, None], dtype=np.float32)


@cache
def load_model() -> SentimentModel:
    return SentimentModel.load()


def _of(kind: Kind, parts: Mapping[str, Floats]) -> dict[str, Floats]:
    return {name.removeprefix(f"{kind}."): part for name, part in parts.items() if name.startswith(f"{kind}.")}


def _banded(outputs: Floats) -> Floats:
    """The strength, moved to where its class begins if it lies outside."""
    strength = np.tanh(outputs[:, 3])
    likeliest = outputs[:, :3].argmax(axis=1)
    inside = NEUTRAL_BAND - 1e-4
    low = np.array([-1.0, -inside, NEUTRAL_BAND])[likeliest]
    high = np.array([-NEUTRAL_BAND, inside, 1.0])[likeliest]
    return np.asarray(np.clip(strength, low, high), dtype=np.float32)
