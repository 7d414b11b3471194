"""Who holds a run: a process, named so that it can be told dead from alive later.

A pid alone is reused and a start time alone moves with the clock, so both are kept, the start as
time since boot, beside the machine and its boot.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

import psutil

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def owner_of(pid: int | None = None) -> str:
    """``machine/boot:pid:start`` of a process, by default this one."""
    pid = os.getpid() if pid is None else pid
    return f"{_machine()}:{pid}:{_start(pid)}"


def is_dead(owner: str) -> bool | None:
    """True or False for a process of this machine; None when it cannot be known from here."""
    place, pid, start = owner.rsplit(":", 2)
    machine, _, boot = place.rpartition("/")
    here, _, this_boot = _machine().rpartition("/")
    if machine != here:
        return None
    return boot != this_boot or _start(int(pid)) != start


def _machine() -> str:
    boot = _BOOT_ID.read_text().strip()[:8] if _BOOT_ID.exists() else str(int(psutil.boot_time()))
    return f"{socket.gethostname()}/{boot}"


def _start(pid: int) -> str | None:
    """Tenths of seconds between boot and the process's start; None when it is gone or a zombie."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return f"{process.create_time() - psutil.boot_time():.1f}"
    except psutil.NoSuchProcess:
        return None
