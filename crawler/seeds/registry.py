"""Brings the archive's seed rows up to what the files say."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import ledger
from archive.models import Seed as SeedRow
from crawler.seeds.model import ADHOC, adhoc_seed
from crawler.seeds.shelf import SeedFile, Seeds


def register(session: Session, seeds: Seeds, at: int) -> dict[str, int]:
    """Register every seed and ``adhoc``, retire those whose files are gone; keys by id.

    A seed whose id several files claim waits as it is until a person has settled that.
    """
    files = [*seeds.files.values(), SeedFile(adhoc_seed(), None, "", "sha256:")]
    known = {row.id: row for row in session.scalars(select(SeedRow))}
    keys = {file.seed.id: _register(session, file, known, at) for file in files}
    broken = {error.file for error in seeds.errors}
    kept = {*keys, ADHOC, *seeds.duplicates}
    ledger.retire_missing(session, kept, at, broken_files=broken)
    return keys


def _register(session: Session, file: SeedFile, known: dict[str, SeedRow], at: int) -> int:
    row = known.get(file.seed.id)
    same = row is not None and (row.text_digest, row.file_name) == (file.digest, file.name)
    if row is not None and same and row.retired_at is None:
        return row.key
    return ledger.register_seed(session, _facts(file), at)


def _facts(file: SeedFile) -> ledger.SeedFacts:
    seed = file.seed
    return ledger.SeedFacts(
        id=seed.id,
        title=seed.title,
        publisher=seed.publisher,
        region=seed.region,
        rights=seed.rights,
        text=file.text,
        text_digest=file.digest,
        file_name=file.name,
    )
