"""What means the same is found, whoever is asked, and nothing of another tenant, nor of what is gone."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence

import numpy as np
import psycopg
import pytest

from data import meaning
from data.database import Database
from data.meaning import Meaning, TurnVector
from data.stores import Stores
from data.types import Query
from nlp.query import parse
from tests.data.conversations import MONDAY, talk

EMBEDDER = "all-MiniLM-L6-v2"
DIMENSIONS = 384
BOTH = 'refund ~like:"money back"'


def pointing(angle: float) -> np.ndarray:
    """A vector at so many degrees from the one that is asked for."""
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    vector[0], vector[1] = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return vector


def meant(stores: Stores, contact: uuid.UUID, angles: Sequence[float], embedder: str = EMBEDDER) -> None:
    vectors = [
        TurnVector(interaction_id=contact, position=at, vector=pointing(angle), text_hash=bytes([at, int(angle)]))
        for at, angle in enumerate(angles)
    ]
    stores.meaning.put(embedder, [contact], vectors)


def asked(embedder: str = EMBEDDER, threshold: float = 0.5) -> Mapping[str, Meaning]:
    return {"money back": Meaning(embedder=embedder, vector=pointing(0), threshold=threshold)}


LIKE = parse('~like:"money back"')


def found(stores: Stores, query: Query = LIKE) -> list[uuid.UUID]:
    page = stores.search.run(query, meanings=asked(), limit=100)
    assert page.total == len(page.hits)
    return [hit.interaction.id for hit in page.hits]


def test_turns_at_or_above_the_threshold_are_found_and_marked_as_a_whole(database: Database) -> None:
    with database.tenant("default") as stores:
        near = talk(stores, "hello there my friend", "I want it back")
        far = talk(stores, "what lovely weather")
        meant(stores, near, [80, 20])
        meant(stores, far, [61])
        page = stores.search.run(LIKE, meanings=asked())
        assert [hit.interaction.id for hit in page.hits] == [near]
        assert (page.total, page.count_kind, page.not_evaluated) == (1, "exact", 0)
        (turn,) = page.hits[0].turns
        assert turn.text == "I want it back"
        assert [(span.char_begin, span.char_end) for span in turn.spans] == [(0, len(turn.text))]


def test_meaning_joins_words_facts_and_not(database: Database) -> None:
    with database.tenant("default") as stores:
        both = talk(stores, "a refund please", queue="billing")
        meaning_only = talk(stores, "give it back")
        words_only = talk(stores, "no refund")
        for contact, angle in ((both, 10), (meaning_only, 10), (words_only, 90)):
            meant(stores, contact, [angle])
        assert found(stores, parse(BOTH)) == [both]
        assert set(found(stores, parse('refund OR ~like:"money back"'))) == {both, meaning_only, words_only}
        assert found(stores, parse('refund -~like:"money back"')) == [words_only]
        assert found(stores, parse('queue:billing ~like:"money back"')) == [both]


def test_the_closest_come_first_where_the_best_are_asked_for(database: Database) -> None:
    with database.tenant("default") as stores:
        contacts = {angle: talk(stores, "give it back now") for angle in (40, 10, 25)}
        for angle, contact in contacts.items():
            meant(stores, contact, [angle])
        page = stores.search.run(LIKE, meanings=asked(), order="best", limit=2)
        following = stores.search.run(LIKE, meanings=asked(), order="best", limit=2, cursor=page.next_cursor)
        ids = [hit.interaction.id for hit in (*page.hits, *following.hits)]
        assert ids == [contacts[angle] for angle in (10, 25, 40)]
        assert page.hits[0].rank == pytest.approx(np.cos(np.radians(10)), abs=1e-3)


def test_beyond_the_cap_the_closest_are_found_and_the_answer_says_at_least(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meaning, "MOST", 2)
    with database.tenant("default") as stores:
        contacts = [talk(stores, "give it back now") for _ in range(4)]
        for angle, contact in zip((40, 10, 25, 30), contacts, strict=True):
            meant(stores, contact, [angle])
        page = stores.search.run(LIKE, meanings=asked())
        assert {hit.interaction.id for hit in page.hits} == {contacts[1], contacts[2]}
        assert (page.total, page.count_kind) == (2, "at_least")


def test_contacts_without_vectors_of_this_embedder_are_not_evaluated(database: Database) -> None:
    with database.tenant("default") as stores:
        known, other, never = (talk(stores, "give it back now") for _ in range(3))
        meant(stores, known, [10])
        meant(stores, other, [10], embedder="another")
        page = stores.search.run(LIKE, meanings=asked())
        assert [hit.interaction.id for hit in page.hits] == [known]
        assert page.not_evaluated == 2
        assert set(stores.meaning.waiting(EMBEDDER, 10)) == {other, never}
        meant(stores, other, [10])
        assert set(found(stores)) == {known, other}


def test_f37_another_tenants_turns_are_not_found(database: Database) -> None:
    with database.tenant("other") as stores:
        meant(stores, talk(stores, "give it back now"), [0])
    with database.tenant("default") as stores:
        assert found(stores) == []
        assert stores.meaning.of_texts(EMBEDDER, [bytes([0, 0])]) == {}


def test_f41_vectors_go_with_their_turns(database: Database) -> None:
    with database.tenant("default") as stores:
        contact = talk(stores, "give it back now")
        meant(stores, contact, [0])
        connection = stores.driver_connection
        connection.execute("DELETE FROM turn")
        assert connection.execute("SELECT count(*) FROM turn_vector").fetchone() == (0,)


def test_many_vectors_are_searched_by_the_index(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the role that serves requests, beside a tenant with more of the same."""
    monkeypatch.setattr(meaning, "EXHAUSTIVE", 10)
    draw = np.random.default_rng(1)
    for tenant in ("default", "other"):
        with database.tenant(tenant) as stores:
            contact = talk(stores, *["give it back now"] * 400)
            vectors = draw.normal(size=(400, DIMENSIONS)).astype(np.float32)
            vectors[:20, 0] += 40
            rows = [
                TurnVector(interaction_id=contact, position=at, vector=vector, text_hash=b"")
                for at, vector in enumerate(vectors)
            ]
            stores.meaning.put(EMBEDDER, [contact], rows)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET ROLE reasonance_owner")
        connection.execute("ANALYZE turn_vector")
    with database.tenant("default") as stores:
        stores.driver_connection.execute("SET LOCAL enable_seqscan = off")
        sought = Meaning(embedder=EMBEDDER, vector=pointing(0), threshold=0.7)
        alike = stores.meaning.alike(sought)
        assert not alike.exact
        assert {position for position, _ in alike.turns[contact_of(stores)]} == set(range(20))
        values = {
            "tenant": "default",
            "vector": str(pointing(0).tolist()),
            "threshold": 0.7,
            "candidates": 100,
            "most": 9,
        }
        plan = "\n".join(stores.session.scalars(meaning.nearest(f"EXPLAIN {meaning.INDEXED}", sought), values))
        assert len(re.findall(r"Scan .*on turn_vector", plan)) == 1, "Others' parts of the table are left alone"
        assert re.search(r"Index Scan using turn_vector_\d+_binary_quantize_idx on", plan)


def contact_of(stores: Stores) -> uuid.UUID:
    (contact,) = (hit.interaction.id for hit in stores.search.run(parse("back")).hits)
    return contact


def test_what_was_said_before_is_not_embedded_again(database: Database) -> None:
    with database.tenant("default") as stores:
        contact = talk(stores, "give it back now", started_at=MONDAY)
        meant(stores, contact, [30])
        known = stores.meaning.of_texts(EMBEDDER, [bytes([0, 30]), bytes([0, 31])])
        assert list(known) == [bytes([0, 30])]
        assert np.allclose(known[bytes([0, 30])], pointing(30), atol=1e-3)
