"""Which resources are inline images: files that pages show, and that no version lists."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists

from archive.models import Attachment, Resource
from archive.records import ResourceKind


def is_image() -> ColumnElement[bool]:
    """The condition on :class:`Resource`: captured like an attachment, but part of no content."""
    listed = exists().where(Attachment.resource_key == Resource.key)
    return and_(Resource.kind == ResourceKind.ATTACHMENT, ~listed)
