"""Readers that misbehave on purpose, run inside worker processes by the tests of the pool."""

import os
import signal
import time

from archive.records import PageKind
from pipelines.reading import Job, Reading


def read(job: Job) -> Reading:
    """Do what the page's body says."""
    command = job.body.decode()
    if command == "hang":
        time.sleep(60)
    if command == "eat":
        return Reading(PageKind.OTHER, reason=str(len(b"x" * (4 << 30))))
    if command == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if command == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if command == "raise":
        raise ValueError("broken page")
    return Reading(PageKind.DOCUMENT, reason=f"{command} {os.getppid()}")
