"""The list of a backup's files, by which it is known to be whole and unchanged."""

from __future__ import annotations

import json
import os
import re
import stat
from dataclasses import asdict, dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from archive.problems import Problem

MANIFEST_NAME = "manifest.json"
DATABASE_NAME = "gongwen.sqlite"
FORMAT = 1
LARGEST_MANIFEST = 64 << 20
# Only such names are ever read or written: none leads out of the folder.
_NAME = re.compile(r"gongwen\.sqlite|head\.log|warc/[A-Za-z0-9][A-Za-z0-9._-]{0,199}\.warc\.gz")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its name inside the backup, its size in bytes and its SHA-256 in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds, of which archive, and the head of its chain.

    ``damaged`` tells what was missing already when it was made.
    """

    made_at: int
    archive_id: str
    revision: str
    head_number: int
    head_hash: str
    files: tuple[Entry, ...]
    damaged: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(entry.size for entry in self.files)

    def entry(self, name: str) -> Entry | None:
        """The file of that name."""
        return next((entry for entry in self.files if entry.name == name), None)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write and make durable the list of a backup's files."""
    value = {"format": FORMAT, **asdict(manifest)}
    with (folder / MANIFEST_NAME).open("x", encoding="utf-8") as file:
        file.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_manifest(folder: Path) -> Manifest:
    """The list of a backup's files; Problem for a folder that is no backup, or a list not ours."""
    try:
        with open_plain(folder / MANIFEST_NAME) as file:
            content = file.read(LARGEST_MANIFEST + 1)
        if len(content) > LARGEST_MANIFEST:
            raise ValueError(f"it is larger than {LARGEST_MANIFEST >> 20} MiB")
        return _manifest(json.loads(content))
    except FileNotFoundError:
        previous = folder.with_name(f".{folder.name}.previous")
        if not folder.exists() and previous.exists():
            why = f"the one made before is still in {previous}"
            raise Problem(
                f"The backup {folder} was being replaced", why, "Use that one, or back up again"
            ) from None
        raise _no_backup(folder, f"there is no {MANIFEST_NAME} in it") from None
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise _no_backup(folder, f"its {MANIFEST_NAME} cannot be read: {error!r}") from None


def open_plain(path: Path) -> BufferedReader:
    """Open a regular file to read; OSError for a link, a pipe or anything else."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path} is no regular file")
    return os.fdopen(descriptor, "rb")


def _manifest(value: Any) -> Manifest:
    if value["format"] != FORMAT:
        raise ValueError(f"its format is {value['format']!r}, this program knows {FORMAT}")
    files = tuple(_entry(each) for each in value["files"])
    if len({entry.name for entry in files}) != len(files):
        raise ValueError("it names a file twice")
    manifest = Manifest(
        int(value["made_at"]),
        value["archive_id"],
        value["revision"],
        int(value["head_number"]),
        value["head_hash"],
        files,
        tuple(value["damaged"]),
    )
    texts = (manifest.archive_id, manifest.revision, manifest.head_hash, *manifest.damaged)
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a name, revision or hash is no text")
    return manifest


def _entry(value: Any) -> Entry:
    entry = Entry(value["name"], value["size"], value["sha256"])
    if not _NAME.fullmatch(entry.name):
        raise ValueError(f"{entry.name!r} is not the name of a file of ours")
    if not _DIGEST.fullmatch(entry.sha256) or type(entry.size) is not int or entry.size < 0:
        raise ValueError(f"size or digest of {entry.name} is none")
    return entry


def _no_backup(folder: Path, why: str) -> Problem:
    return Problem(f"{folder} is no backup", why, "Make one with: gongwen backup TARGET")
