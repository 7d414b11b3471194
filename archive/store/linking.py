"""The files of a page: resources of their own, new ones due at once."""

from __future__ import annotations

from collections.abc import Sequence

from archive.frontier import AT_ONCE
from archive.models import Resource
from archive.records import AttachmentLink, AttachmentState, Extraction, ResourceKind
from archive.store.adopting import adopt_one
from archive.store.batch import Batch
from archive.versioning.addresses import steady_address

Linked = tuple[AttachmentLink, Resource | None]


_PASSING_MARKS = "?;("
"""What every address holds that has a part which passes: a query, or a session in its path."""


def attachment_states(linked: Sequence[Linked]) -> tuple[AttachmentState, ...]:
    """A page's attachments with the digests already known for their URLs."""
    return tuple(
        AttachmentState(link.name, link.url, file.content_digest if file else None)
        for link, file in linked
    )


def link_attachments(
    batch: Batch, extraction: Extraction, resource: Resource
) -> tuple[list[Linked], int]:
    """The resource of every attachment, new ones due at once; and how many are new."""
    found = [_file(batch, link, resource) for link in extraction.attachments]
    linked = [
        (link, file if file and file.kind == ResourceKind.ATTACHMENT else None)
        for link, (file, _) in zip(extraction.attachments, found, strict=True)
    ]
    return linked, sum(is_new for _, is_new in found)


def link_images(batch: Batch, extraction: Extraction, resource: Resource) -> int:
    """Make the resources of a page's images, new ones due at once; how many are new.

    They are fetched and kept like attachments, but no version lists them. Nor does a page tell
    when one of its images changed, so an address that differs from one already found on the page
    by a token or a moment alone is the same image, and makes no resource again.
    """
    passing = [link.url for link in extraction.images if _may_pass(batch, link.url)]
    held = _steady_files(batch, resource, passing)
    wanted = [
        link
        for link in extraction.images
        if link.url not in passing or steady_address(link.url or "") not in held
    ]
    return sum(_file(batch, link, resource)[1] for link in wanted)


def _may_pass(batch: Batch, url: str | None) -> bool:
    """Whether an unknown address may be that of a known file with another token."""
    if url is None or batch.key_of(url) is None or batch.find(url) is not None:
        return False
    return any(mark in url for mark in _PASSING_MARKS)


def _steady_files(batch: Batch, resource: Resource, urls: Sequence[str | None]) -> set[str]:
    """The steady addresses of the files first found on a page, on the hosts of some addresses."""
    hosts = {batch.host(url).key for url in urls if url is not None}
    return {steady_address(file.url) for file in batch.found_on(resource, hosts)}


def _file(batch: Batch, link: AttachmentLink, resource: Resource) -> tuple[Resource | None, bool]:
    """The resource of a file found on a page, and whether it is new; None for no address."""
    if link.url is None or batch.key_of(link.url) is None:
        return None, False
    file, is_new = batch.ensure(link.url, ResourceKind.ATTACHMENT, resource.seed_key, resource.key)
    if is_new:
        file.next_check_at = AT_ONCE
    adopt_one(batch, file, resource.seed_key)
    return file, is_new
