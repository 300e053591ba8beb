"""Every search shape is answered from an index, as the role that serves requests, under row-level security."""

from __future__ import annotations

import json
from collections.abc import Iterator

import psycopg
import pytest

from data.database import Database
from data.keys import MasterKey
from data.search import Order
from data.search_compile import Scope, split
from data.search_index import index_words
from data.stores import Stores
from data.types import Filter, Role
from service.queries import read as parse
from tests.data.conversations import scans
from tests.fixtures_database import Emptied

FILL = """
    INSERT INTO interaction (tenant, id, content_id, channel, name, media_type, started_at, queue, state, language)
    SELECT %(tenant)s, gen_random_uuid(), int4send(n), CASE n %% 3 WHEN 0 THEN 'voice' ELSE 'email' END, 'n' || n, 'x',
        timestamptz '2026-10-01' + n * interval '1 minute', 'q' || n %% 7, 'analysed',
        CASE n %% 20 WHEN 0 THEN 'de' ELSE 'en' END
    FROM generate_series(1, %(rows)s) AS n
"""
TURNS = """
    INSERT INTO turn (tenant, interaction_id, position, role, text)
    SELECT i.tenant, i.id, t.position, t.role, t.text
    FROM interaction AS i CROSS JOIN LATERAL (SELECT substr(i.name, 2)::integer AS n) AS numbered
    CROSS JOIN LATERAL (VALUES
        (0, 'agent', 'how may I help w' || n),
        (1, 'customer', 'my number is w' || n),
        (2, 'customer', 'word' || n %% 50 || ' came late'),
        (3, 'customer', (SELECT string_agg('f' || n * k %% 997, ' ') FROM generate_series(1, 60) AS k))
    ) AS t (position, role, text)
"""


@pytest.fixture(scope="module")
def url(emptied: Emptied) -> Iterator[str]:
    with emptied.one() as url:
        yield url


@pytest.fixture(scope="module")
def filled(url: str, master_key: MasterKey) -> Iterator[Database]:
    """A tenant with 1,000 contacts beside one with 3,000, statistics up to date."""
    database = Database(url, master_key=master_key)
    for tenant, rows in (("default", 1_000), ("other", 3_000)):
        with database.tenant(tenant) as stores:
            stores.tenants.ensure()
            connection = stores.driver_connection
            connection.execute(FILL, {"tenant": tenant, "rows": rows})
            # Until there are statistics, a join of what has just been filled would read it whole for each row.
            connection.execute("SET LOCAL enable_seqscan = off")
            connection.execute(TURNS.replace("%%", "%"))
            ids = [row[0] for row in connection.execute("SELECT id FROM interaction").fetchall()]
            index_words(stores.session, tenant, ids)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET ROLE reasonance_owner")
        connection.execute("ANALYZE interaction, turn, search_document, search_words")
    yield database
    database.dispose()


@pytest.fixture
def crowded(filled: Database) -> Iterator[Stores]:
    """The smaller tenant, in a transaction of its own, in which rows that are read are counted."""
    with filled.tenant("default") as stores:
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
    ("sounds:number", None, None, "newest"),
    ("word7 -customer:(sounds:number)", None, None, "newest"),
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
    # A function keeps the plans that another test had made in this connection.
    connection.execute("DISCARD PLANS")
    connection.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")
    connection.execute("SET LOCAL enable_indexonlyscan = off")
    crowded.search.run(parse("word7"))
    assert scans(crowded, "interaction") > before


WHOLE_QUERIES = [
    ("word7", False),
    ("word7 -w17 (late OR agent:(help))", False),
    ('customer:("came late") -agent:("may I")', True),
    ("word7 NEAR/3 late", True),
    ('system:("came late")', True),
    ('-"came late"', True),
]
"""And whether the order of words matters."""


def test_one_look_up_in_the_index_answers_a_whole_tree_of_words(
    crowded: Stores, url: str, subtests: pytest.Subtests
) -> None:
    """The plan of what the search function runs, as the role that it runs as."""
    with psycopg.connect(url) as connection:
        connection.execute("SET ROLE reasonance_definer")
        connection.execute("SET enable_seqscan = off; SET enable_indexscan = off; SET enable_indexonlyscan = off")
        for query, has_order in WHOLE_QUERIES:
            with subtests.test(query):
                root = parse(query).root
                assert root is not None
                words, facts = split(root, Scope(tenant="other", keys=None, time_zone="UTC"))
                assert words is not None
                assert facts is None
                asked = (json.dumps(words.tree), "reasonance_english", "other")
                found = connection.execute("SELECT search_from(%s, %s, %s)", asked).fetchone()
                assert found is not None
                rows = connection.execute("EXPLAIN SELECT" + found[0].replace("$1", "'other'")).fetchall()
                plan = "\n".join(line for (line,) in rows)
                assert "Seq Scan" not in plan
                index = "search_words_words_idx" if has_order else "search_document_keys_idx"
                assert plan.count(f"Bitmap Index Scan on {index}") == 1
                assert plan.count("Index Scan") == 1


def test_no_vector_but_those_of_the_tenant_is_reached(crowded: Stores) -> None:
    """The index itself tells tenants apart: a small one beside a large one reads no row of it."""
    before = fetched(crowded, "search_document")
    assert crowded.search.run(parse("came")).total == 1_000
    # Those of the words, and for each page of rows that a search has at most one more.
    assert fetched(crowded, "search_document") - before < 1_100


def test_which_languages_there_are_is_known_without_reading_all_contacts(crowded: Stores) -> None:
    """Each search asks for them, whatever is searched for."""
    before = fetched(crowded, "interaction")
    assert crowded.search.run(parse("nobodysaysthis")).total == 0
    assert fetched(crowded, "interaction") - before < 20


def fetched(stores: Stores, table: str) -> int:
    """The rows that indexes have led to in this transaction."""
    statement = "SELECT idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = %s"
    row = stores.driver_connection.execute(statement, (table,)).fetchone()
    assert row is not None
    return int(row[0])
