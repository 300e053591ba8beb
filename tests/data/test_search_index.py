"""Every search shape is answered from an index, as the role that serves requests, under row-level security."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from data.database import Database
from data.search import Order
from data.stores import Stores
from data.types import Filter, Role
from nlp.query import parse
from tests.data.conversations import scans

FILL = """
    INSERT INTO interaction (tenant, id, content_id, channel, name, media_type, started_at, queue, state, text_config,
        words_customer, words_agent, word_count)
    SELECT %(tenant)s, gen_random_uuid(), int4send(n), CASE n %% 3 WHEN 0 THEN 'voice' ELSE 'email' END, 'n' || n, 'x',
        timestamptz '2026-10-01' + n * interval '1 minute', 'q' || n %% 7, 'analysed',
        CASE n %% 20 WHEN 0 THEN 'reasonance_german' ELSE 'reasonance_english' END,
        search_vector('reasonance_english', ARRAY['my number is w' || n, 'word' || n %% 50 || ' came late', rest]),
        search_vector('reasonance_english', ARRAY['how may I help w' || n]), 72
    FROM generate_series(1, %(rows)s) AS n,
        LATERAL (SELECT string_agg('f' || n * k %% 997, ' ') AS rest FROM generate_series(1, 60) AS k) AS more
"""
TURNS = """
    INSERT INTO turn (tenant, interaction_id, position, role, text)
    SELECT tenant, id, 0, 'customer', 'word7 came late, my number is ' || name FROM interaction
"""


@pytest.fixture
def crowded(database: Database, database_url: str) -> Iterator[Stores]:
    """A tenant with 2,000 contacts beside one with 6,000, statistics up to date."""
    for tenant, rows in (("default", 2_000), ("other", 6_000)):
        with database.tenant(tenant) as stores:
            connection = stores.driver_connection
            connection.execute(FILL, {"tenant": tenant, "rows": rows})
            connection.execute(TURNS)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET ROLE reasonance_owner")
        connection.execute("ANALYZE interaction, turn")
    with database.tenant("default") as stores:
        yield stores


SHAPES: list[tuple[str, Filter | None, Role | None, Order]] = [
    ("w17", None, None, "newest"),
    ("word7", None, None, "newest"),
    ("word7", None, None, "best"),
    ("word7", None, Role.CUSTOMER, "newest"),
    ("word7", Filter(queue="q1"), None, "newest"),
    ('"word7 came late"', None, None, "newest"),
    ("word4*", None, None, "newest"),
    ("word7 w17", None, None, "newest"),
    ("word7 OR word8", None, None, "newest"),
    ("word7 -w17", None, None, "newest"),
    ("word7 -agent:(help)", None, None, "newest"),
    ("customer:(word7) agent:(help)", None, None, "newest"),
    ("agent:(w17 OR w18)", None, None, "newest"),
    ("w17 NEAR/3 number", None, None, "newest"),
    ("word7 BEFORE/3 (late OR early)", None, None, "newest"),
    ("supervisor:(word7)", None, None, "newest"),
    ("first:30s(w17)", None, None, "newest"),
    ("word7 last:10%(w17)", None, None, "newest"),
    ("-first:30s(w17) word7", None, None, "newest"),
    ("duration>5m", None, None, "newest"),
    ("word7 silence>10s", None, None, "newest"),
    ("word7 channel:voice", None, None, "newest"),
    ("word7 queue:q1 date>=2026-10-01", None, None, "best"),
    ("word7 OR channel:voice", None, None, "newest"),
    ("channel:voice queue:q1", None, None, "newest"),
    ("date>=2026-10-02", None, None, "newest"),
    ("word7 reason:unassigned", None, None, "newest"),
    ("word7 customer:crm:1", None, None, "newest"),
    ("", None, None, "newest"),
]


def test_no_search_shape_reads_a_whole_table(crowded: Stores, subtests: pytest.Subtests) -> None:
    for query, wanted, role, order in SHAPES:
        with subtests.test(query, role=role, order=order):
            before = scans(crowded, "interaction"), scans(crowded, "turn")
            crowded.search.run(parse(query), wanted, role=role, order=order)
            assert (scans(crowded, "interaction"), scans(crowded, "turn")) == before


def test_the_counter_sees_a_whole_table_read_inside_a_function(crowded: Stores) -> None:
    """What the test above rests on."""
    connection = crowded.driver_connection
    assert connection.execute("SELECT current_user").fetchone() == ("reasonance_app",)
    before = scans(crowded, "interaction")
    connection.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")
    connection.execute("SET LOCAL enable_indexonlyscan = off")
    crowded.search.run(parse("word7"))
    assert scans(crowded, "interaction") > before


def test_the_words_of_a_contact_are_looked_up_in_the_gin_index(crowded: Stores, database_url: str) -> None:
    """The plan of what the search function runs, as the role that it runs as, for a tenant worth an index."""
    tree = '{"is": "leaf", "text": "word7", "said_by": ["customer", "agent", "other"]}'
    with psycopg.connect(database_url) as connection:
        connection.execute("SET ROLE reasonance_definer")
        condition = connection.execute("SELECT search_condition(%s, 'reasonance_english')", (tree,)).fetchone()
        assert condition is not None
        where = "i.tenant = 'other' AND i.text_config = 'reasonance_english' AND i.is_current AND " + condition[0]
        plan = connection.execute("EXPLAIN SELECT i.id FROM interaction AS i WHERE " + where).fetchall()
    text = "\n".join(line for (line,) in plan)
    for role in ("customer", "agent", "other"):
        assert f"Bitmap Index Scan on interaction_words_{role}_idx" in text
    assert "Seq Scan" not in text
