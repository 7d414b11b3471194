"""Pieces of one line as Markdown that renders to the same characters, in any CommonMark reader."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping, Sequence

from archive.records import AttachmentLink
from pipelines.extraction.structure.printed import Piece, merged
from pipelines.extraction.text import EDGE, tidy

Images = Mapping[object, AttachmentLink]
"""The document's images by their elements; an image that is not here is not shown."""

_SPECIAL = re.compile(r"[\\`*\[\]<~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
_STARTS = re.compile(r"(?:#{1,6}(?=[ \t]|$)|>|[-+](?=[ \t]|$)|-{2,}$|=+$)")
_NUMBERED = re.compile(r"(\d{1,9})(?=[.)](?:[ \t]|$))")
_CLOSING = re.compile(r"(#+)\Z")
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0<>|\\`\"\u2000-\u200f\u2028-\u202f\u3000\ufeff]")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_SCHEME = re.compile(r"([a-z][a-z\d+.-]*):", re.IGNORECASE)
_NOT_SOLID = dict.fromkeys(map(ord, EDGE))
_WHITE = frozenset(" \t\n\f\r")
# A tidied text holds no line end, so that this one can be told from what the text says.
_BREAK = "\n"


def escape(text: str) -> str:
    """A text with everything escaped that Markdown would take for markup inside a line."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def guard_start(text: str) -> str:
    """An escaped line that opens no heading, list, quotation or rule by how it begins."""
    if _STARTS.match(text):
        return "\\" + text
    return _NUMBERED.sub(r"\1\\", text, count=1) if _NUMBERED.match(text) else text


def guard_end(text: str) -> str:
    """The content of a heading whose number signs at the end are its own."""
    return _CLOSING.sub(lambda found: "\\#" * len(found[1]), text)


def inline(text: str, pieces: Sequence[Piece], images: Images, *, bold: bool = True) -> str:
    """The Markdown of a line: its text, tidied already, in the markup of its pieces."""
    shown = merged([each for each in pieces if each.image is None or each.image in images])
    if not shown or (len(shown) == 1 and shown[0].is_plain(bold=bold)):
        return escape(text)
    parts = list(zip(shown, _parts(text, shown), strict=True))
    written = ""
    rendered = [_plainly(piece, part, images) for piece, part in parts]
    for at, (piece, part) in enumerate(parts):
        if piece.bold and bold and piece.link is None and part:
            after = next(filter(None, rendered[at + 1 :]), "")
            written += _strong(part, written[-1:], after[:1])
        elif rendered[at] and piece.link is not None and written.endswith("!"):
            written = f"{written[:-1]}\\!{rendered[at]}"
        else:
            written += rendered[at]
    return _without_edges(written)


def cell(pieces: Sequence[Piece], images: Images) -> str:
    """The Markdown of a table's cell: one line, its breaks as ``<br>``, its pipes escaped."""
    text = tidy("".join(" " if piece.breaks else piece.text for piece in pieces))
    return inline(text, pieces, images).replace("|", "\\|")


def image(shown: AttachmentLink) -> str:
    """An image by its name and address."""
    return f"![{escape(tidy(shown.name))}]({_destination(shown.url or '')})"


def _plainly(piece: Piece, part: str, images: Images) -> str:
    if piece.image is not None:
        return image(images[piece.image])
    if piece.breaks:
        return _BREAK
    if piece.link is not None and part.strip() and _may_link(piece.link):
        lead, core, rest = _trimmed(part)
        return f"{lead}[{escape(core)}]({_destination(piece.link)}){rest}"
    return escape(part)


def _parts(text: str, pieces: Sequence[Piece]) -> list[str]:
    """A tidied text cut where its pieces end: tidying changes nothing but white space."""
    solid = [at for at, letter in enumerate(text) if ord(letter) not in _NOT_SOLID]
    found, start, read = [], 0, 0
    for at, piece in enumerate(pieces):
        read += len(piece.text.translate(_NOT_SOLID))
        end = solid[read] if read < len(solid) and at + 1 < len(pieces) else len(text)
        if not piece.text or read == 0:
            end = start
        found.append(text[start:end])
        start = end
    if start < len(text):
        found[-1] += text[start:]
    return found


def _strong(part: str, before: str, after: str) -> str:
    """A bold run. Marks beside a letter open and close only beside another letter.

    Between Chinese characters there is no blank, so that ``**附件：**见下`` would print its stars:
    what Markdown cannot set bold there is left outside.
    """
    lead, core, rest = _trimmed(part)
    opens, closes = (before + lead)[-1:], (rest + after)[:1]
    if opens and not _splits(opens):
        inner = core.lstrip(_loose(core))
        lead, core = lead + core[: len(core) - len(inner)], inner
    if closes and not _splits(closes):
        inner = core.rstrip(_loose(core))
        core, rest = inner, core[len(inner) :] + rest
    strong = f"**{escape(core)}**" if core else ""
    return f"{escape(lead)}{strong}{escape(rest)}"


def _loose(text: str) -> str:
    """The characters of a text beside which a mark may not open or close."""
    return "".join({letter for letter in text if not _is_letter(letter)})


def _trimmed(part: str) -> tuple[str, str, str]:
    core = part.lstrip()
    lead = part[: len(part) - len(core)]
    return lead, core.rstrip(), core[len(core.rstrip()) :]


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter)[0] not in "PSZC" and letter not in string.punctuation


def _splits(letter: str) -> bool:
    """Whether any reader takes a character for white space or punctuation."""
    kind = unicodedata.category(letter)
    return letter in _WHITE or kind == "Zs" or letter in string.punctuation or kind[0] == "P"


def _may_link(address: str) -> bool:
    scheme = _SCHEME.match(address)
    return scheme is None or scheme[1].lower() in ("http", "https")


def _destination(address: str) -> str:
    """An address as the target of a link; what may not stand there is percent-encoded."""
    quoted = _UNSAFE.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), address
    )
    safe = _ENTITY.sub("&amp;", quoted)
    return f"<{safe}>" if not safe or "(" in safe or ")" in safe else safe


def _without_edges(written: str) -> str:
    """Breaks as HTML, none at the edges of a cell and none beside another."""
    if _BREAK not in written:
        return written.strip()
    return "<br>".join(part for each in written.split(_BREAK) if (part := each.strip()))
