"""When two contents are the same: by value, never by spelling, layout or address tokens."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from archive.records import FIELDS, AttachmentState, Content
from archive.versioning.addresses import steady_address
from archive.versioning.folding import normalise
from archive.versioning.volatile import steady_lines

_HASH_RULE = "gongwen-content-1"
_LIST_MARK = re.compile(r"[、､,，;；|｜/／]+")
_NAME_MARK = re.compile(r"[、,;|/ ]+")
_OPENING = re.compile(r"[\[〔【〈({]")
_CLOSING = re.compile(r"[\]〕】〉)}]")


def essence(text: str) -> str:
    """The text that versions are compared by: normalised, without lines that move by themselves."""
    return normalise("\n".join(steady_lines(text)))


def field_value(name: str, value: str | None) -> str:
    """One field's value as compared; nothing and an empty string are the same."""
    if not value:
        return ""
    if name == "keywords":
        return ";".join(sorted(_keywords(value)))
    folded = normalise(value)
    if name == "author":
        return _NAME_MARK.sub("", folded)
    if name == "doc_no":
        return _CLOSING.sub("〕", _OPENING.sub("〔", folded))
    return folded


def content_hash(content: Content) -> str:
    """``sha256:<hex>`` over the compared values: equal contents hash equal, changed ones do not.

    An attachment counts by the digest of its bytes, or by its address while those are unknown;
    so the law holds between contents that know the same digests.
    """
    values = {name: field_value(name, content.fields.get(name)) for name in FIELDS}
    parts = {
        "rule": _HASH_RULE,
        "text": essence(content.text),
        "fields": {name: value for name, value in values.items() if value},
        "attachments": sorted({a.digest or attachment_address(a) for a in content.attachments}),
    }
    canonical = json.dumps(parts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode("ascii")).hexdigest()


def same_attachments(old: Iterable[AttachmentState], new: Iterable[AttachmentState]) -> bool:
    """Whether both sides carry the same files.

    Bytes decide where both are known, even under another address; where a digest is unknown the
    address decides, because an unread file is no evidence of a change.
    """
    before, after = tuple(old), tuple(new)
    return _all_kept(before, after) and _all_kept(after, before)


def _all_kept(these: tuple[AttachmentState, ...], others: tuple[AttachmentState, ...]) -> bool:
    known = {other.digest for other in others if other.digest}
    unread = {attachment_address(other) for other in others if not other.digest}
    anywhere = {attachment_address(other) for other in others}
    return all(
        (one.digest in known or attachment_address(one) in unread)
        if one.digest
        else attachment_address(one) in anywhere
        for one in these
    )


def found_by_rules(
    links: Sequence[Mapping[str, Any]], states: Sequence[AttachmentState]
) -> tuple[AttachmentState, ...]:
    """The files that other rules find on a version's page, with the digests known of them."""
    digests = {attachment_address(state): state.digest for state in states}
    found = [AttachmentState(link["name"], link["url"]) for link in links]
    return tuple(replace(state, digest=digests.get(attachment_address(state))) for state in found)


def attachment_address(attachment: AttachmentState) -> str:
    """What tells an attachment from the others of its page: its steady address, or its name."""
    if attachment.url:
        return steady_address(attachment.url)
    return "name:" + normalise(attachment.name)


def _keywords(value: str) -> set[str]:
    # Commas win over blanks as separators: a keyword may itself contain a blank.
    parts = _LIST_MARK.split(value)
    if len(parts) == 1:
        parts = value.split()
    return {folded for part in parts if (folded := normalise(part))}
