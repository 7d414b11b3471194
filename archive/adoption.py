"""Which seed looks after a page when the one that met it first no longer does."""

from __future__ import annotations

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session, aliased

from archive.models import Attachment, ListRow, Resource, Seed, Version
from archive.records import ResourceKind

ADHOC = "adhoc"
"""The seed of pages that were only asked for by hand."""


def idle_seeds(session: Session) -> frozenset[int]:
    """The keys of seeds that walk nothing: ``adhoc``, and those whose file was taken away."""
    return frozenset(
        session.scalars(select(Seed.key).where(or_(Seed.id == ADHOC, Seed.retired_at.is_not(None))))
    )


def adopt_listed(session: Session, seed_key: int) -> None:
    """Give a seed the pages its lists show that no live seed looks after, and their files."""
    idle = idle_seeds(session)
    if seed_key in idle:
        return
    session.flush()
    listed = select(ListRow.resource_key).where(
        ListRow.seed_key == seed_key, ListRow.gone_at.is_(None)
    )
    old = aliased(Resource)
    moved = select(old.moved_to).where(old.key.in_(listed), old.moved_to.is_not(None))
    for keys in (listed, moved, carried_by(seed_key)):
        session.execute(
            update(Resource)
            .where(
                Resource.seed_key.in_(idle),
                Resource.kind.in_([ResourceKind.ARTICLE, ResourceKind.ATTACHMENT]),
                Resource.key.in_(keys),
            )
            .values(seed_key=seed_key)
            .execution_options(synchronize_session="fetch")
        )


def carried_by(seed_key: int) -> Select[int | None]:
    """The keys of the files that the latest versions of a seed's articles list."""
    article = aliased(Resource)
    return (
        select(Attachment.resource_key)
        .join(Version, Version.key == Attachment.version_key)
        .join(article, article.key == Version.resource_key)
        .where(
            article.seed_key == seed_key,
            Version.number == article.version_count,
            Attachment.resource_key.is_not(None),
        )
    )


def hand_over(session: Session, resource: Resource, seed_key: int) -> None:
    """Give a seed one page, and the files found on it that no live seed looks after."""
    session.execute(
        update(Resource)
        .where(
            Resource.kind == ResourceKind.ATTACHMENT,
            Resource.discovered_from == resource.key,
            Resource.seed_key.in_(idle_seeds(session)),
        )
        .values(seed_key=seed_key)
        .execution_options(synchronize_session="fetch")
    )
    resource.seed_key = seed_key
    session.flush()


def live_seed(session: Session, resource: Resource) -> Seed | None:
    """A seed whose lists show a page, its old address, or the page a file was found on."""
    earlier = select(Resource.key).where(Resource.moved_to == resource.key)
    names = [resource.key]
    if resource.kind == ResourceKind.ATTACHMENT and resource.discovered_from is not None:
        names.append(resource.discovered_from)
    found = (
        select(Seed)
        .join(ListRow, ListRow.seed_key == Seed.key)
        .where(
            Seed.key.not_in(idle_seeds(session)),
            or_(ListRow.resource_key.in_(names), ListRow.resource_key.in_(earlier)),
        )
        .order_by(ListRow.gone_at.is_not(None), Seed.key)
    )
    return session.scalars(found.limit(1)).first()
