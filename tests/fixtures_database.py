"""A private database server for the whole run, and in it an empty database for each test that asks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from data import embedded, embedded_cluster
from data.database import Database
from data.keys import MasterKey

TEMPLATE = "reasonance_template"
GROWTH = 16 * 2**20
"""Bytes of rows that are gone, and of their indexes, from which on a database is made anew rather than emptied."""

TABLES = """
    SELECT c.oid::regclass::text FROM pg_class AS c
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'
"""
STATE = """
    SELECT count(*)::text || ' ' || sum(hashtextextended(made, 0)) FROM (
        SELECT 'class' || oid || ' ' || xmin FROM pg_class WHERE oid >= 16384
        UNION ALL SELECT 'attribute' || attrelid || ' ' || attnum || ' ' || xmin FROM pg_attribute
            WHERE attrelid >= 16384
        UNION ALL SELECT 'default' || oid || ' ' || xmin FROM pg_attrdef
        UNION ALL SELECT 'constraint' || oid || ' ' || xmin FROM pg_constraint
        UNION ALL SELECT 'index' || indexrelid || ' ' || xmin FROM pg_index WHERE indexrelid >= 16384
        UNION ALL SELECT 'function' || oid || ' ' || xmin FROM pg_proc WHERE oid >= 16384
        UNION ALL SELECT 'trigger' || oid || ' ' || xmin FROM pg_trigger
        UNION ALL SELECT 'policy' || oid || ' ' || xmin FROM pg_policy
        UNION ALL SELECT 'statistic' || starelid || ' ' || staattnum || ' ' || xmin FROM pg_statistic
            WHERE starelid >= 16384
        UNION ALL SELECT 'setting' || setdatabase || ' ' || setrole || ' ' || xmin FROM pg_db_role_setting
        UNION ALL SELECT 'version' || version_num || ' ' || xmin FROM alembic_version
    ) AS everything (made)
"""
"""Differs once anything but rows was changed, or statistics were made of them."""


def in_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


class Emptied:
    """Databases with the newest schema and no rows. The one that a test is done with is emptied for the next test,
    which takes a fifth of the time that a new one takes; one that was changed otherwise is not used again."""

    def __init__(self, server: embedded.EmbeddedServer) -> None:
        self._server = server
        self._free: list[str] = []
        self._state: dict[str, tuple[str, int]] = {}

    @contextmanager
    def one(self) -> Iterator[str]:
        """The URL of one that nobody else uses, as the product's own login (no superuser)."""
        name = self._free.pop() if self._free else self._new()
        yield in_database(self._server.url, name)
        self._give_back(name)

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        """The URL of a copy, with all rows, of one that nobody is connected to; there is none of it afterwards."""
        name = self._copied(str(make_url(url).database))
        yield in_database(self._server.url, name)
        self._drop(name)

    def _new(self) -> str:
        name = self._copied(TEMPLATE)
        with self._inside(name) as connection:
            self._state[name] = (_state(connection), _size(connection))
        return name

    def _copied(self, original: str) -> str:
        name = "test_" + secrets.token_hex(6)
        with psycopg.connect(self._server.url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, original))))
        return name

    def _give_back(self, name: str) -> None:
        state, size = self._state[name]
        with self._inside(name) as connection:
            _cut_off_others(connection)
            reusable = _state(connection) == state and _size(connection) < size + GROWTH
            if reusable:
                _empty(connection)
        if reusable:
            self._free.append(name)
        else:
            self._drop(name)

    def _drop(self, name: str) -> None:
        with psycopg.connect(self._server.admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _inside(self, name: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(in_database(self._server.admin_url, name), autocommit=True)


def _state(connection: psycopg.Connection[tuple[object, ...]]) -> str:
    [[state]] = connection.execute(STATE).fetchall()
    return str(state)


def _size(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    [[size]] = connection.execute("SELECT pg_database_size(current_database())").fetchall()
    return int(str(size))


def _cut_off_others(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """As the server's own superuser: a worker of the server may be at work there, which no other may end."""
    connection.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def _empty(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Deletes whatever rows there are, past all triggers and rules of order, and begins all numbers anew."""
    tables = [str(name) for (name,) in connection.execute(TABLES)]
    asked = " UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in tables)
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for (name,) in connection.execute(asked).fetchall():
            connection.execute(f"DELETE FROM {name}")
        connection.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false) FROM pg_sequences"
            " WHERE last_value IS NOT NULL"
        )


@pytest.fixture(scope="session", autouse=True)
def _clusters_need_not_outlive_the_machine() -> Iterator[None]:
    """To wait until a new cluster is on the disk takes longer than to make it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded_cluster, "INITDB", (*embedded_cluster.INITDB, "--no-sync"))
        yield


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.EmbeddedServer]:
    """The embedded server, with a template database that has the newest schema and no rows."""
    data_dir: Path = tmp_path_factory.mktemp("server")
    server = embedded.server(data_dir)
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        # Nothing here outlives the run: without this each test would wait for the disk.
        connection.execute("ALTER SYSTEM SET fsync = off")
        # What a query is planned by depends on no moment at which somebody looked at the rows.
        connection.execute("ALTER SYSTEM SET autovacuum = off")
        connection.execute("SELECT pg_reload_conf()")
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    Database(in_database(server.url, TEMPLATE)).upgrade()
    yield server
    embedded.destroy(data_dir)


@pytest.fixture(scope="session")
def emptied(database_server: embedded.EmbeddedServer) -> Emptied:
    return Emptied(database_server)


@pytest.fixture(scope="session")
def master_key() -> MasterKey:
    return MasterKey(bytes(range(32)))


@pytest.fixture
def database_url(emptied: Emptied) -> Iterator[str]:
    """An empty database with the newest schema, as the product's own login (no superuser)."""
    with emptied.one() as url:
        yield url


@pytest.fixture
def database(database_url: str, master_key: MasterKey) -> Iterator[Database]:
    """An empty database in which the tenants ``default`` and ``other`` exist."""
    database = Database(database_url, master_key=master_key)
    for tenant in ("default", "other"):
        with database.tenant(tenant) as stores:
            stores.tenants.ensure()
    yield database
    database.dispose()
