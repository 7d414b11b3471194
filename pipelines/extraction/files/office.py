"""Old office formats: converted by LibreOffice where it is installed, then read as new ones.

It runs in a process group of its own with a fresh profile that forbids macros and links, with
limits of time and memory, and is killed with all it started.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipelines.extraction.files.formats import Format
from pipelines.extraction.files.limits import Unread
from pipelines.extraction.files.reading import read_file

NEEDED = "needs LibreOffice, which is not installed"
PROGRAMS = ("soffice", "libreoffice")
TARGETS = {
    "doc": "docx",
    "odt": "docx",
    "wordxml": "docx",
    "xls": "xlsx",
    "ods": "xlsx",
    "xlsb": "xlsx",
    "excelxml": "xlsx",
    "ppt": "pptx",
    "odp": "pptx",
}
_ENDINGS = {"wordxml": "xml", "excelxml": "xml"}
_MOST_MEMORY = 2 << 30
_MOST_WRITTEN = 128 << 20
LEFT_TO_READ = 3.0
_PREFIX = "gongwen-office-"
_ABANDONED = 600.0
"""Seconds; no conversion takes a tenth of it."""

_GUARDED = """exec 3<&0
(read -r _ <&3; kill -KILL 0) &
exec "$@" </dev/null 3<&-"""
"""Runs a command beside a guard. Only the worker holds the other end of the pipe that the guard
reads: when the worker is killed, the pipe ends, and the guard kills the whole group."""

_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
</item>
<item oor:path="/org.openoffice.Inet/Settings">
<prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop>
<prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop>
<prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop>
<prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop>
<prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop>
</item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop>
</item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>1</value></prop>
</item>
</oor:items>
"""
"""Links are blocked and never brought up to date (each program has its own number for never), and
should one be followed all the same, it ends at a port nobody serves."""


def read(body: bytes, found: Format, until: float) -> Iterator[str]:
    """The lines of an old office file. Unread: no LibreOffice here, or it could not convert it."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise Unread(NEEDED)
    _sweep()
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder:
        converted = _convert(program, body, found.name, Path(folder), until)
    file = read_file(converted, until=until)
    yield from file.text.splitlines()
    if file.reason is not None:
        raise Unread(file.reason, file.outcome)


def _convert(program: str, body: bytes, name: str, folder: Path, until: float) -> bytes:
    source = folder / f"file.{_ENDINGS.get(name, name)}"
    source.write_bytes(body)
    settings = folder / "profile" / "user"
    settings.mkdir(parents=True)
    (settings / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
    target = TARGETS[name]
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    options = ("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard")
    command = [program, profile, *options, "--convert-to", target, "--outdir", str(folder)]
    _run([*command, str(source)], folder, until - LEFT_TO_READ - time.monotonic())
    result = folder / f"file.{target}"
    if not result.is_file():
        raise Unread("LibreOffice could not convert it: broken, or it needs a password")
    return result.read_bytes()


def _run(command: list[str], folder: Path, seconds: float) -> None:
    """Run a command until it ends or its time is up; nothing of it is left behind."""
    if seconds <= 0:
        raise Unread("no time was left for LibreOffice")
    process = subprocess.Popen(
        ["/bin/sh", "-c", _GUARDED, "sh", *command],
        cwd=folder,
        env={"HOME": str(folder), "PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_limit,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise Unread(f"LibreOffice took longer than {seconds:.0f} s") from error
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _sweep() -> None:
    """Remove what killed workers left: folders of ours that no running conversion can have."""
    latest = time.time() - _ABANDONED
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            seen = folder.lstat()
            ours = stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.getuid()
            if ours and seen.st_mtime < latest:
                shutil.rmtree(folder, ignore_errors=True)


def _limit() -> None:
    """Limits of the converter, which come before those of the worker that starts it."""
    for kind, limit in (
        (resource.RLIMIT_AS, _MOST_MEMORY),
        (resource.RLIMIT_FSIZE, _MOST_WRITTEN),
        (resource.RLIMIT_CPU, 30),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (most, most))
