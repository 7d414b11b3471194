"""Finding and creating what checks are about: resources, hosts, documents, seeds, list rows.

Found rows are kept for the whole batch; new ones get their key at once and are written with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from archive.addresses import host_name, twin_keys, url_key
from archive.adoption import idle_seeds
from archive.models import Base, Document, Host, ListRow, Resource, Run, Seed
from archive.problems import Problem
from archive.records import ResourceKind
from archive.store.keys import Keys

CHUNK = 400
"""How many values one query names at most; old SQLite takes 999."""

# Parents before children, so that every foreign key holds at once.
_ORDER: tuple[type[Base], ...] = (Host, Document, Resource, ListRow)


class Lookups:
    """What one write transaction has found or made so far."""

    def __init__(self, session: Session, at: int) -> None:
        self.session = session
        self.at = at
        self.keys = Keys(session)
        self._resources: dict[str, Resource] = {}
        self._absent: set[str] = set()
        self._by_key: dict[int, Resource] = {}
        self._new: list[Base] = []
        self._hosts: dict[str, Host] = {}
        self._documents: dict[int, Document] = {}
        self._fresh_documents: set[int] = set()
        self._seeds: dict[str, Seed] = {}
        self._runs: dict[int, Run] = {}
        self._list_rows: dict[tuple[int, int], ListRow] = {}
        self._idle: frozenset[int] | None = None
        self._key_of: dict[str, str | None] = {}

    def fetch(self, addresses: Iterable[str]) -> None:
        """Fetch the resources of some URLs with few queries."""
        keys = {key for url in addresses if (key := self.key_of(url)) is not None}
        self._fetch_keys(keys - self._resources.keys() - self._absent)

    def _fetch_keys(self, missing: Collection[str]) -> None:
        for keys in chunks(missing):
            for row in self.session.scalars(select(Resource).where(Resource.url_key.in_(keys))):
                self._remember(row)
        self._absent.update(key for key in missing if key not in self._resources)

    def fetch_by_key(self, wanted: Collection[int]) -> None:
        """Fetch resources by their keys."""
        for keys in chunks([key for key in wanted if key not in self._by_key]):
            for row in self.session.scalars(select(Resource).where(Resource.key.in_(keys))):
                self._remember(row)

    def _remember(self, resource: Resource) -> None:
        self._resources[resource.url_key] = resource
        self._by_key[resource.key] = resource

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
        return resource, True

    def related(self, wanted: Select[Resource]) -> list[Resource]:
        """The resources that a query finds."""
        rows = list(self.session.scalars(wanted))
        for row in rows:
            self._remember(row)
        return rows

    def by_key(self, key: int) -> Resource:
        """The resource with a key."""
        self.fetch_by_key([key])
        return self._by_key[key]

    def twin(self, resource: Resource) -> Resource | None:
        """The mobile or desktop form of the same page, when it is known."""
        keys = twin_keys(resource.url_key)
        self._fetch_keys([k for k in keys if k not in self._resources and k not in self._absent])
        return next((self._resources[key] for key in keys if key in self._resources), None)

    def moved_here(self, resource: Resource) -> list[Resource]:
        """The resources that moved to one."""
        self.related(select(Resource).where(Resource.moved_to == resource.key))
        return [r for r in self._by_key.values() if r.moved_to == resource.key]

    def same_document(self, document_key: int) -> list[Resource]:
        """All resources of a document, those of this batch included."""
        if document_key not in self._fresh_documents:
            self.related(select(Resource).where(Resource.document_key == document_key))
        return [r for r in self._by_key.values() if r.document_key == document_key]

    def found_on(self, page: Resource, hosts: Collection[int]) -> list[Resource]:
        """The resources on some hosts that were first found on a page."""
        for keys in chunks(hosts):
            on_page = select(Resource).where(Resource.discovered_from == page.key)
            self.related(on_page.where(Resource.host_key.in_(keys)))
        found = (r for r in self._by_key.values() if r.discovered_from == page.key)
        return [r for r in found if r.host_key in hosts]

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

    def is_stray(self, resource: Resource) -> bool:
        """Whether no live seed looks after a resource."""
        if self._idle is None:
            self._idle = idle_seeds(self.session)
        return resource.seed_key in self._idle

    def list_rows(self, seed_key: int, articles: Collection[int]) -> dict[int, ListRow]:
        """A seed's rows of some articles, by article."""
        missing = [key for key in articles if (seed_key, key) not in self._list_rows]
        for keys in chunks(missing):
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

    def fetch_documents(self, resources: Iterable[Resource]) -> None:
        """Fetch the documents of some resources with few queries."""
        wanted = {r.document_key for r in resources if r.document_key} - self._documents.keys()
        for keys in chunks(wanted):
            for row in self.session.scalars(select(Document).where(Document.key.in_(keys))):
                self._documents[row.key] = row

    def flush_found(self) -> None:
        """Write new rows, then the changes made to found ones."""
        for table in _ORDER:
            rows = [_columns(row) for row in self._new if isinstance(row, table)]
            if rows:
                self.session.execute(insert(table), rows)
        self.session.flush()


def chunks(values: Collection[Any]) -> Iterable[list[Any]]:
    """The values in lists short enough for one query."""
    ordered = list(values)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def _columns(row: Base) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}
