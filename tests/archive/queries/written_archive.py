"""A real archive on disk whose rows and WARC records a test writes one check at a time."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.addresses import host_name, url_key
from archive.clock import SHANGHAI, from_datetime
from archive.database import open_database
from archive.models import (
    Assertion,
    Attachment,
    Capture,
    Derivation,
    Document,
    Event,
    Host,
    Observation,
    Relation,
    Resource,
    Run,
    Seed,
    Version,
)
from archive.models.base import public_id
from archive.records import FIELDS, RULE_VERSION, AttachmentState, Content, Exchange
from archive.versioning import content_hash
from archive.warc import claim_slot

SITE = "https://kjj.example.cn/zwgk/"
FILE = AttachmentState("附件.pdf", SITE + "P1.pdf", "sha256:01")


def at(text: str) -> int:
    """UTC microseconds of a time in Shanghai."""
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))


@dataclass(frozen=True)
class Written:
    """The public ids that one check produced."""

    capture: str | None
    version: str | None


class WrittenArchive:
    """Opens an archive in ``folder``; every method is one transaction."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.database = open_database(folder, url)
        self.slot = claim_slot(self.database)

    def close(self) -> None:
        self.slot.close()
        self.database.close()

    def page(self, name: str, *, like: str | None = None, seed: str = "kjj", url: str = "") -> str:
        """Add an article page, of a new document or of the one that ``like`` belongs to."""
        url = url or SITE + name
        with self.database.write() as session:
            if like is None:
                document = Document(public_id=public_id("d"), created_at=0)
                session.add(document)
                session.flush()
                key: int | None = document.key
            else:
                key = _resource(session, like).document_key
            session.add(
                Resource(
                    seed_key=self._seed(session, seed),
                    host_key=self._host(session, url),
                    document_key=key,
                    kind="article",
                    url=url,
                    url_key=url_key(url),
                    discovered_at=0,
                )
            )
        return url

    def check(
        self,
        url: str,
        moment: str,
        observation: str,
        content: Content | None = None,
        *,
        change_class: str | None = None,
        fields: Sequence[str] = (),
        body: bytes | None = None,
        conflicts: Sequence[dict[str, Any]] = (),
    ) -> Written:
        """Record one check; a content makes the next version."""
        time = at(moment)
        with self.database.write() as session:
            resource = _resource(session, url)
            capture = self._capture(session, resource, time, body or _page(content))
            version = None
            if content is not None:
                version = _version(session, resource, capture, content, time, conflicts)
                version.change_class = change_class or ("new" if observation == "new" else "")
                version.changed_fields = list(fields)
            session.add(
                Observation(
                    resource_key=resource.key,
                    capture_key=capture.key,
                    version_key=version.key if version else None,
                    observed_at=time,
                    observation=observation,
                    change_class=change_class or ("new" if observation == "new" else None),
                    fields=list(fields),
                    status=404 if observation == "gone" else 200,
                )
            )
            resource.last_checked_at = time
            result = Written(capture.public_id, version.public_id if version else None)
        self.slot.settle()
        return result

    def event(self, url: str, moment: str, kind: str, **detail: Any) -> None:
        with self.database.write() as session:
            resource = _resource(session, url)
            session.add(
                Event(
                    seed_key=resource.seed_key,
                    resource_key=resource.key,
                    document_key=resource.document_key,
                    at=at(moment),
                    kind=kind,
                    detail=detail,
                )
            )

    def set(self, url: str, **values: Any) -> None:
        """Change columns of a page's row, such as its lifecycle."""
        with self.database.write() as session:
            for name, value in values.items():
                setattr(_resource(session, url), name, value)

    def run(self, seed: str = "kjj") -> None:
        with self.database.write() as session:
            session.add(
                Run(
                    seed_key=self._seed(session, seed), trigger="manual", state="done", created_at=0
                )
            )

    def resource_key(self, url: str) -> int:
        with self.database.read() as session:
            return _resource(session, url).key

    def document_id(self, url: str) -> str:
        with self.database.read() as session:
            key = _resource(session, url).document_key
            return session.get_one(Document, key).public_id

    def _capture(self, session: Session, resource: Resource, time: int, body: bytes) -> Capture:
        packed = gzip.compress(body, mtime=0)
        headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
        exchange = Exchange(resource.url, "GET", (), 200, "OK", headers, packed, time)
        written = self.slot.append(exchange, None)
        self.slot.write()
        self.slot.sync()
        self.slot.record(session)
        capture = Capture(
            public_id=public_id("c"),
            resource_key=resource.key,
            url=resource.url,
            method="GET",
            status=200,
            fetched_at=time,
            warc_file_key=self.slot.key,
            warc_offset=written.offset,
            warc_length=written.length,
            record_id=written.record_id,
            record_type=written.record_type,
            payload_digest=written.payload_digest,
            payload_length=written.payload_length,
        )
        session.add(capture)
        session.flush()
        return capture

    def begin(self, moment: str) -> None:
        """Open the WARC file of a month; its own transaction, so before any check of it."""
        self.slot.begin(at(moment))

    def _seed(self, session: Session, name: str) -> int:
        key = session.scalar(select(Seed.key).where(Seed.id == name))
        if key is None:
            seed = Seed(id=name, title=name, text="", text_digest="", first_seen_at=0)
            session.add(seed)
            session.flush()
            key = seed.key
        return key

    def _host(self, session: Session, url: str) -> int:
        name = host_name(url)
        key = session.scalar(select(Host.key).where(Host.name == name))
        if key is None:
            host = Host(name=name)
            session.add(host)
            session.flush()
            key = host.key
        return key


def content(text: str = "正文。", *files: AttachmentState, **fields: str) -> Content:
    values: dict[str, str | None] = dict.fromkeys(FIELDS)
    return Content(text, values | fields, files)


def _page(content: Content | None) -> bytes:
    return f"<html>{content.text if content else ''}</html>".encode()


def _resource(session: Session, url: str) -> Resource:
    return session.scalars(select(Resource).where(Resource.url == url)).one()


def _version(
    session: Session,
    resource: Resource,
    capture: Capture,
    content: Content,
    time: int,
    conflicts: Sequence[dict[str, Any]],
) -> Version:
    derivation = _derivation(session, capture, content, time, conflicts)
    counted = select(func.count()).where(Version.resource_key == resource.key)
    version = Version(
        public_id=public_id("v"),
        resource_key=resource.key,
        number=(session.scalar(counted) or 0) + 1,
        capture_key=capture.key,
        derivation_key=derivation.key,
        created_at=time,
        content_hash=content_hash(content),
        change_class="",
    )
    session.add(version)
    session.flush()
    session.add_all(
        Attachment(
            version_key=version.key,
            position=position,
            name=file.name,
            url=file.url,
            payload_digest=file.digest,
        )
        for position, file in enumerate(content.attachments)
    )
    return version


def _derivation(
    session: Session, capture: Capture, content: Content, time: int, conflicts: Sequence[Any]
) -> Derivation:
    derivation = Derivation(
        public_id=public_id("x"),
        capture_key=capture.key,
        rule_version=RULE_VERSION,
        derived_at=time,
        kind="document",
        outcome="ok",
        family="trs",
        encoding="utf-8",
        encoding_evidence="meta",
        text=content.text,
        text_digest="",
        fields=dict(content.fields),
        conflicts=list(conflicts),
    )
    session.add(derivation)
    session.flush()
    stated = [(name, value) for name, value in content.fields.items() if value]
    session.add_all(
        Assertion(
            derivation_key=derivation.key,
            position=position,
            field=name,
            value=value,
            raw=value,
            source="table",
            locator=FIELDS[name],
            chosen=True,
        )
        for position, (name, value) in enumerate(stated)
    )
    session.add(Relation(derivation_key=derivation.key, kind="cites", doc_no="国发〔2022〕1号"))
    return derivation
