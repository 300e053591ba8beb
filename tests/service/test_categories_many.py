"""All history at once says what each contact says by itself, and what a reader of its turns would say."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Sequence

import pytest

from data.category_matches import Rule
from data.database import Database
from data.simulated_talk import counted, measure_talk, repeat_talk, simulate_talk
from data.stores import Stores
from service.categories import read_rule
from service.evaluate.search_corpus import Corpus, pool
from tests.data.conversations import MONDAY

Read = Callable[[Sequence[str]], bool]
TURNS = 4


def words(*wanted: str) -> Read:
    """Each of these words, as it is written, in some turn. They have one form only, so that no stemming matters."""
    return lambda talk: all(any(word in said(turn) for turn in talk) for word in wanted)


def said(turn: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in turn.lower()).split()


def phrase(first: str, second: str) -> Read:
    return lambda talk: any((first, second) in zip(said(turn), said(turn)[1:], strict=False) for turn in talk)


READERS: dict[str, Read] = {
    "when": words("when"),
    "my when": words("my", "when"),
    '"when i"': phrase("when", "i"),
    "when NOT my": lambda talk: words("when")(talk) and not words("my")(talk),
    "NOT when": lambda talk: not words("when")(talk),
    "customer:( when )": lambda talk: words("when")(talk[1::2]),
    'when OR "my card"': lambda talk: words("when")(talk) or phrase("my", "card")(talk),
}
OTHERS = ("first:6s( when )", "NOT last:50%( my )", "sentiment<0 when", "sentiment<0 OR my", "queue:billing my")


def store(database: Database, url: str, count: int, copies: int) -> dict[uuid.UUID, Sequence[str]]:
    """So many different calls of the tenant ``default``, by id; there are as many copies of each besides."""
    texts = [turn.text for turn in Corpus(pool(None), 7).turns(count * TURNS)]
    talks = [texts[at : at + TURNS] for at in range(0, len(texts), TURNS)]
    found: dict[uuid.UUID, Sequence[str]] = {}
    for begin in range(0, count, 500):
        part = talks[begin : begin + 500]
        with database.tenant("default") as stores:
            ids = simulate_talk(stores, part, [MONDAY + dt.timedelta(minutes=begin + at) for at in range(len(part))])
            measure_talk(stores, ids)
        found.update(zip(ids, part, strict=True))
    counted(url, ("interaction", "turn", "search_document"))
    with database.tenant("default") as stores:
        repeat_talk(stores, list(found), copies)
    return found


def applied(stores: Stores, text: str) -> tuple[Rule, float]:
    """The rule of a new category that all history was held against, and the seconds that took."""
    made = stores.categories.create(text, text, author="test")
    stores.categories.publish(made.id)
    rule = Rule(category_id=made.id, version=1, query=read_rule(text))
    begin = time.perf_counter()
    stores.category_matches.apply(rule)
    return rule, time.perf_counter() - begin


def stored(stores: Stores, rule: Rule, contacts: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    results = {one: stores.category_matches.of_interaction(one) for one in contacts}
    return {one: next(r.state for r in found if r.category_id == rule.category_id) for one, found in results.items()}


def agree(database: Database, talks: dict[uuid.UUID, Sequence[str]], some: Sequence[uuid.UUID]) -> list[float]:
    """Asserts that three ways say the same of some contacts; returns how long all history took for each query."""
    seconds = []
    with database.tenant("default") as stores:
        for text in (*READERS, *OTHERS):
            rule, took = applied(stores, text)
            seconds.append(took)
            told = stored(stores, rule, some)
            alone = {one: stores.category_matches.verdicts(rule, [one])[one] for one in some}
            assert alone == told, text
            if text in READERS:
                expected = {one: "matched" if READERS[text](talks[one]) else "not_matched" for one in some}
                assert told == expected, text
            assert len(set(told.values())) > 1, text
    return seconds


def test_at_once_one_by_one_and_by_reading_it_is_the_same(database: Database, database_url: str) -> None:
    talks = store(database, database_url, 100, copies=1)
    agree(database, talks, list(talks)[::2])


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_hundred_thousand_contacts_take_less_than_ten_seconds(database: Database, database_url: str) -> None:
    talks = store(database, database_url, 2_000, copies=49)
    with database.tenant("default") as stores:
        assert len(stores.interactions.ids()) == 100_000
    seconds = agree(database, talks, list(talks)[::10])
    assert max(seconds[: len(READERS)]) < 10, seconds
