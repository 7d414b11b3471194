"""Telling files that are no text at all, before a decoder makes words of their bytes."""

from __future__ import annotations

import re

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SIGNS = (
    (b"{\\rtf", "rtf", "an RTF document"),
    (b"\x89PNG\r\n\x1a\n", "png", "a PNG picture"),
    (b"\xff\xd8\xff", "jpeg", "a JPEG picture"),
    (b"GIF87a", "gif", "a GIF picture"),
    (b"GIF89a", "gif", "a GIF picture"),
    (b"Rar!\x1a\x07", "rar", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z", "a 7z archive"),
    (b"\x1f\x8b\x08", "gzip", "compressed data"),
)
"""How files begin that no page begins like: the format's name, and what it is in words."""

_SIGNS = (
    *((sign, kind) for sign, _, kind in SIGNS),
    (b"%PDF-", "a PDF document"),
    (ZIP, "a ZIP archive or an office document"),
    (OLE, "an office document"),
    (b"RIFF", "a picture or sound in RIFF form"),
)
_WIDE = ("utf-16", "utf-32")
_WINDOW = 65_536
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_TAG = re.compile(rb"<(?:!doctype|html|head|body|meta|div|p|table)\b", re.IGNORECASE)
_MOST_CONTROLS = 0.01


def foreign_content(body: bytes, encoding: str) -> str | None:
    """What a body is that is neither text nor HTML; None when it can be read as a page.

    ``encoding`` is the codec chosen for it: in a wide one every other byte may be NUL. No Chinese
    codec writes control characters, so more than a few of them without any tag are other data.
    """
    for sign, kind in _SIGNS:
        if body.startswith(sign):
            return f"no page: {kind}"
    seen = body[:_WINDOW]
    if encoding.startswith(_WIDE) or _TAG.search(seen):
        return None
    found = len(_CONTROLS.findall(seen))
    return "no page: binary data" if found > _MOST_CONTROLS * len(seen) else None
