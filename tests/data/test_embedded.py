"""The private server: shared by processes, private to its owner, back after a crash."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from data import embedded, embedded_cluster
from data.embedded_home import SOCKET_LIMIT, SOCKET_NAME, Home, find_home

START = "import sys; from pathlib import Path; from data import embedded; print(embedded.start(Path(sys.argv[1])))"
HOLD = START + "; sys.stdout.flush(); sys.stdin.read()"


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """Under a closed folder, as a home is."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    yield closed / "data"
    embedded.destroy(closed / "data")


def home(data_dir: Path) -> Home:
    found = find_home(data_dir)
    assert found is not None
    return found


def postmaster(data_dir: Path) -> int:
    return int((home(data_dir).data / "postmaster.pid").read_text().split()[0])


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def other_process(data_dir: Path, program: str = HOLD) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, str(data_dir)]
    return subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_it_is_private_and_durable(data_dir: Path) -> None:
    url = embedded.start(data_dir)
    place = home(data_dir)
    for folder in (place.root, place.data, place.sockets, data_dir / "postgres"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((data_dir / "postgres" / "password").stat().st_mode) == 0o600
    assert psutil.Process(postmaster(data_dir)).uids().real != 0
    assert not any(
        connection.status == psutil.CONN_LISTEN
        for connection in psutil.Process(postmaster(data_dir)).net_connections("tcp")
    )
    with psycopg.connect(url) as connection:
        settings = "fsync", "full_page_writes", "synchronous_commit", "data_checksums", "password_encryption"
        shown = [connection.execute(f"SHOW {name}").fetchone() for name in settings]
        assert shown == [("on",), ("on",), ("on",), ("on",), ("scram-sha-256",)]
        power = "SELECT rolsuper OR rolbypassrls OR rolreplication FROM pg_roles WHERE rolname = session_user"
        assert connection.execute(power).fetchone() == (False,)


def test_no_one_enters_without_the_password(data_dir: Path) -> None:
    url = embedded.start(data_dir)
    password = (data_dir / "postgres" / "password").read_text()
    assert answers(url)
    assert not answers(url.replace(password, "wrong"))
    assert not answers(url.replace("reasonance:" + password, "postgres:" + password))
    assert password not in str([process.info for process in psutil.process_iter(["cmdline"])])


def test_the_last_process_stops_it(data_dir: Path) -> None:
    other = other_process(data_dir)
    assert other.stdout is not None
    url = other.stdout.readline().strip()
    assert embedded.start(data_dir) == url
    assert not embedded.stop(data_dir)
    assert answers(url)
    other.communicate()
    assert not answers(url)


def test_a_killed_process_holds_it_no_longer(data_dir: Path) -> None:
    with other_process(data_dir) as other:
        assert other.stdout is not None
        url = other.stdout.readline().strip()
        other.kill()
    assert answers(url)
    embedded.start(data_dir)
    assert embedded.stop(data_dir)
    assert not answers(url)


def test_processes_that_start_at_once_share_one(data_dir: Path) -> None:
    others = [other_process(data_dir) for _ in range(4)]
    urls = {other.stdout.readline().strip() for other in others if other.stdout}
    assert len(urls) == 1
    assert answers(urls.pop())
    for other in others:
        other.communicate()


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGQUIT])
def test_it_comes_back_with_what_was_committed_f08(data_dir: Path, signal_number: signal.Signals) -> None:
    with psycopg.connect(embedded.start(data_dir), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1")
        os.kill(postmaster(data_dir), signal_number)
    embedded.stop(data_dir)
    with psycopg.connect(embedded.start(data_dir)) as connection:
        assert connection.execute("SELECT * FROM kept").fetchone() == (1,)


def test_a_number_that_is_another_process_by_now_does_not_keep_it_down(data_dir: Path) -> None:
    embedded.start(data_dir)
    embedded.stop(data_dir)
    note = home(data_dir).data / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{home(data_dir).data}\n0\n5432\n\n\n  0 0\nready\n")
    assert answers(embedded.start(data_dir))


def test_a_start_that_was_killed_halfway_begins_anew(data_dir: Path) -> None:
    embedded.start(data_dir)
    embedded.stop(data_dir)
    place = home(data_dir)
    (place.root / "complete").unlink()
    (place.data / "global" / "pg_control").unlink()
    assert answers(embedded.start(data_dir))


def test_a_new_data_directory_never_meets_an_old_database(data_dir: Path) -> None:
    embedded.start(data_dir)
    old = home(data_dir)
    embedded.destroy(data_dir)
    assert not old.root.exists()
    embedded.start(data_dir)
    assert answers(embedded.start(data_dir))


def test_the_sockets_path_is_short_enough_anywhere(tmp_path: Path) -> None:
    deep = Home(root=tmp_path / ("x" * 200), user=None)
    assert len(os.fsencode(deep.sockets / SOCKET_NAME)) < SOCKET_LIMIT


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as another user")
def test_programs_in_a_closed_folder_are_copied_to_where_they_are_reached(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from data import embedded_home

    monkeypatch.setattr(embedded_home.Home, "_reaches", lambda *_: False)
    monkeypatch.setattr(embedded_home, "version", lambda _: "test")
    try:
        assert answers(embedded.start(data_dir))
        assert str(embedded_home.SYSTEM_FOLDER) in psutil.Process(postmaster(data_dir)).exe()
    finally:
        embedded.stop(data_dir)
        subprocess.run(["rm", "-rf", str(embedded_home.SYSTEM_FOLDER / "programs-test")], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_an_ordinary_user_has_it_in_the_data_directory(tmp_path: Path) -> None:
    data_dir = tmp_path / "theirs"
    data_dir.mkdir()
    os.chown(data_dir, 65534, 65534)
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents[:3]:
        parent.chmod(parent.stat().st_mode | 0o055)
    # What it imports may lie in a home that the user cannot enter.
    load, start = START.split("; print")
    program = f"import os, encodings.idna; {load}; os.setgid(65534); os.setuid(65534); print{start}"
    place = str(data_dir)
    done = subprocess.run([sys.executable, "-c", program, place], text=True, capture_output=True, timeout=60)
    assert done.stdout.startswith("postgresql://reasonance:"), done.stderr
    assert (data_dir / "postgres" / "cluster" / "PG_VERSION").exists()
    assert not (data_dir / "postgres" / "cluster" / "postmaster.pid").exists()


@pytest.mark.parametrize(("limit", "pages"), [("2147483648", "256MB"), ("104857600", "128MB")])
def test_its_pages_take_an_eighth_of_the_memory_that_there_is(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, pages: str
) -> None:
    given = tmp_path / "memory.max"
    given.write_text(limit)
    monkeypatch.setattr(embedded_cluster, "CGROUP", given)
    with psycopg.connect(embedded.server(data_dir).url) as connection:
        assert connection.execute("SHOW shared_buffers").fetchone() == (pages,)
