"""Document types and entities in XML, found before any parser sees it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_BEFORE = b" \t\r\n\f\v\0\xef\xbb\xbf\xff\xfe"
"""White space in ASCII and in UTF-16, and marks of byte order: what may stand before markup."""
_EBCDIC = b"\x4c\x6f\xa7\x94"
_OPENING = re.compile(rb"<\?xml\s", re.IGNORECASE)
_CODEC = re.compile(rb"\sencoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_PLAIN = re.compile(
    rb"utf-?(?:8|16|32).{0,2}|(?:us-)?ascii|iso-?8859-\d+|windows-\d+|gb\w+|big5", re.I
)
"""Codecs in which ASCII letters are themselves, or themselves with NUL between them."""

_LONGEST = 4096
"""Bytes of an XML declaration; one that goes on hides what it says."""


def from_markup(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A file from its first byte that is no white space, which may be far inside.

    The first chunk holds a whole XML declaration, if there is one.
    """
    start, begun = b"", False
    for chunk in chunks:
        if begun:
            yield chunk
            continue
        start = (start + chunk).lstrip(_BEFORE)
        if len(start) > _LONGEST:
            begun = True
            yield start
    if start and not begun:
        yield start


def looks_like_xml(start: bytes) -> bool:
    """Whether a parser could take bytes that begin so for XML."""
    return start.startswith(_EBCDIC) or start.lstrip(_BEFORE).startswith(b"<")


def declares(part: bytes) -> bool:
    """Whether a part of XML declares a document type or entities, or is in a codec to hide them."""
    # UTF-16 is the same letters with NUL between them.
    seen = part.replace(b"\0", b"")
    return part.startswith(_EBCDIC) or _hides(seen) or _DECLARATION.search(seen) is not None


def _hides(seen: bytes) -> bool:
    """Whether an XML declaration names another codec, or goes on for too long."""
    start = seen[: 2 * _LONGEST].lstrip(_BEFORE)
    if not _OPENING.match(start):
        return False
    said, end, _ = start[:_LONGEST].partition(b"?>")
    codec = _CODEC.search(said)
    return not end or (codec is not None and _PLAIN.fullmatch(codec[1]) is None)
