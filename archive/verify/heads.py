"""The chain against the heads kept outside the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import chain
from archive.models import Capture, ChainEntry
from archive.verify.findings import Finding

CHUNK = 300


def check_heads(session: Session, heads: Sequence[chain.Head]) -> Iterator[Finding]:
    """Every head ever kept must still be a link, from the head of the empty chain on.

    One writer at a time keeps them, so that their numbers rise.
    """
    if not _is_genesis(heads[:1]) and (heads or _was_written(session)):
        detail = f"{chain.HEAD_NAME} does not begin with the empty chain: lines were removed"
        yield Finding("head_missing", "head", detail)
    yield from _falling(heads)
    yield from _lost(session, heads)
    for number in _differing(session, heads):
        detail = f"link {number} is not the one whose hash was kept"
        yield Finding("head_differs", f"link {number}", detail)


def _is_genesis(heads: Sequence[chain.Head]) -> bool:
    return any(head.number == 0 and head.hash == chain.GENESIS for head in heads)


def _was_written(session: Session) -> bool:
    """Whether anything was ever stored; whoever stores first writes the first head."""
    written = session.scalar(select(Capture.key).limit(1))
    return written is not None or chain.current(session) is not None


def _falling(heads: Sequence[chain.Head]) -> Iterator[Finding]:
    for before, after in pairwise(heads):
        if after.number <= before.number:
            detail = f"kept after link {before.number}: links were removed in between"
            yield Finding("head_falls", f"link {after.number}", detail)


def _lost(session: Session, heads: Sequence[chain.Head]) -> Iterator[Finding]:
    current = chain.current(session)
    last = current.number if current else 0
    kept = max((head.number for head in heads), default=0)
    if kept > last:
        detail = (
            f"the chain ends at {last}, but its head was once {kept}: links were removed, "
            "or an older database was put back"
        )
        yield Finding("head_ahead", "head", detail)


def _differing(session: Session, heads: Sequence[chain.Head]) -> Iterator[int]:
    """The links that differ from any of the lines kept for them, each once."""
    kept = _by_number(heads)
    numbers = sorted(kept)
    for start in range(0, len(numbers), CHUNK):
        part = numbers[start : start + CHUNK]
        found = session.execute(
            select(ChainEntry.number, ChainEntry.hash).where(ChainEntry.number.in_(part))
        )
        yield from sorted(row.number for row in found if kept[row.number] != {row.hash})


def _by_number(heads: Sequence[chain.Head]) -> Mapping[int, set[str]]:
    kept: dict[int, set[str]] = defaultdict(set)
    for head in heads:
        if head.number:
            kept[head.number].add(head.hash)
    return kept
