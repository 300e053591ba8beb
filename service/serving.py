"""One running service of a data directory: its socket, its worker process, and the note that says where it is."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from data.errors import AddressTaken, ServiceNotRunning
from data.files import durable
from service.runtime import Runtime, open_runtime
from service.settings import Settings

PORTS_TRIED = 50
WORKER_RESTART_S = 2.0
STOP_EXTRA_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Where a service is, and what proves that the process of that id is still the one that wrote this."""

    pid: int
    created: float
    url: str

    @property
    def alive(self) -> bool:
        try:
            return psutil.Process(self.pid).create_time() == self.created
        except psutil.NoSuchProcess:
            return False


def serve(settings: Settings, *, with_worker: bool = True) -> None:
    """Serves pages and API until SIGTERM or SIGINT; prints the address once it can be opened."""
    import uvicorn

    from service.api.app import create

    # uvicorn raises the signal that ended it again: as an exception it lets the blocks below end in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with open_runtime(settings) as runtime, listening(settings.host, settings.port) as bound:
        url = f"http://{_shown(settings.host)}:{bound.getsockname()[1]}"
        config = uvicorn.Config(create(runtime), log_level="warning", timeout_graceful_shutdown=5, server_header=False)
        with _noted(settings, url), _worker_beside(settings) if with_worker else _nothing():
            print(f"Reasonance serves at {url}", flush=True)  # noqa: T201  # the address is what the command answers
            uvicorn.Server(config).run(sockets=[bound])


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket on that port or the next free one. Raises AddressTaken (permanent)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, min(port + PORTS_TRIED, 65536)):
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, candidate))
            bound.listen(128)
        except OSError:
            bound.close()
            continue
        with bound:
            yield bound
            return
    raise AddressTaken(f"{host}, ports {port} and the {PORTS_TRIED - 1} after it")


def running(settings: Settings) -> Running | None:
    """The service of this data directory, if one runs."""
    try:
        note = Running(**json.loads(_note(settings).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return note if note.alive else None


def stop(settings: Settings) -> Running:
    """Ends the service and waits until it is gone. Raises ServiceNotRunning (permanent)."""
    note = running(settings)
    if note is None:
        raise ServiceNotRunning(str(settings.data_dir))
    process = psutil.Process(note.pid)
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(settings.worker_grace_s + STOP_EXTRA_S)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(STOP_EXTRA_S)
    return note


def start_in_background(settings: Settings, *, timeout_s: float = 60) -> Running:
    """A service that outlives this process; the one that runs already, if there is one.

    Raises ServiceNotRunning (permanent): it ended at once; the log in the data directory says why.
    """
    if found := running(settings):
        return found
    pid = _spawn(settings, settings.data_dir / "serve.log")
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline and os.waitpid(pid, os.WNOHANG) == (0, 0):
        if found := running(settings):
            return found
        time.sleep(0.1)
    raise ServiceNotRunning(f"see {settings.data_dir / 'serve.log'}")


def _spawn(settings: Settings, log: Path) -> int:
    """A process that has nothing of this one: no terminal, no open files, a session of its own."""
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "service.cli", "serve"],
        os.environ | environment(settings),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make another process read these same settings."""
    values = {}
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        if value is not None:
            shown = value.get_secret_value() if hasattr(value, "get_secret_value") else value
            values[f"REASONANCE_{name.upper()}"] = str(shown)
    return values


@contextmanager
def _noted(settings: Settings, url: str) -> Iterator[None]:
    note = Running(pid=os.getpid(), created=psutil.Process().create_time(), url=url)
    with durable(_note(settings)) as file:
        file.write(json.dumps(asdict(note)).encode())
    try:
        yield
    finally:
        _note(settings).unlink(missing_ok=True)


@contextmanager
def _worker_beside(settings: Settings) -> Iterator[None]:
    """A worker process, started again whenever it ends, until the service does."""
    stopping = threading.Event()
    current: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not stopping.is_set():
            command = [sys.executable, "-m", "service.cli", "worker"]
            process = subprocess.Popen(command, env=os.environ | environment(settings))  # noqa: S603
            current[:] = [process]
            process.wait()
            stopping.wait(WORKER_RESTART_S)

    keeper = threading.Thread(target=keep, name="worker-keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        for process in current:
            process.terminate()
        keeper.join(settings.worker_grace_s + STOP_EXTRA_S)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _note(settings: Settings) -> Path:
    return settings.data_dir / "service.json"


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104  # only compared
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def sign_in_link(runtime: Runtime, url: str, *, tenant: str, role: str) -> str:
    """A link that opens one session, once."""
    with runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        issued = stores.access.create_link(role)  # type: ignore[arg-type]  # one of the two roles
        stores.audit.write("cli", "link.create", str(issued.id), {"role": role})
    return f"{url}/sign-in?secret={issued.secret}"
