"""Pages change hands: a walk takes what no live seed looks after any more."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from archive.frontier import AT_ONCE
from archive.models import Attachment, Resource, Version
from archive.records import ResourceKind
from archive.store.batch import Batch
from archive.store.lookups import chunks


def adopt(batch: Batch, articles: Sequence[Resource], seed_key: int) -> None:
    """Let stray articles that a seed's list shows belong to that seed, with their files.

    Strays are pages first asked for by hand, and those whose seed was taken away.
    """
    strays = [article for article in articles if _is_stray(batch, article, seed_key)]
    targets = [batch.by_key(stray.moved_to) for stray in strays if stray.moved_to is not None]
    strays += [target for target in targets if _is_stray(batch, target, seed_key)]
    for stray in strays:
        adopt_one(batch, stray, seed_key)
    for file in _files(batch, [stray.key for stray in strays]):
        adopt_one(batch, file, seed_key)


def adopt_one(batch: Batch, resource: Resource, seed_key: int) -> None:
    """Let one resource, when it is a stray, belong to a seed; what was never asked for is due."""
    if not _is_stray(batch, resource, seed_key):
        return
    resource.seed_key = seed_key
    if resource.last_checked_at is None:
        resource.next_check_at = AT_ONCE


def _is_stray(batch: Batch, resource: Resource, seed_key: int) -> bool:
    return resource.seed_key != seed_key and batch.is_stray(resource)


def _files(batch: Batch, articles: Sequence[int]) -> list[Resource]:
    """The files of some articles: found on them, or listed by any of their versions."""
    found: list[Resource] = []
    for keys in chunks(articles):
        listed = (
            select(Attachment.resource_key)
            .join(Version, Version.key == Attachment.version_key)
            .where(Version.resource_key.in_(keys), Attachment.resource_key.is_not(None))
        )
        files = select(Resource).where(
            Resource.kind == ResourceKind.ATTACHMENT,
            or_(Resource.key.in_(listed), Resource.discovered_from.in_(keys)),
        )
        found += batch.related(files)
    return found
