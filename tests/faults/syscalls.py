"""Runs a command and kills all of it right before its N-th call that changes a file of an archive.

``python -m tests.faults.syscalls FOLDER N COMMAND…`` prints one JSON object: how many calls were
counted, which one was cut off, and the exit code. N = 0 only counts.

Counted are write, pwrite64, fsync, ftruncate, rename and unlink, with the forms of them that the
C library makes of them (writev, fdatasync, renameat …), on files below FOLDER, over all threads
and processes of the command in the order in which the kernel stops them. Logs and locks do not
count: nothing is read back from them. strace counts its ``when=N`` for each thread and each call
apart and so cannot hit the N-th of all; hence this small tracer. A seccomp filter stops the
command at these calls only, so it runs at nearly full speed.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import signal
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

TRACEME, CONT, SETOPTIONS, GET_SYSCALL_INFO = 0, 7, 0x4200, 0x420E
FORK, VFORK, CLONE, EXEC, SECCOMP = 1, 2, 3, 4, 7
OPTIONS = sum(1 << event for event in (FORK, VFORK, CLONE, EXEC, SECCOMP)) | 0x100000
"""Follow every process and thread, stop at filtered calls, and let nothing outlive the tracer."""

WALL = 0x40000000
NO_NEW_PRIVILEGES, SET_SECCOMP, FILTER = 38, 22, 2
TRACE, ALLOW = 0x7FF00000, 0x7FFF0000
LOAD, EQUALS, RETURN = 0x20, 0x15, 0x06

CALLS = {
    "x86_64": {
        "write": 1,
        "pwrite64": 18,
        "writev": 20,
        "pwritev": 296,
        "fsync": 74,
        "fdatasync": 75,
        "ftruncate": 77,
        "rename": 82,
        "renameat": 264,
        "renameat2": 316,
        "unlink": 87,
        "unlinkat": 263,
    },
    "aarch64": {
        "write": 64,
        "pwrite64": 68,
        "writev": 66,
        "pwritev": 70,
        "fsync": 82,
        "fdatasync": 83,
        "ftruncate": 46,
        "renameat": 38,
        "renameat2": 276,
        "unlinkat": 35,
    },
}
UNCOUNTED = ("logs/", "slot-", "warc/slot-", "write.")

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long
libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]


class Filter(ctypes.Structure):
    """The kernel's ``sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


@dataclass
class Outcome:
    """``call`` is the one that was cut off: its name and its file below the folder."""

    calls: int = 0
    call: str | None = None
    code: int | None = None
    names: dict[str, int] = field(default_factory=dict)


class Tracer:
    """Traces one command from its start. Only for a process that has no other children."""

    def __init__(self, folder: Path, at: int) -> None:
        self._root = str(folder.resolve()) + "/"
        self._at = at
        self._names = {number: name for name, number in CALLS[platform.machine()].items()}
        self._known: set[int] = set()
        self.outcome = Outcome()

    def run(self, command: Sequence[str]) -> Outcome:
        """Run the command to its end, or to its death before the N-th call."""
        first = self._start(command)
        while True:
            try:
                pid, status = os.waitpid(-1, WALL)
            except ChildProcessError:
                return self.outcome
            if os.WIFSTOPPED(status):
                self._go_on(pid, status)
            elif pid == first:
                self.outcome.code = os.waitstatus_to_exitcode(status)

    def _start(self, command: Sequence[str]) -> int:
        pid = os.fork()
        if not pid:
            if libc.ptrace(TRACEME, 0, None, None):
                os._exit(126)
            os.kill(os.getpid(), signal.SIGSTOP)
            _install(sorted(self._names))
            os.execvp(command[0], list(command))
        _, status = os.waitpid(pid, WALL)
        if not os.WIFSTOPPED(status) or libc.ptrace(SETOPTIONS, pid, None, OPTIONS):
            raise PermissionError("ptrace is denied here")
        self._known.add(pid)
        libc.ptrace(CONT, pid, None, None)
        return pid

    def _go_on(self, pid: int, status: int) -> None:
        event, number = status >> 16, os.WSTOPSIG(status)
        passed = 0
        if self.outcome.call is not None:
            # Started in the same moment as all others died.
            passed = signal.SIGKILL
            os.kill(pid, passed)
        elif event == SECCOMP:
            self._count(pid)
        elif not event and pid not in self._known and number == signal.SIGSTOP:
            # How every new thread and process reports to its tracer.
            self._known.add(pid)
        elif not event and number != signal.SIGTRAP:
            passed = number
        libc.ptrace(CONT, pid, None, passed)

    def _count(self, pid: int) -> None:
        name, arguments = self._call(pid)
        with suppress(OSError, ValueError):
            path = self._path(pid, name, arguments)
            if not path.startswith(self._root):
                return
            short = path.removeprefix(self._root)
            if short.startswith(UNCOUNTED):
                return
            self.outcome.calls += 1
            self.outcome.names[name] = self.outcome.names.get(name, 0) + 1
            if self.outcome.calls == self._at:
                self.outcome.call = f"{name} {short}"
                self._kill()

    def _call(self, pid: int) -> tuple[str, tuple[int, ...]]:
        info = ctypes.create_string_buffer(128)
        libc.ptrace(GET_SYSCALL_INFO, pid, len(info), ctypes.addressof(info))
        number, *arguments = struct.unpack_from("7Q", info, 24)
        return self._names[number], tuple(arguments)

    def _path(self, pid: int, name: str, arguments: Sequence[int]) -> str:
        if name in ("rename", "unlink"):
            return _absolute(pid, _text(pid, arguments[0]))
        if name.startswith(("rename", "unlink")):
            return _absolute(pid, _text(pid, arguments[1]))
        return os.readlink(f"/proc/{pid}/fd/{arguments[0]}")  # noqa: PTH115

    def _kill(self) -> None:
        """Every process at once; the call that is stopped never happens."""
        for pid in self._known:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _install(numbers: Sequence[int]) -> None:
    """Have the kernel stop this process, and all it starts, at these calls."""
    lines = [(LOAD, 0, 0, 0)]
    for position, number in enumerate(numbers):
        lines.append((EQUALS, len(numbers) - position, 0, number))
    lines += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, TRACE)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    program = Filter(len(lines), ctypes.addressof(code))
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if libc.prctl(SET_SECCOMP, FILTER, ctypes.addressof(program), 0, 0):
        os._exit(126)


def _text(pid: int, address: int) -> str:
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(1024).partition(b"\0")[0].decode(errors="replace")


def _absolute(pid: int, path: str) -> str:
    return path if path.startswith("/") else f"{os.readlink(f'/proc/{pid}/cwd')}/{path}"  # noqa: PTH115


def main() -> None:
    """See the module."""
    folder, at, *command = sys.argv[1:]
    outcome = Tracer(Path(folder), int(at)).run(command)
    sys.stdout.write(json.dumps(asdict(outcome)) + "\n")


if __name__ == "__main__":
    main()
