"""A process of its own for work that may crash, hang or eat the memory: decoding and transcription.

The parent names a generator function and gets what it yields, one item at a time; the process stays, with the
models that function keeps, for the next run. Whatever happens there reaches the parent as an error of the tree.
"""

from __future__ import annotations

import fcntl
import importlib
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias

from data.errors import ChildDied, ReasonanceError, StageFailed, StageStopped, StageTimeout
from service.confine import without_network

GLANCE_S = 0.25
"""How often a waiting parent looks whether it should go on."""

Message: TypeAlias = (
    tuple[Literal["item"], Any] | tuple[Literal["error"], ReasonanceError] | tuple[Literal["end"], None]
)


def _always() -> bool:
    return True


class Child:
    """Runs generator functions in one other process, one at a time; callers on several threads take turns.

    ``memory_bytes`` bounds what the process may allocate; None is no bound.
    """

    def __init__(self, *, memory_bytes: int | None = None) -> None:
        self._memory_bytes = memory_bytes
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None

    @property
    def pid(self) -> int | None:
        """The process's id while it lives; it starts at the first run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def run(
        self, function: str, *args: Any, timeout_s: float, keep_going: Callable[[], bool] = _always
    ) -> Iterator[Any]:
        """What ``module:function`` yields when called there with these arguments, each as soon as it is there.

        ``timeout_s`` bounds the wait for each item. A caller that stops asking, or whose ``keep_going`` turns
        false, ends the process. Raises StageTimeout, ChildDied, StageStopped (retry) or what the function raised.
        """
        with self._turn:
            pipe = self._ready()
            finished = False
            try:
                _send(pipe, (function, args))
                while (message := self._receive(pipe, timeout_s, keep_going))[0] == "item":
                    yield message[1]
                finished = True
            except (BrokenPipeError, ConnectionResetError, EOFError):
                raise ChildDied(self._epitaph()) from None
            finally:
                if not finished:
                    self._kill()
            if message[0] == "error":
                raise message[1]

    def close(self) -> None:
        """Ends the process, if there is one; the next run would start another."""
        self._kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _ready(self) -> Connection:
        if self._pipe is None or self.pid is None:
            self._kill()
            self._start()
        assert self._pipe is not None
        return self._pipe

    def _start(self) -> None:
        ours, theirs = Pipe()
        limit = str(self._memory_bytes or 0)
        with theirs:
            # The pipe at its standard input carries nothing: that it closes tells the child that its parent is gone.
            self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
                [sys.executable, "-m", __name__, str(theirs.fileno()), limit],
                stdin=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        self._pipe = ours

    def _receive(self, pipe: Connection, timeout_s: float, keep_going: Callable[[], bool]) -> Message:
        deadline = time.monotonic() + timeout_s
        while not pipe.poll(min(GLANCE_S, max(0.0, deadline - time.monotonic()))):
            if not keep_going():
                raise StageStopped()
            if time.monotonic() >= deadline:
                raise StageTimeout(f"nothing for {timeout_s:g} s")
        message: Message = pipe.recv()
        return message

    def _epitaph(self) -> str:
        status = self._process.wait() if self._process else 0
        return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdin:
                self._process.stdin.close()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None


def _send(pipe: Connection, message: object) -> None:
    pipe.send(message)


# The other side


def main() -> None:
    """Serves runs on the pipe whose descriptor is the first argument, until it closes."""
    pipe = Connection(int(sys.argv[1]))
    _end_with_parent()
    _leave_signals_to_parent()
    without_network()
    if limit := int(sys.argv[2]):
        # Not RLIMIT_AS: graphics libraries reserve far more addresses than they ever fill.
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            function, args = pipe.recv()
            for message in _messages(function, args):
                pipe.send(message)


def _messages(function: str, args: tuple[Any, ...]) -> Iterator[Message]:
    try:
        module, _, name = function.partition(":")
        for item in getattr(importlib.import_module(module), name)(*args):
            yield "item", item
    except ReasonanceError as error:
        yield "error", error
    except MemoryError:
        yield "error", ChildDied("over its memory limit")
    except Exception as error:
        # Only the kind of error and its place: a message may quote what a customer said.
        yield "error", StageFailed(f"{type(error).__name__} at {_place(error)}")
    else:
        yield "end", None


def _place(error: BaseException) -> str:
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{at.tb_frame.f_globals.get('__name__')}:{at.tb_lineno}" if at else "an unknown place"


def _end_with_parent() -> None:
    """The kernel ends this process when the parent's side of standard input closes, however the parent went.

    By a signal, since a thread that watches would wait for the interpreter while native code hangs; and not by
    PR_SET_PDEATHSIG, which fires when the parent's thread ends, not its process.
    """
    stdin = sys.stdin.fileno()
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(stdin, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(stdin, fcntl.F_SETFL, fcntl.fcntl(stdin, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([stdin], [], [], 0)[0]:
        sys.exit(0)


def _leave_signals_to_parent() -> None:
    """Ctrl-C and a stopping service reach the whole group: the parent decides what becomes of the running work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


if __name__ == "__main__":
    main()
