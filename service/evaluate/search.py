"""``evaluate search``: how long a search takes over many turns; see docs/evaluate.md."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from data import embedded
from data.database import Database
from data.keys import MasterKey
from data.meaning import Meaning
from data.search import Order
from data.simulated_talk import indexed_afterwards, simulate_meaning, simulate_talk
from data.stores import Stores
from data.types import Like, Query
from nlp.query import parse
from service.embedders import open_embedder
from service.evaluate.harness import PeakMemory, say
from service.evaluate.search_corpus import TURNS_EACH, Corpus, Said, pool
from service.evaluate.search_questions import KINDS, Questions

if TYPE_CHECKING:
    from classify import Embedder

TENANTS = ("first", "second")
FIRST = dt.datetime(2025, 1, 6, tzinfo=dt.UTC)
DAYS = 364
ROUND = 500
"""Contacts in one transaction."""
GROWTH = (10_000, 100_000)
EACH = 40
"""Questions of a kind to each tenant, after as many others: what is asked all day lies in memory."""
CHECKED = 10
"""Questions by meaning that are held against all vectors."""
SEED = 1
TABLES = ("search_document", "search_words", "turn", "turn_vector", "interaction")
BUILD_MEMORY = "1GB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The sentences that everything said is made of, and what they mean."""

    sentences: Sequence[str]
    vectors: NDArray[np.float32]
    embedder: Embedder

    def meaning(self, row: int) -> Meaning:
        return Meaning(embedder=self.embedder.name, vector=self.vectors[row], threshold=self.embedder.threshold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A throwaway database and what is said in it."""

    database: Database
    url: str
    said: Pool


def ours(
    segments: int, growth: bool, sentences: str | None, embedder: str, model_dir: str, threads: int | None
) -> dict[str, Any]:
    """Figures through the stores, as role ``app`` under row-level security; ``growth`` adds smaller corpora."""
    lines = pool(Path(sentences) if sentences else None)
    model = open_embedder(embedder, Path(model_dir), threads=threads)
    say(f"embedding {len(lines)} sentences …")
    said = Pool(sentences=lines, vectors=model.encode(lines), embedder=model)
    sizes = [size for size in GROWTH if size < segments] if growth else []
    smaller = {str(size): _figures(size, said) for size in sizes}
    return {**_figures(segments, said), "growth": smaller if growth else None}


def _figures(segments: int, said: Pool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="reasonance-") as folder, PeakMemory() as memory:
        place = Path(folder)
        url = embedded.server(place).url
        database = Database(url, master_key=MasterKey(bytes(32)))
        try:
            figures = measured(Place(database=database, url=url, said=said), segments)
        finally:
            database.dispose()
            embedded.destroy(place)
    return {**figures, "rss_mb": memory.mb}


def measured(place: Place, segments: int) -> dict[str, Any]:
    begin = time.perf_counter()
    turns = fill(place, segments)
    setup_s = time.perf_counter() - begin
    return {**asked(place, turns), "segments": segments, "setup_s": round(setup_s, 1)}


def asked(place: Place, turns: Sequence[str]) -> dict[str, Any]:
    days = [(FIRST + dt.timedelta(days=day)).date().isoformat() for day in range(DAYS)]
    questions = Questions(turns, days, SEED)
    figures: dict[str, Any] = {kind: _of_words(place, questions, kind, "newest") for kind in KINDS}
    figures["meaning"] = _of_meaning(place)
    return {**figures, "best": {"words": _of_words(place, questions, "words", "best")}}


def _of_words(place: Place, questions: Questions, kind: str, order: Order) -> dict[str, float]:
    others, queries = ([parse(one.text) for one in questions.of(kind, EACH)] for _ in range(2))
    say(f"asking {len(queries) * len(TENANTS)} times: {kind}, {order} first …")
    seconds = []
    for tenant in TENANTS:
        with place.database.tenant(tenant) as stores:
            for query in others:
                stores.search.run(query, order=order)
            seconds += [_timed(partial(stores.search.run, query, order=order)) for query in queries]
    return _percentiles(seconds)


def _of_meaning(place: Place) -> dict[str, float]:
    """``recall``: of what comparing all vectors finds, the share that the index finds too."""
    draw = random.Random(SEED)  # noqa: S311  # no secret
    some = draw.sample(range(len(place.said.sentences)), min(2 * EACH, len(place.said.sentences)))
    others, rows = some[: len(some) // 2], some[len(some) // 2 :]
    say(f"asking {len(rows) * len(TENANTS)} times: meaning …")
    seconds, shares = [], []
    for tenant in TENANTS:
        with place.database.tenant(tenant) as stores:
            for row in others:
                _ask_meaning(place, stores, row)
            seconds += [_timed(partial(_ask_meaning, place, stores, row)) for row in rows]
            for row in rows[:CHECKED]:
                every = set(stores.meaning.alike(place.said.meaning(row), exhaustive=True).turns)
                found = set(stores.meaning.alike(place.said.meaning(row)).turns)
                shares.append(len(every & found) / len(every) if every else 1.0)
    return {**_percentiles(seconds), "recall": round(float(np.mean(shares)), 3)}


def _ask_meaning(place: Place, stores: Stores, row: int) -> None:
    text = place.said.sentences[row]
    stores.search.run(Query(text=text, root=Like(text=text)), meanings={text: place.said.meaning(row)})


def fill(place: Place, segments: int) -> list[str]:
    """Both tenants at once; returns turns of the first, to ask about."""
    place.database.upgrade()
    place.database.index_embedder(place.said.embedder.name, place.said.embedder.dimensions)
    for tenant in TENANTS:
        with place.database.tenant(tenant) as stores:
            stores.tenants.ensure()
    contacts = max(1, segments // len(TENANTS) // TURNS_EACH)
    with indexed_afterwards(place.url, TABLES, BUILD_MEMORY):
        with ThreadPoolExecutor(len(TENANTS)) as threads:
            some = list(threads.map(lambda at: _fill_tenant(place, TENANTS[at], at, contacts), range(len(TENANTS))))
        say("making the indexes …")
    return some[0]


def _fill_tenant(place: Place, tenant: str, seed: int, contacts: int) -> list[str]:
    some: list[str] = []
    corpus = Corpus(place.said.sentences, seed)
    stored: list[tuple[list[uuid.UUID], list[Said]]] = []
    for begin in range(0, contacts, ROUND):
        count = min(ROUND, contacts - begin)
        if begin % (ROUND * 10) == 0:
            say(f"{tenant}: storing contacts, {begin} of {contacts} …")
        said = list(corpus.turns(count * TURNS_EACH))
        texts = [turn.text for turn in said]
        talks = [texts[at : at + TURNS_EACH] for at in range(0, len(texts), TURNS_EACH)]
        began = [FIRST + dt.timedelta(days=DAYS * (begin + at) / contacts) for at in range(count)]
        with place.database.tenant(tenant) as stores:
            stored.append((simulate_talk(stores, talks, began), said))
        some.extend(texts[:200])
    say(f"{tenant}: storing what the turns mean …")
    with place.database.tenant(tenant) as stores:
        simulate_meaning(stores, place.said.embedder.name, place.said.vectors, _meant(stored))
    return some


def _meant(
    stored: Sequence[tuple[list[uuid.UUID], list[Said]]],
) -> Iterator[tuple[list[uuid.UUID], list[int], list[tuple[int, ...]]]]:
    for contacts, said in stored:
        each = [contact for contact in contacts for _ in range(TURNS_EACH)]
        yield each, list(range(TURNS_EACH)) * len(contacts), [turn.sentences for turn in said]


def _timed(step: Callable[[], object]) -> float:
    begin = time.perf_counter()
    step()
    return time.perf_counter() - begin


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    low, high = np.percentile(np.array(seconds) * 1000, [50, 95])
    return {"p50_ms": round(float(low), 1), "p95_ms": round(float(high), 1)}
