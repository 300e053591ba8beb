"""``evaluate categories``: how long all history takes against a category, and whether one by one it says the same."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from data import embedded
from data.category_matches import Rule
from data.database import Database
from data.keys import MasterKey
from data.simulated_talk import counted, indexed_afterwards, measure_talk, repeat_talk, simulate_talk
from data.stores import Stores
from service.categories import read_rule
from service.evaluate.harness import PeakMemory, say
from service.evaluate.search_corpus import Corpus, pool

TENANT, OTHER = "first", "second"
FIRST = dt.datetime(2025, 1, 6, tzinfo=dt.UTC)
DAYS = 364
ROUND = 500
TABLES = ("search_document", "search_words", "turn", "interaction")
DIFFERENT = 2000
"""Contacts that say something of their own; making more takes long, and what is measured would be the same."""
BATCH = 64
"""New contacts that the pipeline evaluates together."""
SEED = 1
QUERIES = {
    "word": "refund",
    "common_word": "the",
    "words": "account password",
    "phrase": '"my account"',
    "beginning": "cancel*",
    "choice": 'refund OR "money back" OR (order NEAR/5 late)',
    "absence": "customer:( cancel* ) NOT refund",
    "role": 'agent:( "how can i help" OR sorry )',
    "part": "first:30s( agent:( help ) )",
    "part_absence": "NOT last:10%( agent:( thank* ) )",
    "measure": "sentiment<-0.5 customer:( bill )",
    "measure_choice": "sentiment<-0.5 OR refund",
    "fact": "queue:billing (refund OR bill)",
}


def ours(interactions: int, turns: int, checked: int) -> dict[str, Any]:
    """Figures over a throwaway database of its own, through the stores, as role ``app`` under row-level security."""
    with tempfile.TemporaryDirectory(prefix="reasonance-") as folder, PeakMemory() as memory:
        place = Path(folder)
        url = embedded.server(place).url
        database = Database(url, master_key=MasterKey(bytes(32)))
        try:
            setup_s = _timed(lambda: _fill(database, url, interactions, turns))[1]
            figures = _measured(database, checked)
        finally:
            database.dispose()
            embedded.destroy(place)
    return {"interactions": interactions, "turns": turns, **figures, "setup_s": round(setup_s, 1), "rss_mb": memory.mb}


def _fill(database: Database, url: str, interactions: int, turns: int) -> None:
    database.upgrade()
    sentences = pool(None)
    counts = {TENANT: interactions, OTHER: interactions // 10}
    with indexed_afterwards(url, TABLES, "256MB"):
        made = {}
        for seed, (tenant, count) in enumerate(counts.items()):
            with database.tenant(tenant) as stores:
                stores.tenants.ensure()
            different = count // _copies(count)
            say(f"{tenant}: storing {different} contacts {_copies(count)} times …")
            made[tenant] = list(_stored(database, tenant, Corpus(sentences, seed), different, turns))
        counted(url, TABLES)
        for tenant, rounds in made.items():
            for ids in rounds:
                with database.tenant(tenant) as stores:
                    repeat_talk(stores, ids, _copies(counts[tenant]) - 1)
        say("making the indexes …")


def _copies(contacts: int) -> int:
    """Of each of up to ``DIFFERENT`` contacts."""
    return max(1, contacts // DIFFERENT)


def _stored(database: Database, tenant: str, corpus: Corpus, different: int, turns: int) -> Iterator[list[uuid.UUID]]:
    for begin in range(0, different, ROUND):
        count = min(ROUND, different - begin)
        said = [turn.text for turn in corpus.turns(count * turns)]
        talks = [said[at : at + turns] for at in range(0, len(said), turns)]
        began = [FIRST + dt.timedelta(days=DAYS * (begin + at) / different) for at in range(count)]
        with database.tenant(tenant) as stores:
            made = simulate_talk(stores, talks, began)
            measure_talk(stores, made)
        yield made


def _measured(database: Database, checked: int) -> dict[str, Any]:
    """Each category published and applied as a worker does it, in a transaction of its own."""
    rules: list[Rule] = []
    by_query: dict[str, dict[str, Any]] = {}
    for name, text in QUERIES.items():
        with database.tenant(TENANT) as stores:
            made = stores.categories.create(name, text, author="evaluate")
            stores.categories.publish(made.id)
        rule = Rule(category_id=made.id, version=1, query=read_rule(text))
        seconds, counts = _applied(database, rule)
        rules.append(rule)
        by_query[name] = {"query": text, "apply_s": round(seconds, 2), **counts}
        say(f"{name}: {seconds:.2f} s, {counts}")
    again = [_applied(database, rule)[0] for rule in rules]
    return {
        "apply_s": round(max(one["apply_s"] for one in by_query.values()), 2),
        "apply_again_s": round(max(again), 2),
        "by_query": by_query,
        "one_by_one": _one_by_one(database, rules, checked),
        "batch_ms": _batches(database, rules),
    }


def _applied(database: Database, rule: Rule) -> tuple[float, dict[str, int]]:
    def work() -> dict[str, int]:
        with database.tenant(TENANT) as stores:
            found = stores.category_matches.apply(rule)
        return {name: getattr(found, name) for name in ("matched", "not_matched", "not_evaluated")}

    counts, seconds = _timed(work)
    return seconds, counts


def _one_by_one(database: Database, rules: Sequence[Rule], checked: int) -> dict[str, int]:
    """Each contact of a sample asked for by itself, against what was stored of it when all were asked at once."""
    say(f"holding {checked} contacts against each by themselves …")
    counts = {"checked": 0, "equal": 0}
    with database.tenant(TENANT) as stores:
        for contact in _some(stores, checked):
            stored = {one.category_id: one.state for one in stores.category_matches.of_interaction(contact)}
            for rule in rules:
                alone = stores.category_matches.verdicts(rule, [contact])[contact]
                counts["checked"] += 1
                counts["equal"] += alone == stored[rule.category_id]
    return counts


def _batches(database: Database, rules: Sequence[Rule]) -> dict[str, float]:
    """What the pipeline adds for a batch of new contacts and all these categories."""
    seconds = []
    with database.tenant(TENANT) as stores:
        some = _some(stores, 20 * BATCH)
        for begin in range(0, len(some), BATCH):
            part = some[begin : begin + BATCH]
            seconds.append(_timed(lambda part=part: stores.category_matches.evaluate(rules, part))[1])
    low, high = np.percentile(np.array(seconds) * 1000, [50, 95])
    return {"contacts": BATCH, "categories": len(rules), "p50": round(float(low), 1), "p95": round(float(high), 1)}


def _some(stores: Stores, count: int) -> list[uuid.UUID]:
    """So many contacts, the same in each run."""
    everyone = sorted(stores.interactions.ids())
    return random.Random(SEED).sample(everyone, min(count, len(everyone)))  # noqa: S311  # no secret


def _timed(step: Any) -> tuple[Any, float]:
    begin = time.perf_counter()
    found = step()
    return found, time.perf_counter() - begin
