from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import psycopg
import pytest

from data.blobs import Blobs
from data.database import Database
from data.inbox import Inbox
from data.verify import sweep_orphans, verify
from tests.data.conftest import Accept


def test_all_that_was_accepted_is_there_f09(database: Database, inbox: Inbox, accepted: Accept, tmp_path: Path) -> None:
    accepted(b"1")
    accepted(b"2", tenant="other")
    blobs = Blobs(str(tmp_path / "blobs"))
    blobs.put(b"kept")
    report = verify(database, inbox, blobs)
    assert (report.items, report.blobs, report.faults, report.orphans) == (2, 1, (), ())
    assert "0 faults" in str(report)


def test_a_damaged_item_is_named(database: Database, inbox: Inbox, accepted: Accept, tmp_path: Path) -> None:
    added = accepted(b"1")
    with database.tenant("default") as stores:
        item = stores.inbox.original(added.id)
    (inbox.folder / item.path).write_bytes(b"something else")
    blobs = Blobs(str(tmp_path / "blobs"))
    name = blobs.put(b"kept")
    (tmp_path / "blobs" / name[:2] / name).write_bytes(b"lost")
    faults = verify(database, inbox, blobs).faults
    assert [(fault.kind, fault.subject) for fault in faults] == [("original", str(item.id)), ("blob", name)]


def test_a_broken_audit_chain_is_named(database: Database, inbox: Inbox, database_url: str) -> None:
    for number in range(2):
        with database.tenant("default") as stores:
            stores.audit.write("a", "b", str(number))
    with psycopg.connect(database_url) as connection:
        connection.execute("SET ROLE reasonance_owner")
        connection.execute("ALTER TABLE audit NO FORCE ROW LEVEL SECURITY")
        connection.execute("DELETE FROM audit WHERE sequence = 1")
    assert [(fault.kind, fault.subject) for fault in verify(database, inbox).faults] == [("audit", "2")]


def test_files_without_a_row_are_listed_and_old_ones_swept(database: Database, inbox: Inbox, accepted: Accept) -> None:
    accepted(b"kept")
    orphans = [inbox.write("default", "original", b"x").item.path for _ in range(2)]
    partial = inbox.folder / "default" / ".partial-1"
    partial.write_bytes(b"half")
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC).timestamp()
    for old in (inbox.folder / orphans[0], partial):
        os.utime(old, (long_ago, long_ago))
    report = verify(database, inbox, sweep=True)
    assert set(report.orphans) == {*orphans, "default/.partial-1"}
    assert set(report.swept) == {orphans[0], "default/.partial-1"}
    assert sweep_orphans(database, inbox, older_than_s=0) == (orphans[1],)
    assert len(list(inbox.paths())) == 1


def test_expired_items_go_with_their_keys(database: Database, inbox: Inbox, accepted: Accept) -> None:
    added = accepted(b"1")
    accepted(b"2")
    with database.tenant("default") as stores:
        item = stores.inbox.original(added.id)
        stores.inbox.expire(item.id, dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))
    with database.sweeper() as sweeper:
        expired = sweeper.expired()
        assert sweeper.expired() == ()
    assert [one.path for one in expired] == [item.path]
    inbox.remove(expired[0].path)
    report = verify(database, inbox)
    assert (report.items, report.faults, report.orphans) == (1, (), ())


@pytest.mark.parametrize("table", ["inbox_item", "checkpoint", "pending_metadata", "stage_run"])
def test_the_sweeper_may_read_what_it_sweeps(database: Database, table: str) -> None:
    with database.sweeper() as sweeper:
        sweeper.driver_connection.execute(f"SELECT * FROM {table}")
