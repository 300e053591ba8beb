"""One PostgreSQL cluster: made, started, waited for, stopped, with the wheel's ``initdb`` and ``pg_ctl``."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from data.embedded_home import Home
from data.errors import DatabaseUnavailable
from data.files import make_private

START_S = 60.0
STOP_S = 30.0

MB = 1 << 20
SMALLEST_MB, LARGEST_MB = 128, 8192
CGROUP = Path("/sys/fs/cgroup/memory.max")

CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_connections = 200
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_directory = 'log'
log_filename = 'postgres-%a.log'
log_truncate_on_rotation = on
# A log must not hold what a statement held.
log_error_verbosity = terse
log_min_error_statement = panic
log_statement = none
"""


class Cluster:
    def __init__(self, home: Home) -> None:
        self._home = home

    def exists(self) -> bool:
        return (self._home.data / "PG_VERSION").exists() and (self._home.root / "complete").exists()

    def create(self, admin_password: str) -> None:
        """Raises DatabaseUnavailable (retry). A half-made one, of a start that was killed, is made anew."""
        shutil.rmtree(self._home.data, ignore_errors=True)
        self._home.make_folder(self._home.data)
        secret = self._home.root / "initdb-password"
        self._write(secret, admin_password)
        try:
            self._run("initdb", "-D", str(self._home.data), "-U", "postgres", f"--pwfile={secret}", *INITDB)
        finally:
            secret.unlink(missing_ok=True)
        configuration = self._home.data / "postgresql.auto.conf"
        self._write(configuration, CONFIGURATION.format(sockets=self._home.sockets))
        self._write(self._home.root / "complete", "")

    def start(self, url: str) -> None:
        """Starts it where it does not run; it answers at ``url`` when this returns. Raises DatabaseUnavailable (retry).

        After a crash it answers only once it has recovered. After a kill -9 of the postmaster its children go on for
        a moment, and one started beside them gives up or, worse, does not: none is started before they are gone.
        """
        deadline = time.monotonic() + START_S
        while not _answers(url):
            if not self.running() and not self._remains():
                self._forget_dead()
                folder, options = str(self._home.data), f"-c shared_buffers={_buffers_mb()}MB"
                self._home.run("pg_ctl", "start", "-W", "-s", "-D", folder, "-l", str(self._log), "-o", options)
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(f"the embedded server does not start: see {self._log}")
            time.sleep(0.03)

    def stop(self) -> bool:
        """Returns whether it ran. Raises DatabaseUnavailable (retry): it still does after half a minute.

        ``pg_ctl`` does not do the waiting: it takes the remains of a killed process for a server.
        """
        deadline = time.monotonic() + STOP_S
        ran = self.running()
        if ran:
            self._home.run("pg_ctl", "stop", "-W", "-s", "-m", "fast", "-D", str(self._home.data))
        while self.running():
            if time.monotonic() > deadline:
                raise DatabaseUnavailable("the embedded server does not stop")
            time.sleep(0.02)
        return ran

    def running(self) -> bool:
        pid = self._postmaster()
        return pid is not None and self._is_ours(pid)

    def prepare(self, admin_url: str, login: str, password: str, database: str) -> None:
        """The login of the product, no superuser, and its database; those that exist already stay as they are."""
        with psycopg.connect(admin_url, autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
                return
            names = {"login": sql.Identifier(login), "password": sql.Literal(password)}
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login]).fetchone():
                statement = "CREATE ROLE {login} LOGIN CREATEROLE CREATEDB PASSWORD {password}"
                connection.execute(sql.SQL(statement).format(**names))
            self._add_vector(admin_url)
            statement = "CREATE DATABASE {database} OWNER {login}"
            connection.execute(sql.SQL(statement).format(database=sql.Identifier(database), **names))

    def _add_vector(self, admin_url: str) -> None:
        """Only a superuser may add pgvector, so it goes into the template of all databases to come."""
        with psycopg.connect(admin_url, dbname="template1", autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")

    def _postmaster(self) -> int | None:
        try:
            return int((self._home.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def _is_ours(self, pid: int) -> bool:
        """Whether the process of that number is this cluster's postmaster: it works in its data folder.

        Numbers are used again, after a restart of a container at once.
        """
        try:
            return _working_folder(psutil.Process(pid)) == self._home.data.resolve()
        except psutil.NoSuchProcess:
            return False

    def _remains(self) -> bool:
        """Whether any process of the cluster is left."""
        folder = self._home.data.resolve()
        return any(_working_folder(process) == folder for process in psutil.process_iter())

    def _forget_dead(self) -> None:
        """Removes the note of a postmaster that is gone, where its number is another process's by now."""
        pid = self._postmaster()
        if pid is not None and psutil.pid_exists(pid):
            (self._home.data / "postmaster.pid").unlink(missing_ok=True)

    @property
    def _log(self) -> Path:
        return self._home.root / "start.log"

    def _run(self, command: str, *arguments: str) -> None:
        done = self._home.run(command, *arguments)
        if done.returncode != 0:
            raise DatabaseUnavailable(f"{command}: {done.stdout.strip()[-300:]}")

    def _write(self, path: Path, content: str) -> None:
        """A private file of the server's user."""
        make_private(path.parent)
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(content, encoding="utf-8")
        if self._home.user:
            os.chown(path, self._home.user.pw_uid, self._home.user.pw_gid)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _working_folder(process: psutil.Process) -> Path | None:
    """Where a living process works; None of one that is gone, a zombie, or not ours to ask."""
    try:
        return None if process.status() == psutil.STATUS_ZOMBIE else Path(process.cwd())
    except psutil.Error:
        return None


def _buffers_mb() -> int:
    """An eighth of the memory there is, or that this process may have (cgroup v2): PostgreSQL's pages, touched as
    they are needed; the rest is the machine's, whose own cache holds them too."""
    most = psutil.virtual_memory().total
    with suppress(OSError, ValueError):
        most = min(most, int(CGROUP.read_text(encoding="ascii")))
    return min(max(most // 8 // MB, SMALLEST_MB), LARGEST_MB)


INITDB = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-instructions",
)
