"""Many contacts with turns, stored in bulk: to measure search with. Indexed by the functions that index any contact."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import psycopg
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg import sql

from data.search_index import index_words
from data.stores import Stores
from data.types import Role

SPEAKERS = (Role.AGENT.value, Role.CUSTOMER.value)
"""In turn."""


def simulate_talk(stores: Stores, talks: Sequence[Sequence[str]], started_at: Sequence[dt.datetime]) -> list[uuid.UUID]:
    """Adds a call for each sequence of turns, agent and customer in turn, findable by its words; returns their ids."""
    # Of their content too: the same turns make the same contact.
    ids = [uuid.uuid4() for _ in talks]
    words = [sum(len(turn.split()) for turn in talk) for talk in talks]
    connection = stores.driver_connection
    # A plan that is made while the tables are empty would read them whole, for each turn, when they are full.
    connection.execute("SET LOCAL enable_seqscan = off")
    connection.execute(CONTACTS, (stores.tenant, ids, list(started_at), [len(talk) for talk in talks], words))
    rows = [
        (contact, position, SPEAKERS[position % 2], text)
        for contact, talk in zip(ids, talks, strict=True)
        for position, text in enumerate(talk)
    ]
    connection.execute(TURNS, (stores.tenant, *map(list, zip(*rows, strict=True))))
    index_words(stores.session, stores.tenant, ids)
    return ids


CONTACTS = """
    INSERT INTO interaction (tenant, id, content_id, channel, name, media_type, started_at, received_at, state,
        language, turn_count, word_count)
    SELECT %s, id, uuid_send(id), 'voice', 'call', 'text/plain', began, began, 'analysed', 'en', turns, words
    FROM unnest(%s::uuid[], %s::timestamptz[], %s::bigint[], %s::bigint[]) AS made (id, began, turns, words)
"""
TURNS = """
    INSERT INTO turn (tenant, interaction_id, position, role, text)
    SELECT %s, * FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::text[])
"""
SLIGHTLY = 0.2
SENTENCES = """
    CREATE TEMP TABLE sentence (number bigint PRIMARY KEY, vector halfvec, slight halfvec) ON COMMIT DROP
"""
VECTORS = """
    INSERT INTO turn_vector (tenant, embedder, interaction_id, position, vector, text_hash)
    SELECT %s, %s, t.contact, t.position, l2_normalize(a.vector + b.vector + c.vector + d.slight),
        uuid_send(gen_random_uuid())
    FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
        AS t (contact, position, one, two, three, other)
    JOIN sentence AS a ON a.number = t.one JOIN sentence AS b ON b.number = t.two
    JOIN sentence AS c ON c.number = t.three JOIN sentence AS d ON d.number = t.other
"""
EMBEDDED = "UPDATE interaction SET turns_embedder = %s WHERE tenant = %s AND id = ANY (%s)"


def simulate_meaning(
    stores: Stores,
    embedder: str,
    sentences: NDArray[np.float32],
    turns: Iterable[tuple[Sequence[uuid.UUID], Sequence[int], Sequence[tuple[int, ...]]]],
) -> None:
    """Gives turns vectors as if they had been embedded: what their sentences mean, and a little of another one.

    ``sentences`` has a row each; of turns come many at a time: contacts, positions, and the rows of their sentences.
    """
    connection = stores.driver_connection
    connection.execute("SET LOCAL enable_seqscan = off")
    connection.execute(SENTENCES)
    rows = [
        (number, HalfVector(vector).to_text(), HalfVector(SLIGHTLY * vector).to_text())
        for number, vector in enumerate(sentences)
    ]
    connection.cursor().executemany("INSERT INTO sentence VALUES (%s, %s::halfvec, %s::halfvec)", rows)
    other = np.random.default_rng(0)
    for contacts, positions, numbers in turns:
        parts = [[some[min(place, len(some) - 1)] for some in numbers] for place in range(3)]
        mixed = other.integers(0, len(sentences), len(numbers)).tolist()
        values = (stores.tenant, embedder, list(contacts), list(positions), *parts, mixed)
        connection.execute(VECTORS, values)
        connection.execute(EMBEDDED, (embedder, stores.tenant, list(set(contacts))))


def measure_talk(stores: Stores, interactions: Sequence[uuid.UUID]) -> None:
    """Gives four in five of these a feeling, a queue and times, three seconds a turn; of the rest nothing is known."""
    for statement in (MEASURES, TIMES):
        stores.driver_connection.execute(statement, (stores.tenant, list(interactions)))


MEASURES = """
    UPDATE interaction SET sentiment = 2 * random() - 1, duration_s = 3 * turn_count,
        queue = (ARRAY['billing', 'orders', 'technical'])[1 + floor(3 * random())::int]
    WHERE tenant = %s AND id = ANY (%s::uuid[]) AND abs(hashtext(id::text)) %% 5 > 0
"""
TIMES = """
    UPDATE turn SET begin_ms = 3000 * position, end_ms = 3000 * position + 2900
    FROM interaction AS i
    WHERE turn.tenant = %s AND turn.interaction_id = ANY (%s::uuid[])
        AND i.tenant = turn.tenant AND i.id = turn.interaction_id AND i.duration_s IS NOT NULL
"""


def repeat_talk(stores: Stores, interactions: Sequence[uuid.UUID], times: int) -> None:
    """Adds so many copies of each of these, with what was measured and indexed of them: many times as fast as anew.

    In a transaction after ``counted``: a check for each row needs to know how many rows there are.
    """
    for statement in (COPIES, COPIED_TURNS, COPIED_KEYS, COPIED_WORDS):
        stores.driver_connection.execute(
            statement, {"tenant": stores.tenant, "ids": list(interactions), "times": times}
        )


COPIES = """
    INSERT INTO interaction (tenant, id, content_id, channel, name, media_type, started_at, received_at, state,
        language, turn_count, word_count, text_config, sentiment, duration_s, queue)
    SELECT tenant, md5(id::text || number)::uuid, decode(md5(id::text || number), 'hex'), channel, name, media_type,
        started_at + make_interval(mins => number), received_at, state,
        language, turn_count, word_count, text_config, sentiment, duration_s, queue
    FROM interaction CROSS JOIN generate_series(1, %(times)s) AS number
    WHERE tenant = %(tenant)s AND id = ANY (%(ids)s::uuid[])
"""
COPIED_TURNS = """
    INSERT INTO turn (tenant, interaction_id, position, role, text, begin_ms, end_ms)
    SELECT tenant, md5(interaction_id::text || number)::uuid, position, role, text, begin_ms, end_ms
    FROM turn CROSS JOIN generate_series(1, %(times)s) AS number
    WHERE tenant = %(tenant)s AND interaction_id = ANY (%(ids)s::uuid[])
"""
COPIED_KEYS = """
    INSERT INTO search_document (tenant, interaction_id, started_at, is_current, config, keys)
    SELECT tenant, md5(interaction_id::text || number)::uuid, started_at + make_interval(mins => number), is_current,
        config, keys
    FROM search_document CROSS JOIN generate_series(1, %(times)s) AS number
    WHERE tenant = %(tenant)s AND interaction_id = ANY (%(ids)s::uuid[])
"""
COPIED_WORDS = """
    INSERT INTO search_words (tenant, interaction_id, started_at, is_current, config, is_whole, words, turn_at)
    SELECT tenant, md5(interaction_id::text || number)::uuid, started_at + make_interval(mins => number), is_current,
        config, is_whole, words, turn_at
    FROM search_words CROSS JOIN generate_series(1, %(times)s) AS number
    WHERE tenant = %(tenant)s AND interaction_id = ANY (%(ids)s::uuid[])
"""


def counted(url: str, tables: Sequence[str]) -> None:
    """Has the database know how many rows these tables have, as it would by itself in a while."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET ROLE reasonance_owner")
        connection.execute(sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(map(sql.Identifier, tables))))


@contextmanager
def indexed_afterwards(url: str, tables: Sequence[str], memory: str) -> Iterator[None]:
    """Takes the tables' word and vector indexes away and makes them again at the end, which is many times as fast."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET ROLE reasonance_owner")
        connection.execute(sql.SQL("SET maintenance_work_mem = {}").format(memory))
        found = connection.execute(SLOW_INDEXES, (list(tables),)).fetchall()
        for name, _ in found:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        yield
        for _, definition in found:
            connection.execute(sql.SQL(definition.replace(" ON ONLY ", " ON ", 1)))  # Of all parts of a table.
    counted(url, tables)


SLOW_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename = ANY (%s) AND indexdef ~ 'USING (gin|hnsw)'
"""
