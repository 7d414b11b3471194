"""Bytes to text: byte order mark, then header, then meta, then the bytes themselves.

Labels lie, so a label is believed only while the bytes do not plainly contradict it. ``gb2312`` and
``gbk`` are read as their superset ``gb18030``, as browsers do (WHATWG Encoding, names and labels).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

import chardet

from archive.records import Encoding
from pipelines.extraction.likeness import likeness

_META_WINDOW = 4096
_DETECTION_WINDOW = 65_536
_PLAIN_DAMAGE = 0.02
"""Broken share of the non-ASCII characters up to which a text is plainly UTF-8."""
_BELIEVABLE_DAMAGE = 0.1
"""Broken share up to which a label is believed without trying other codecs."""
_UNLIKE = 0.6
"""Share of usual characters below which a text in a Chinese codec is read with others too."""
_TRUST = 0.1
"""By how much a reading must look better than the one that the page's label asks for."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SUPERSETS = {
    "ascii": "cp1252",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "shift_jis": "cp932",
    "utf-16": "utf-16-le",
    "utf-8-sig": "utf-8",
}
_UNKNOWN_TO_PYTHON = {
    "x-gbk": "gb18030",
    "gb_2312": "gb18030",
    "gb_2312-80": "gb18030",
    "csgb2312": "gb18030",
    "cn-gb": "gb18030",
    "gb18030-2005": "gb18030",
    "x-x-big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
}
"""Names of the WHATWG's list, of mail, and of databases that pages use all the same."""
_READABLE = re.compile(
    r"utf-8|utf-16-[lb]e|gb18030|hz|big5hkscs|cp125\d|cp932|cp949|euc_jp|koi8-[ru]|iso8859-\d+"
)
_DETECTABLE = ("gb18030", "big5", "utf-16-le", "utf-16-be", "euc-jp", "cp949", "windows-1252")

_HEADER_CHARSET = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(
    rb"<(?:meta\b[^>]{0,400}?[\s;\"']charset|\?xml\b[^>]{0,200}?\sencoding)"
    rb"\s{0,4}=\s{0,4}[\"']?\s{0,4}([\w.:-]{2,40})",
    re.IGNORECASE,
)
_COMMENT = re.compile(rb"<!--(?!\[if).*?-->", re.DOTALL)
_ASCII = re.compile(r"[\x00-\x7f]+")
_BROKEN = re.compile("[\ufffd\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One way to read the bytes; ``broken`` of its ``foreign`` (non-ASCII) characters are wrong."""

    name: str
    text: str
    foreign: int
    broken: int

    @property
    def damage(self) -> float:
        return self.broken / max(self.foreign, 1)


def decode(body: bytes, content_type: str | None) -> tuple[str, Encoding]:
    """The text of a page and how its codec was chosen; never raises.

    The byte order mark and NUL characters are gone from the text; bytes that no codec explains
    become U+FFFD. Evidence is ``bom``, ``header``, ``meta``, ``bytes`` (no label at all), or
    ``override`` (the bytes contradict the label).
    """
    labels = tuple(_labels(body, content_type))
    believed = _attempt(body, labels[0][0]) if labels else None
    plain = believed if believed and believed.name == "utf-8" else _attempt(body, "utf-8")
    if believed is not None and not _contradicted(believed, plain):
        return _cleaned(believed.text), Encoding(believed.name, labels[0][1])
    best = _best(body, plain, [name for name, _ in labels])
    evidence = "override" if believed is not None else "bytes"
    if believed is not None and best.name == believed.name:
        evidence = labels[0][1]
    return _cleaned(best.text), Encoding(best.name, evidence)


def _labels(body: bytes, content_type: str | None) -> Iterator[tuple[str, str]]:
    """What the page says of its codec, the most trusted first."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            yield name, "bom"
            break
    header = _HEADER_CHARSET.search(content_type or "")
    name_in_header = _codec(header.group(1)) if header else None
    # A page in UTF-16 or UTF-32 has NUL bytes in its tags; without them the label is wrong.
    if name_in_header and (b"\0" in body[:_META_WINDOW] or not name_in_header.startswith("utf-16")):
        yield name_in_header, "header"
    meta = _META_CHARSET.search(_COMMENT.sub(b"", body[:_META_WINDOW]))
    name_in_meta = _codec(meta.group(1).decode("ascii", "replace")) if meta else None
    if name_in_meta:
        # A meta tag could be read as ASCII, so the page is not in UTF-16 whatever the tag says.
        yield ("utf-8" if name_in_meta.startswith("utf-16") else name_in_meta), "meta"


def _codec(label: str) -> str | None:
    """The Python codec for a label, widened to the superset that sites really send."""
    label = label.lower()
    try:
        name = _UNKNOWN_TO_PYTHON.get(label) or codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _SUPERSETS.get(name, name)
    return name if _READABLE.fullmatch(name) else None


def _attempt(body: bytes, name: str) -> _Attempt:
    text = body.decode(name, "replace")
    foreign = 0 if text.isascii() else len(text) - sum(map(len, _ASCII.findall(text)))
    broken = len(_BROKEN.findall(text)) if foreign else 0
    if name == "utf-8":
        # A replacement character that was saved into the page is no sign of a wrong codec.
        broken -= body.count(b"\xef\xbf\xbd")
    return _Attempt(name, text, foreign, broken)


def _contradicted(believed: _Attempt, plain: _Attempt) -> bool:
    """Whether the bytes say otherwise than the label."""
    if believed.name != "utf-8" and _is_plain_utf8(plain):
        return not believed.name.startswith(("utf-16", "utf-32"))
    if believed.name.startswith(("cp125", "iso8859")) and believed.foreign:
        return True  # the default label of servers, on pages that are not Western
    if believed.damage > _BELIEVABLE_DAMAGE:
        return True
    chinese = believed.name in ("gb18030", "big5hkscs")
    return chinese and likeness(believed.text, believed.name) < _UNLIKE


def _is_plain_utf8(plain: _Attempt) -> bool:
    """Han text in another codec almost never forms UTF-8 sequences of three bytes."""
    if not plain.foreign or plain.damage > _PLAIN_DAMAGE:
        return False
    long_forms = len(plain.text.encode("utf-8", "surrogatepass")) - len(plain.text)
    return long_forms >= 2 * (plain.foreign - plain.broken) or plain.broken == 0


def _best(body: bytes, plain: _Attempt, names: list[str]) -> _Attempt:
    """The reading that looks most like a text; among equals the least damaged, then the trusted."""
    if _is_plain_utf8(plain) or not plain.foreign:
        return plain
    ordered = dict.fromkeys((*names, *_detected(body), "gb18030", "big5hkscs"))
    attempts = [_attempt(body, name) for name in ordered if name != plain.name]
    return max([*attempts, plain], key=lambda each: (_looks(each, names[:1]), -each.damage))


def _looks(attempt: _Attempt, trusted: list[str]) -> float:
    """How much a reading looks like a text, in tenths, since small samples vary."""
    looks = likeness(attempt.text, attempt.name)
    return round(looks + (_TRUST if attempt.name in trusted else 0), 1)


def _detected(body: bytes) -> list[str]:
    found = chardet.detect(body[:_DETECTION_WINDOW], include_encodings=_DETECTABLE)["encoding"]
    name = _codec(found) if found else None
    return [name] if name else []


def _cleaned(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\0", "")
