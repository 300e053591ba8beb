"""A private database server for the whole run, and in it a fresh database for each test that asks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from data import embedded
from data.database import Database
from data.keys import MasterKey

TEMPLATE = "reasonance_template"


def in_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.EmbeddedServer]:
    """The embedded server, with a template database that has the newest schema and no rows."""
    data_dir: Path = tmp_path_factory.mktemp("server")
    server = embedded.server(data_dir)
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        # Nothing here outlives the run, and each test makes a database: without this they would wait for the disk.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    Database(in_database(server.url, TEMPLATE)).upgrade()
    yield server
    embedded.destroy(data_dir)


@pytest.fixture(scope="session")
def master_key() -> MasterKey:
    return MasterKey(bytes(range(32)))


@pytest.fixture
def database_url(database_server: embedded.EmbeddedServer) -> Iterator[str]:
    """A fresh database with the newest schema, as the product's own login (no superuser)."""
    name = sql.Identifier("test_" + secrets.token_hex(6))
    with psycopg.connect(database_server.url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(TEMPLATE)))
        yield in_database(database_server.url, name.as_string().strip('"'))
    # As the server's own superuser: an autovacuum worker may be at work there, which no other may end.
    with psycopg.connect(database_server.admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture
def database(database_url: str, master_key: MasterKey) -> Iterator[Database]:
    """A fresh database in which the tenants ``default`` and ``other`` exist."""
    database = Database(database_url, master_key=master_key)
    for tenant in ("default", "other"):
        with database.tenant(tenant) as stores:
            stores.tenants.ensure()
    yield database
    database.dispose()
