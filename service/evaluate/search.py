"""``evaluate search``: how long a search takes over many turns; see docs/evaluate.md."""

from __future__ import annotations

import datetime as dt
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from data import embedded
from data.database import Database
from data.keys import MasterKey
from data.search import Order
from data.simulated_talk import indexed_afterwards, simulate_talk
from nlp.query import parse
from service.evaluate.harness import PeakMemory, say
from service.evaluate.search_corpus import TURNS_EACH, Corpus, pool
from service.evaluate.search_questions import KINDS, Asked, Questions

TENANTS = ("first", "second")
FIRST = dt.datetime(2025, 1, 6, tzinfo=dt.UTC)
DAYS = 364
ROUND = 500
"""Contacts in one transaction."""
GROWTH = (10_000, 100_000)
EACH = 40
"""Questions of a kind to each tenant."""
SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A throwaway database and what is in it."""

    database: Database
    url: str
    sentences: Sequence[str]


def ours(segments: int, growth: bool, sentences: str | None) -> dict[str, Any]:
    """Figures through the stores, as role ``app`` under row-level security; ``growth`` adds smaller corpora."""
    said = pool(Path(sentences) if sentences else None)
    sizes = [size for size in GROWTH if size < segments] if growth else []
    smaller = {str(size): _figures(size, said) for size in sizes}
    return {**_figures(segments, said), "growth": smaller if growth else None}


def _figures(segments: int, sentences: Sequence[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="reasonance-") as folder, PeakMemory() as memory:
        place = Path(folder)
        url = embedded.server(place).url
        database = Database(url, master_key=MasterKey(bytes(32)))
        try:
            figures = _measured(Place(database=database, url=url, sentences=sentences), segments)
        finally:
            database.dispose()
            embedded.destroy(place)
    return {**figures, "rss_mb": memory.mb}


def _measured(place: Place, segments: int) -> dict[str, Any]:
    begin = time.perf_counter()
    turns = _fill(place, segments)
    setup_s = time.perf_counter() - begin
    days = [(FIRST + dt.timedelta(days=day)).date().isoformat() for day in range(DAYS)]
    questions = Questions(turns, days, SEED)
    figures: dict[str, Any] = {}
    for kind in KINDS:
        figures[kind] = _timed(place, list(questions.of(kind, EACH)), "newest")
    best = _timed(place, list(questions.of("words", EACH)), "best")
    return {**figures, "best": {"words": best}, "segments": segments, "setup_s": round(setup_s, 1)}


def _fill(place: Place, segments: int) -> list[str]:
    """Both tenants at once; returns turns of the first, to ask about."""
    place.database.upgrade()
    for tenant in TENANTS:
        with place.database.tenant(tenant) as stores:
            stores.tenants.ensure()
    contacts = max(1, segments // len(TENANTS) // TURNS_EACH)
    some: dict[str, list[str]] = {tenant: [] for tenant in TENANTS}
    with indexed_afterwards(place.url, ("search_document", "turn", "interaction"), "512MB"):
        threads = [
            threading.Thread(target=_fill_tenant, args=(place, tenant, number, contacts, some[tenant]))
            for number, tenant in enumerate(TENANTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        say("making the indexes …")
    return some[TENANTS[0]]


def _fill_tenant(place: Place, tenant: str, seed: int, contacts: int, some: list[str]) -> None:
    corpus = Corpus(place.sentences, seed)
    for begin in range(0, contacts, ROUND):
        count = min(ROUND, contacts - begin)
        if begin % (ROUND * 10) == 0:
            say(f"{tenant}: storing contacts, {begin} of {contacts} …")
        said = [turn.text for turn in corpus.turns(count * TURNS_EACH)]
        talks = [said[at : at + TURNS_EACH] for at in range(0, len(said), TURNS_EACH)]
        began = [FIRST + dt.timedelta(days=DAYS * (begin + at) / contacts) for at in range(count)]
        with place.database.tenant(tenant) as stores:
            simulate_talk(stores, talks, began)
        some.extend(said[:200])


def _timed(place: Place, asked: list[Asked], order: Order) -> dict[str, float]:
    say(f"asking {len(asked) * len(TENANTS)} times: {asked[0].kind}, {order} first …")
    seconds = []
    for tenant in TENANTS:
        with place.database.tenant(tenant) as stores:
            stores.search.run(parse("warm up"))
            for one in asked:
                query = parse(one.text)
                begin = time.perf_counter()
                stores.search.run(query, order=order)
                seconds.append(time.perf_counter() - begin)
    low, high = np.percentile(np.array(seconds) * 1000, [50, 95])
    return {"p50_ms": round(float(low), 1), "p95_ms": round(float(high), 1)}
