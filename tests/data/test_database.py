"""The schema, its roles, and the wall between tenants."""

from __future__ import annotations

import re

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from data.database import Database
from data.errors import DatabaseOutdated, DatabaseUnavailable, TenantInvalid
from data.tables import Base, CustomerRow, TenantRow
from tests.fixtures_database import in_database

FROM_ELSEWHERE = ("procrastinate", "alembic_version")
PART = re.compile(r"turn_vector_\d")


def of_the_tables(name: str | None, kind: str, _parents: object) -> bool:
    """All but the job queue's own, the parts of tables, and the indexes that are made for each embedder."""
    made_later = kind == "index" and str(name).startswith(("embedding_", "turn_vector_all_"))
    return not str(name).startswith(FROM_ELSEWHERE) and not made_later and not PART.match(str(name))


def test_the_migrations_make_the_tables_that_the_code_knows(database_url: str) -> None:
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        connection.execute(text("SET ROLE reasonance_owner"))
        context = MigrationContext.configure(connection, opts={"include_name": of_the_tables})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_every_table_with_a_tenant_has_row_level_security_forced(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        bare = connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'tenant'"
            " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
        ).fetchall()
    assert bare == []


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    database.upgrade()
    database.require_ready()
    assert database.status().ready


def test_an_empty_database_asks_for_an_upgrade(database_server: object, database_url: str) -> None:
    with pytest.raises(DatabaseOutdated):
        Database(in_database(database_url, "reasonance")).require_ready()


def test_a_server_that_is_away_is_a_retry() -> None:
    away = Database("postgresql://nobody:x@/none?host=/nowhere")
    with pytest.raises(DatabaseUnavailable) as caught:
        away.status()
    assert caught.value.retry


def test_a_tenant_sees_its_own_rows_only(database: Database) -> None:
    with database.tenant("default") as stores:
        stores.session.add(CustomerRow(tenant="default", id="00000000-0000-7000-8000-000000000001"))
    with database.tenant("other") as stores:
        assert stores.session.scalars(select(CustomerRow)).all() == []
        assert [row.id for row in stores.session.scalars(select(TenantRow))] == ["other"]


def test_a_tenant_writes_no_row_of_another(database: Database) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), database.tenant("default") as stores:
        stores.session.add(CustomerRow(tenant="other", id="00000000-0000-7000-8000-000000000001"))


@pytest.mark.parametrize("escape", ["RESET ROLE", "RESET SESSION AUTHORIZATION", "DISCARD ALL"])
def test_resetting_the_role_leads_to_no_other(database: Database, escape: str) -> None:
    with psycopg.connect(database.conninfo("app"), autocommit=True) as connection:
        connection.execute(escape)
        assert connection.execute("SELECT current_user").fetchone() == ("reasonance_app",)


def test_without_a_tenant_nothing_is_seen(database: Database) -> None:
    with psycopg.connect(database.conninfo("app")) as connection:
        assert connection.execute("SELECT count(*) FROM tenant").fetchone() == (0,)


def test_not_even_the_login_sees_past_the_wall(database_url: str, database: Database) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("SET ROLE reasonance_owner")
        assert connection.execute("SELECT count(*) FROM tenant").fetchone() == (0,)
        row = connection.execute("SELECT bool_or(rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname ~ '^reason'")
        assert row.fetchone() == (False,)


@pytest.mark.parametrize("column", ["subject", "issue", "highlights"])
def test_the_sweeper_reads_no_text(database: Database, column: str) -> None:
    with psycopg.connect(database.conninfo("sweeper")) as connection:
        connection.execute("SELECT id, state FROM interaction")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT {column} FROM interaction")


def test_the_tenant_ends_with_its_transaction(database: Database) -> None:
    with database.tenant("default"):
        pass
    with database._app.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM tenant")).scalar() == 0


def test_a_long_lock_ends_in_a_retry_f07(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(database_url) as blocker:
        blocker.execute("SET ROLE reasonance_owner")
        blocker.execute("LOCK TABLE customer")
        with pytest.raises(DatabaseUnavailable), database.tenant("default") as stores:
            stores.session.execute(text("SET LOCAL lock_timeout = '50ms'; SELECT * FROM customer"))


@pytest.mark.parametrize("name", ["", "A", "a b", "a" * 64, "../x", "a'", "-a"])
def test_a_tenant_has_a_plain_name(database: Database, name: str) -> None:
    with pytest.raises(TenantInvalid), database.tenant(name):
        pass


@pytest.mark.parametrize(("embedder", "dimensions"), [("all-MiniLM-L6-v2", 384), ("it's 100% new", 3)])
def test_each_embedder_has_its_vector_index(
    database: Database, database_url: str, embedder: str, dimensions: int
) -> None:
    for _ in range(2):
        database.index_embedder(embedder, dimensions)
    with psycopg.connect(database_url) as connection:
        wanted = "SELECT indexdef FROM pg_indexes WHERE tablename = 'embedding' AND indexdef LIKE '%hnsw%'"
        definitions = [row[0] for row in connection.execute(wanted)]
    assert len([one for one in definitions if embedder.replace("'", "''") in one]) == 1
    assert len(definitions) == len({"all-MiniLM-L6-v2", embedder})


def test_a_programming_error_is_not_hidden(database: Database) -> None:
    with pytest.raises(DBAPIError), database.tenant("default") as stores:
        stores.session.execute(text("SELECT nonsense"))
