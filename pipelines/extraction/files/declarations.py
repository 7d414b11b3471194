"""Document types and entities in XML, found before any parser sees it."""

from __future__ import annotations

import re

_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_START = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<")
_EBCDIC = b"\x4c\x6f\xa7\x94"
_CODEC = re.compile(rb"<\?xml[^>]{0,99}?\sencoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_PLAIN = re.compile(
    rb"utf-?(?:8|16|32).{0,2}|(?:us-)?ascii|iso-?8859-\d+|windows-\d+|gb\w+|big5", re.I
)
"""Codecs in which ASCII letters are themselves, or themselves with NUL between them."""


def looks_like_xml(start: bytes) -> bool:
    """Whether a parser could take bytes that begin so for XML."""
    return start.startswith(_EBCDIC) or _START.match(start) is not None


def declares(part: bytes) -> bool:
    """Whether a part of XML declares a document type or entities, or is in a codec to hide them."""
    # UTF-16 is the same letters with NUL between them.
    seen = part.replace(b"\0", b"")
    codec = _CODEC.search(seen[:200])
    hiding = codec is not None and _PLAIN.fullmatch(codec[1]) is None
    return hiding or part.startswith(_EBCDIC) or _DECLARATION.search(seen) is not None
