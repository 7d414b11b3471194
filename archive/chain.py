"""The hash chain over versions and what is added to them, and its head kept outside the database.

Each link hashes the one before it, so nothing earlier can change unseen while the head is known.
The head is appended to ``head.log`` after every commit; keep a copy elsewhere to be sure. The file
starts with the head of the empty chain and is never rewritten, so what a line once vouched for
stays checkable, whatever is chained later.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from archive.database import Database
from archive.models import ChainEntry
from archive.space import NO_SPACE
from archive.warc.sealing import sync_folder

log = logging.getLogger(__name__)

HEAD_NAME = "head.log"
GENESIS = "sha256:" + "0" * 64
VERSION, ATTACHMENT, TOMBSTONE = "version", "attachment", "tombstone"
DERIVATION, CORRECTION = "derivation", "correction"
# Ends a line that a crash cut off; three parts would be a head.
_TORN = b" torn\n"
_PART_DIGITS = 8
_TAIL = 4096
# Any number will do, as long as every writer of a PostgreSQL archive takes the same.
_CHAIN_LOCK = 0x676F6E67


@dataclass(frozen=True, slots=True)
class Link:
    """Something to be chained; ``values`` are all facts it vouches for, by name."""

    kind: str
    subject: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """The chain's last link: its number and hash, and when it was made."""

    number: int
    hash: str
    at: int


def digest_of(values: Mapping[str, Any]) -> str:
    """``sha256:<hex>`` over named facts, in a canonical form."""
    return _sha256(_canonical(values))


def parts_of(values: Mapping[str, Any]) -> dict[str, str]:
    """A short digest of each fact, enough to say which one changed."""
    return {
        name: hashlib.sha256(_canonical(value)).hexdigest()[:_PART_DIGITS]
        for name, value in values.items()
    }


def link_hash(previous: str, number: int, kind: str, subject: str, digest: str, at: int) -> str:
    """The hash of one link over everything in it and the link before."""
    return _sha256(f"{previous}|{number}|{kind}|{subject}|{digest}|{at}".encode())


def append(session: Session, links: Sequence[Link], at: int) -> Head | None:
    """Chain links after the last one, in the caller's write transaction; returns the new head."""
    if not links:
        return None
    head = current(session, for_update=True) or Head(0, GENESIS, at)
    rows = []
    for link in links:
        digest = digest_of(link.values)
        number = head.number + 1
        hashed = link_hash(head.hash, number, link.kind, link.subject, digest, at)
        rows.append(
            {
                "number": number,
                "kind": link.kind,
                "subject": link.subject,
                "digest": digest,
                "parts": parts_of(link.values),
                "previous": head.hash,
                "hash": hashed,
                "at": at,
            }
        )
        head = Head(number, hashed, at)
    session.execute(insert(ChainEntry), rows)
    return head


def current(session: Session, *, for_update: bool = False) -> Head | None:
    """The head as the database has it; None for an empty chain."""
    if for_update and session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK})
    last = session.execute(
        select(ChainEntry.number, ChainEntry.hash, ChainEntry.at)
        .order_by(ChainEntry.number.desc())
        .limit(1)
    ).one_or_none()
    return None if last is None else Head(last.number, last.hash, last.at)


def is_link(session: Session, head: Head) -> bool:
    """Whether a head is a link of the chain as it is now (or the head of the empty chain)."""
    if not head.number:
        return head.hash == GENESIS
    found = select(ChainEntry.hash).where(ChainEntry.number == head.number)
    return session.scalar(found) == head.hash


def keep_head(folder: Path, head: Head) -> None:
    """Append a head to the file outside the database and make it durable.

    After an fsync that fails nobody knows what of a file is on the disk, and a later one that
    succeeds says nothing about it. So the lines go into a new file then, and the error is raised.
    """
    path = folder / HEAD_NAME
    is_new = not path.exists()
    line = f"{head.number} {head.hash} {head.at}\n".encode()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = _TORN + line
        if os.write(descriptor, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in NO_SPACE:
            with suppress(OSError):
                _renew(path)
        raise
    finally:
        os.close(descriptor)
    if is_new:
        sync_folder(folder)


def _renew(path: Path) -> None:
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(path.read_bytes())
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def kept_heads(folder: Path) -> list[Head]:
    """All heads in the file, oldest first; a line cut off by a crash is left out."""
    path = folder / HEAD_NAME
    return _heads(path.read_bytes()) if path.exists() else []


def last_kept(folder: Path) -> Head | None:
    """The last head in the file."""
    path = folder / HEAD_NAME
    if not path.exists():
        return None
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        heads = _heads(file.read())
    return heads[-1] if heads else None


def catch_up(database: Database, at: int) -> None:
    """Write the head that a crash kept from being written after its commit.

    A new archive gets the head of its empty chain, so that a missing file is never innocent. A
    kept head that the chain lost is logged and stays in the file, where ``verify`` finds it.
    """
    with database.lock():
        with database.read() as session:
            head, kept = current(session), last_kept(database.folder)
            is_known = kept is None or is_link(session, kept)
        if head is None and kept is None:
            keep_head(database.folder, Head(0, GENESIS, at))
        elif kept is None:
            log.error("%s is missing: nothing vouches for the chain; see gongwen verify", HEAD_NAME)
        elif not is_known:
            log.error("Link %d was changed or removed since; see gongwen verify", kept.number)
        elif head is not None and kept.number < head.number:
            keep_head(database.folder, head)


def _heads(content: bytes) -> list[Head]:
    heads = []
    for line in content.split(b"\n")[:-1]:
        parts = line.decode("ascii", "replace").split(" ")
        if len(parts) == 3 and parts[0].isdigit() and parts[2].isdigit():
            heads.append(Head(int(parts[0]), parts[1], int(parts[2])))
    return heads


def _canonical(value: Any) -> bytes:
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=list
    ).encode("utf-8", "surrogatepass")


def _sha256(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()
