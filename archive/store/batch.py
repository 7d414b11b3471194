"""The working set of one commit: what the checks touch, and the rows they add.

Everything is fetched with a few queries at the start and written with a few statements at the
end; in between, checks are applied one after another in memory and see each other's effects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from archive.chain import Link
from archive.models import (
    Assertion,
    Attachment,
    Base,
    Capture,
    Correction,
    Derivation,
    Event,
    IdentityEntry,
    Observation,
    Relation,
    Version,
)
from archive.records import Check, ResourceKind
from archive.store.known import Known, load_bearers, load_known, load_latest
from archive.store.lookups import Lookups, chunks
from archive.store.resolving import resolve_relations

# Parents before children, so that every foreign key holds at once.
_INSERT_ORDER: tuple[type[Base], ...] = (
    Capture,
    Derivation,
    Version,
    Attachment,
    Assertion,
    Relation,
    Observation,
    Event,
    IdentityEntry,
)


class Batch(Lookups):
    """One write transaction's view of the archive. ``at`` is the moment of the commit."""

    def __init__(self, session: Session, at: int, warc_file: int | None, recheck: int) -> None:
        super().__init__(session, at)
        self.warc_file = warc_file
        self.recheck = recheck
        self.known: dict[int, list[Known]] = {}
        self.latest: dict[int, int] = {}
        self.bearers: dict[int, set[int]] = defaultdict(set)
        self.links: list[Link] = []
        self._rows: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self._updates: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)

    @cached_property
    def has_corrections(self) -> bool:
        """Whether any correction stands; most archives have none, and nothing is asked of them."""
        standing = select(Correction.key).where(
            Correction.reopened_at.is_(None), Correction.withdrawn_at.is_(None)
        )
        return self.session.scalar(standing.limit(1)) is not None

    def load(self, checks: Sequence[Check], addresses: Iterable[str]) -> None:
        """Fetch what the checks and the addresses they mention are known by."""
        self.fetch(addresses)
        lists = [r for r in self._resources.values() if r.kind == ResourceKind.LIST]
        self.fetch(url for r in lists for url in (*r.pages, r.next_page) if url)
        attachments = [r.key for r in self._resources.values() if r.kind == ResourceKind.ATTACHMENT]
        for keys in chunks(attachments):
            self.bearers.update(load_bearers(self.session, keys))
        self._load_versions(checks)
        self.fetch_documents(r for c in checks if (r := self.find(c.url)) is not None)

    def _load_versions(self, checks: Sequence[Check]) -> None:
        """Whole versions where contents are compared, only their keys elsewhere."""
        compared = set()
        for check in checks:
            resource = self.find(check.url)
            if resource is None:
                continue
            if check.kind is ResourceKind.ATTACHMENT:
                compared |= self.bearers[resource.key]
            elif check.extraction is not None:
                compared.add(resource.key)
        self.fetch_by_key(compared)
        self.load_known(compared)
        checked = [r.key for check in checks if (r := self.find(check.url)) is not None]
        for keys in chunks(checked):
            self.latest.update(load_latest(self.session, keys))

    def load_known(self, articles: Collection[int]) -> None:
        """Fetch the versions of some resources, unless they are here already."""
        missing = [key for key in articles if key not in self.known]
        for keys in chunks(missing):
            found = load_known(self.session, keys)
            self.known.update({key: found.get(key, []) for key in keys})
            self.latest.update({key: versions[-1].key for key, versions in found.items()})

    def add(self, model: type[Base], **values: Any) -> dict[str, Any]:
        """Queue a new row, with its key; the row may still be changed until the flush."""
        row = {"key": self.keys.take(model), **values}
        self._rows[model].append(row)
        return row

    def change(self, model: type[Base], key: int, **values: Any) -> None:
        """Queue a change of a stored row, or make it at once in a row that waits."""
        for row in reversed(self._rows[model]):
            if row["key"] == key:
                row.update(values)
                return
        self._updates[model].append({"key": key, **values})

    def queued(self, model: type[Base], key: int) -> dict[str, Any] | None:
        """A row of this batch by its key."""
        return next((row for row in self._rows[model] if row["key"] == key), None)

    def capture_of(self, record_id: str) -> int:
        """The key of a capture of this batch by its record."""
        rows = self._rows[Capture]
        return int(next(row["key"] for row in reversed(rows) if row["record_id"] == record_id))

    def flush(self) -> None:
        """Write everything, parents first."""
        self.flush_found()
        for model in _INSERT_ORDER:
            if self._rows[model]:
                self.session.execute(insert(model), self._rows[model])
        for model, changes in self._updates.items():
            for group in _by_columns(changes):
                self.session.execute(update(model), group)
        first = {row["resource_key"] for row in self._rows[Version] if row["number"] == 1}
        resolve_relations(self.session, self._rows[Relation], self._rows[Assertion], first)


def _by_columns(changes: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for change in changes:
        groups[tuple(change)].append(change)
    return groups.values()
