from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from data.database import Database


def write(database: Database, count: int = 3) -> None:
    for number in range(count):
        with database.tenant("default") as stores:
            stores.audit.write("api_key:1", "interaction.read", str(number), {"name": "Zoë", "count": number})


def faults(database: Database) -> list[int]:
    with database.tenant("default") as stores:
        return list(stores.audit.faults())


def as_owner(database_url: str, statement: str) -> None:
    """As whoever has the server: row-level security is lifted first, which only the tables' owner can."""
    with psycopg.connect(database_url) as connection:
        connection.execute("SET ROLE reasonance_owner")
        connection.execute("ALTER TABLE audit NO FORCE ROW LEVEL SECURITY")
        connection.execute(statement)


def test_entries_are_kept_in_order(database: Database) -> None:
    write(database)
    with database.tenant("default") as stores:
        entries = stores.audit.list(limit=2)
    assert [(entry.sequence, entry.subject, entry.detail["count"]) for entry in entries] == [(3, "2", 2), (2, "1", 1)]
    assert faults(database) == []


def test_entries_at_once_are_one_chain(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: write(database, 2), range(8)))
    assert faults(database) == []


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
def test_the_application_cannot_change_what_was_written(database: Database, statement: str) -> None:
    write(database)
    with database.tenant("default") as stores, pytest.raises(psycopg.errors.InsufficientPrivilege):
        stores.driver_connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit SET subject = 'x' WHERE sequence = 2", [2]),
        ("UPDATE audit SET at = at + interval '1 second' WHERE sequence = 1", [1]),
        ("DELETE FROM audit WHERE sequence = 2", [3]),
        ("DELETE FROM audit WHERE sequence = 1", [2]),
    ],
)
def test_a_change_by_whoever_has_the_server_shows(
    database: Database, database_url: str, statement: str, found: list[int]
) -> None:
    write(database)
    as_owner(database_url, statement)
    assert faults(database) == found


def test_each_tenant_has_its_own_chain(database: Database) -> None:
    write(database)
    with database.tenant("other") as stores:
        stores.audit.write("x", "y", "z")
        assert [entry.sequence for entry in stores.audit.list()] == [1]
