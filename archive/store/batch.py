"""The working set of one commit: what the checks touch, and the rows they add.

Everything is fetched with a few queries at the start and written with a few statements at the
end; in between, checks are applied one after another in memory and see each other's effects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from archive.addresses import host_name, twin_keys, url_key
from archive.chain import Link
from archive.models import (
    Assertion,
    Attachment,
    Base,
    Capture,
    Derivation,
    Document,
    Event,
    Host,
    IdentityEntry,
    ListRow,
    Observation,
    Relation,
    Resource,
    Run,
    Seed,
    Version,
)
from archive.problems import Problem
from archive.records import Check, ResourceKind
from archive.store.keys import Keys
from archive.store.known import Known, load_bearers, load_known, load_latest

ADHOC = "adhoc"
CHUNK = 400
"""How many values one query names at most; old SQLite takes 999."""

# Parents before children, so that every foreign key holds at once.
_FRESH_ORDER: tuple[type[Base], ...] = (Host, Document, Resource, ListRow)
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


class Batch:
    """One write transaction's view of the archive. ``at`` is the moment of the commit."""

    def __init__(self, session: Session, at: int, warc_file: int | None, recheck: int) -> None:
        self.session = session
        self.at = at
        self.warc_file = warc_file
        self.recheck = recheck
        self.keys = Keys(session)
        self.known: dict[int, list[Known]] = {}
        self.latest: dict[int, int] = {}
        self.bearers: dict[int, set[int]] = defaultdict(set)
        self.links: list[Link] = []
        self._resources: dict[str, Resource] = {}
        self._absent: set[str] = set()
        self._by_key: dict[int, Resource] = {}
        self._new: list[Base] = []
        self._hosts: dict[str, Host] = {}
        self._documents: dict[int, Document] = {}
        self._fresh_documents: set[int] = set()
        self._seeds: dict[str, Seed] = {}
        self._runs: dict[int, Run] = {}
        self._rows: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self._updates: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self._list_rows: dict[tuple[int, int], ListRow] = {}
        self._adhoc: int | None = None
        self._key_of: dict[str, str | None] = {}

    # --- loading

    def load(self, checks: Sequence[Check], addresses: Iterable[str]) -> None:
        """Fetch what the checks and the addresses they mention are known by."""
        self.fetch(addresses)
        lists = [r for r in self._resources.values() if r.kind == ResourceKind.LIST]
        self.fetch(url for r in lists for url in (*r.pages, r.next_page) if url)
        attachments = [r.key for r in self._resources.values() if r.kind == ResourceKind.ATTACHMENT]
        for keys in _chunks(attachments):
            self.bearers.update(load_bearers(self.session, keys))
        self._load_versions(checks)
        documents = {r.document_key for r in self._resources.values() if r.document_key}
        for keys in _chunks(documents):
            for row in self.session.scalars(select(Document).where(Document.key.in_(keys))):
                self._documents[row.key] = row

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
        self._load_by_key(compared)
        self.load_known(compared)
        checked = [r.key for check in checks if (r := self.find(check.url)) is not None]
        for keys in _chunks(checked):
            self.latest.update(load_latest(self.session, keys))

    def load_known(self, articles: Collection[int]) -> None:
        """Fetch the versions of some resources, unless they are here already."""
        missing = [key for key in articles if key not in self.known]
        for keys in _chunks(missing):
            found = load_known(self.session, keys)
            self.known.update({key: found.get(key, []) for key in keys})
            self.latest.update({key: versions[-1].key for key, versions in found.items()})

    def fetch(self, addresses: Iterable[str]) -> None:
        """Fetch the resources of some URLs with few queries."""
        keys = {key for url in addresses if (key := self.key_of(url)) is not None}
        self._fetch_keys(keys - self._resources.keys() - self._absent)

    def _fetch_keys(self, missing: Collection[str]) -> None:
        for keys in _chunks(missing):
            for row in self.session.scalars(select(Resource).where(Resource.url_key.in_(keys))):
                self._remember(row)
        self._absent.update(key for key in missing if key not in self._resources)

    def _load_by_key(self, wanted: Collection[int]) -> None:
        for keys in _chunks([key for key in wanted if key not in self._by_key]):
            for row in self.session.scalars(select(Resource).where(Resource.key.in_(keys))):
                self._remember(row)

    def _remember(self, resource: Resource) -> None:
        self._resources[resource.url_key] = resource
        self._by_key[resource.key] = resource

    # --- looking up

    def key_of(self, url: str) -> str | None:
        """The canonical key of a URL; None for what is no address."""
        if url not in self._key_of:
            try:
                self._key_of[url] = url_key(url)
            except Problem:
                self._key_of[url] = None
        return self._key_of[url]

    def find(self, url: str) -> Resource | None:
        """The resource of a URL, if there is one."""
        key = self.key_of(url)
        if key is None:
            return None
        if key not in self._resources and key not in self._absent:
            self._fetch_keys([key])
        return self._resources.get(key)

    def ensure(
        self, url: str, kind: ResourceKind, seed_key: int, found_on: int | None = None
    ) -> tuple[Resource, bool]:
        """The resource of a URL and whether it is new; new ones are not yet due."""
        known = self.find(url)
        if known is not None:
            return known, False
        resource = Resource(
            key=self.keys.take(Resource),
            seed_key=seed_key,
            host_key=self.host(url).key,
            kind=kind,
            url=url,
            url_key=url_key(url),
            discovered_from=found_on,
            discovered_at=self.at,
            failures=0,
            lifecycle="live",
            version_count=0,
            pages=[],
            items=[],
        )
        self._new.append(resource)
        self._remember(resource)
        self.known[resource.key] = []
        return resource, True

    def by_key(self, key: int) -> Resource:
        """The resource with a key."""
        self._load_by_key([key])
        return self._by_key[key]

    def twin(self, resource: Resource) -> Resource | None:
        """The mobile or desktop form of the same page, when it is known."""
        keys = twin_keys(resource.url_key)
        self._fetch_keys([k for k in keys if k not in self._resources and k not in self._absent])
        return next((self._resources[key] for key in keys if key in self._resources), None)

    def moved_here(self, resource: Resource) -> list[Resource]:
        """The resources that moved to one."""
        for row in self.session.scalars(select(Resource).where(Resource.moved_to == resource.key)):
            self._remember(row)
        return [r for r in self._by_key.values() if r.moved_to == resource.key]

    def same_document(self, document_key: int) -> list[Resource]:
        """All resources of a document, those of this batch included."""
        if document_key not in self._fresh_documents:
            found = select(Resource).where(Resource.document_key == document_key)
            for row in self.session.scalars(found):
                self._remember(row)
        return [r for r in self._by_key.values() if r.document_key == document_key]

    def host(self, url: str) -> Host:
        """The host of a URL, created when it was unknown."""
        name = host_name(url)
        host = self._hosts.get(name)
        if host is None:
            host = self.session.scalars(select(Host).where(Host.name == name)).one_or_none()
        if host is None:
            host = Host(key=self.keys.take(Host), name=name, blocked_count=0)
            self._new.append(host)
        self._hosts[name] = host
        return host

    def seed(self, seed_id: str) -> Seed:
        """The row of a seed."""
        if seed_id not in self._seeds:
            found = self.session.scalars(select(Seed).where(Seed.id == seed_id)).one_or_none()
            if found is None:
                raise Problem(
                    f"Seed {seed_id} is not registered",
                    "the archive has no row for it",
                    "Check the seeds with: gongwen seeds check",
                )
            self._seeds[seed_id] = found
        return self._seeds[seed_id]

    def adhoc_key(self) -> int | None:
        """The key of the seed that pages asked for by hand belong to."""
        if self._adhoc is None:
            self._adhoc = self.session.scalar(select(Seed.key).where(Seed.id == ADHOC)) or 0
        return self._adhoc or None

    def list_rows(self, seed_key: int, articles: Collection[int]) -> dict[int, ListRow]:
        """A seed's rows of some articles, by article."""
        missing = [key for key in articles if (seed_key, key) not in self._list_rows]
        for keys in _chunks(missing):
            found = select(ListRow).where(
                ListRow.seed_key == seed_key, ListRow.resource_key.in_(keys)
            )
            for row in self.session.scalars(found):
                self._list_rows[seed_key, row.resource_key] = row
        known = ((key, self._list_rows.get((seed_key, key))) for key in articles)
        return {key: row for key, row in known if row is not None}

    def add_list_row(self, seed_key: int, article: int, at: int) -> ListRow:
        """A new row of a seed's list, still to be filled."""
        key = self.keys.take(ListRow)
        row = ListRow(key=key, seed_key=seed_key, resource_key=article, first_seen_at=at)
        self._new.append(row)
        self._list_rows[seed_key, article] = row
        return row

    def horizon(self, run_id: int) -> int:
        """The moment up to which things count as due in a run."""
        if run_id not in self._runs:
            self._runs[run_id] = self.session.get_one(Run, run_id)
        run = self._runs[run_id]
        return run.horizon_at or run.started_at or run.created_at

    def document(self, key: int | None) -> Document | None:
        """A document by its key."""
        if key is None:
            return None
        if key not in self._documents:
            self._documents[key] = self.session.get_one(Document, key)
        return self._documents[key]

    def add_document(self, document: Document) -> None:
        """Take a new document in."""
        self._new.append(document)
        self._documents[document.key] = document
        self._fresh_documents.add(document.key)

    # --- writing

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

    def flush(self) -> None:
        """Write everything, parents first."""
        for table in _FRESH_ORDER:
            rows = [_columns(row) for row in self._new if isinstance(row, table)]
            if rows:
                self.session.execute(insert(table), rows)
        self.session.flush()
        for model in _INSERT_ORDER:
            if self._rows[model]:
                self.session.execute(insert(model), self._rows[model])
        for model, changes in self._updates.items():
            for group in _by_columns(changes):
                self.session.execute(update(model), group)


def _columns(row: Base) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _by_columns(changes: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for change in changes:
        groups[tuple(change)].append(change)
    return groups.values()


def _chunks(values: Collection[Any]) -> Iterable[list[Any]]:
    ordered = list(values)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
