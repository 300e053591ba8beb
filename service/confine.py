"""What a process that works on foreign content must never do, forbidden by the kernel (seccomp(2), BPF).

Decoders are told to open nothing, and a fault in one of them could forget that; the kernel does not.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import socket
import struct
from collections.abc import Sequence

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NUMBERS = {
    "x86_64": {"socket": 41, "open": 2, "openat": 257, "openat2": 437, "execve": 59, "io_uring_setup": 425},
    "aarch64": {"socket": 198, "openat": 56, "openat2": 437, "execve": 221, "io_uring_setup": 425},
}
DENY = 0x00050000 | errno.EACCES
KILL = 0x80000000
_ALLOW = 0x7FFF0000
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_NUMBER_AT, _ARCH_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]  # ctypes' form


def without_network() -> bool:
    """From now on this process opens no socket to another machine. False where the kernel cannot forbid it."""
    forbidden = (socket.AF_INET, socket.AF_INET6)
    return _install([("socket", forbidden, DENY), ("io_uring_setup", (), DENY)])


def without_files() -> bool:
    """Any socket, program or file that this process opens from now on ends it: for tests of what decoders do."""
    calls = ("open", "openat", "openat2", "socket", "execve", "io_uring_setup")
    return _install([(call, (), KILL) for call in calls])


def _install(forbidden: Sequence[tuple[str, Sequence[int], int]]) -> bool:
    """Each: a system call, the values of its first argument that are meant (none: all), and what it comes to."""
    machine = platform.machine()
    if platform.system() != "Linux" or machine not in NUMBERS:
        return False
    numbers = NUMBERS[machine]
    program = [_step(_LOAD, _ARCH_AT), _step(_IF_EQUAL, AUDIT_ARCH[machine], 1, 0), _step(_RETURN, _ALLOW)]
    for call, values, action in forbidden:
        if call in numbers:
            program += _forbidding(numbers[call], values, action)
    return _load([*program, _step(_RETURN, _ALLOW)])


def _forbidding(number: int, values: Sequence[int], action: int) -> list[bytes]:
    meant = [_step(_RETURN, action)]
    if values:
        tests = (step for value in values for step in (_step(_IF_EQUAL, value, 0, 1), _step(_RETURN, action)))
        meant = [_step(_LOAD, _FIRST_ARGUMENT_AT), *tests]
    return [_step(_LOAD, _NUMBER_AT), _step(_IF_EQUAL, number, 0, len(meant)), *meant]


def _step(code: int, operand: int, if_so: int = 0, if_not: int = 0) -> bytes:
    """An instruction; the last two say how many to pass over."""
    return struct.pack("=HBBI", code, if_so, if_not, operand)


def _load(program: Sequence[bytes]) -> bool:
    code = ctypes.create_string_buffer(b"".join(program))
    described = _Program(len(program), ctypes.cast(code, ctypes.c_void_p))
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return not kernel.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(described), 0, 0)
