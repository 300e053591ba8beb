"""``evaluate stability``: whether contacts keep their reason while a corpus grows and is discovered again and again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify import ReasonEvent, Reconciled, discover, reconcile
from data.reason_records import RegisteredReason
from service.embedders import open_embedder
from service.evaluate.harness import read_rows, say
from service.evaluate.scores_reasons import agreement

SHUFFLE_SEED = 1
"""Contacts come mixed, whatever the order of the file."""
MOST = 10_000
STEPS = 9
"""From a fifth of the contacts to all: of 10,000 from 2,000 by 1,000."""


@dataclass
class Tally:
    """Of contacts that had a reason before a refit: those that kept it, and those of which an event says why not."""

    kept: int = 0
    explained: int = 0
    unexplained: int = 0
    worst: float = 0.0

    def add(self, before: Sequence[str | None], after: Sequence[str | None], why: set[tuple[str, str | None]]) -> None:
        pairs = [(old, new) for old, new in zip(before, after, strict=True) if old is not None]
        kept = sum(old == new for old, new in pairs)
        explained = sum(old != new and (old, new) in why for old, new in pairs)
        self.kept, self.explained = self.kept + kept, self.explained + explained
        self.unexplained += len(pairs) - kept - explained
        self.worst = max(self.worst, (len(pairs) - kept - explained) / max(len(pairs), 1))

    def figures(self) -> dict[str, float]:
        total = max(self.kept + self.explained + self.unexplained, 1)
        return {
            "kept_share": round(self.kept / total, 4),
            "explained_share": round(self.explained / total, 4),
            "unexplained_share": round(self.unexplained / total, 4),
            "worst_unexplained_share": round(self.worst, 4),
        }


@dataclass
class Registry:
    """What a registry remembers from one refit to the next."""

    reasons: dict[str, RegisteredReason] = field(default_factory=dict)
    given: list[str | None] = field(default_factory=list)
    numbers: Iterable[int] = field(default_factory=count)

    def take(self, settled: Reconciled) -> None:
        for event in settled.events:
            if event.kind in ("merged", "retired"):
                into = event.others[0] if event.others else None
                self.reasons[event.reason_id] = replace(self.reasons[event.reason_id], active=False, merged_into=into)
        for reason_id, found in zip(settled.ids, settled.discovery.reasons, strict=True):
            self.reasons[reason_id] = _registered(reason_id, found.name, found.centroid, found.size)
        self.given = [settled.ids[label] if label >= 0 else None for label in settled.discovery.labels]

    def new_id(self) -> str:
        return f"r{next(iter(self.numbers))}"


def ours(
    file: str, text_column: str, label_column: str | None, embedder: str, model_dir: str, threads: int
) -> dict[str, Any]:
    """Our figures: refits of a growing corpus, each settled with what was known before it."""
    rows = read_rows(Path(file), text_column, label_column)
    order = np.random.default_rng(SHUFFLE_SEED).permutation(len(rows))[:MOST]
    texts = [rows[row].text for row in order]
    say(f"embedding {len(texts)} texts …")
    vectors = open_embedder(embedder, Path(model_dir), threads=threads).encode(texts)
    begin = time.perf_counter()
    figures, labels, fresh = grown(texts, vectors)
    figures["seconds"] = round(time.perf_counter() - begin, 2)
    if label_column:
        truth = [rows[row].label for row in order]
        figures |= {"ami": agreement(truth, labels)["ami"], "ami_fresh": agreement(truth, fresh)["ami"]}
    return figures


def grown(
    texts: Sequence[str], vectors: NDArray[np.float32]
) -> tuple[dict[str, Any], NDArray[np.int64], NDArray[np.int64]]:
    """The figures; and of all texts the reasons as the registry has them, and as the last discovery alone gave them."""
    sizes = np.linspace(len(texts) // 5, len(texts), STEPS).astype(int).tolist()
    registry, tally = Registry(), Tally()
    for size in sizes:
        say(f"discovering in {size} …")
        found = discover(texts[:size], vectors[:size])
        before = registry.given + [None] * (size - len(registry.given))
        known = tuple(registry.reasons.values())
        settled = reconcile(found, vectors[:size], known, new_id=registry.new_id, previous=before)
        registry.take(settled)
        tally.add(before, registry.given, reasons_why(settled.events))
    figures = {"n": len(texts), "refits": len(sizes) - 1, "k": len(settled.ids), **tally.figures()}
    return figures, settled.discovery.labels, found.labels


def reasons_why(events: Iterable[ReasonEvent]) -> set[tuple[str, str | None]]:
    """The changes that events explain: from which reason to which."""
    why: set[tuple[str, str | None]] = set()
    for event in events:
        if event.kind in ("split", "restored"):
            why |= {(other, event.reason_id) for other in event.others}
        elif event.kind == "merged":
            why |= {(event.reason_id, other) for other in event.others}
        elif event.kind == "retired":
            why.add((event.reason_id, None))
    return why


def _registered(reason_id: str, name: str, centroid: NDArray[np.float32], size: int) -> RegisteredReason:
    return RegisteredReason(
        id=reason_id,
        name=name,
        centroid=centroid,
        size=size,
        keywords=(),
        level="reason",
        active=True,
        parent_id=None,
        merged_into=None,
        kept=False,
        whole=False,
        joined=False,
        barred=False,
        placed=False,
    )
