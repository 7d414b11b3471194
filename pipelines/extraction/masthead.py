"""A document's own number where no label gives it: under the title, or at the headline's end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.records import Assertion, Source
from pipelines.extraction.folding import squeeze
from pipelines.extraction.numbers import find_doc_nos, parse_doc_no

_ORDER = re.compile(r"(?:令|公告|通告)\Z")
_SERIAL = re.compile(
    r"[（(〔【\[]?(?:(?:19|20)\d{2}年?[）)〕】\]]?)?第?[\d〇零一二三四五六七八九十百]{1,5}号[)）〕】\]]?\Z"
)
_TAIL = re.compile(
    r"[（(〔﹝\[【]?\s*(?P<number>[\u3400-\u9fff]{0,12}[〔﹝\[【（(](?:19|20)\d{2}[〕﹞\]】）)]\s*第?\s*\d{1,5}\s*号)\s*[)）〕﹞\]】]?\s*\Z"
)
_SIGNED_BY = re.compile(r"\s*签\s*发\s*人.*\Z")
_INTERPRETS = re.compile(
    r"(?:解读|图解|读懂|答记者问|问答|答问|解答|说明|释义|征求意见|起草|新闻发布会|一图)[^《》]{0,12}\Z"
)
_FOLLOWS = re.compile(r"\s*(?:[（(《\s]|\Z)")
_ZONE = 10
_PROSE = 70
_SHARE = 0.75


def masthead_number(lines: Sequence[str], headline: str | None) -> Assertion | None:
    """The number on a line of its own above the text, else the one that ends the headline.

    ``lines`` are those between headline and text followed by the text's own. A number inside a
    sentence is cited, not the document's own.
    """
    return _on_own_line(lines) or (_in_headline(headline) if headline else None)


def _on_own_line(lines: Sequence[str]) -> Assertion | None:
    for at, line in enumerate(lines[:_ZONE]):
        flat = squeeze(_SIGNED_BY.sub("", line))
        if len(flat) > _PROSE:
            return None
        following = squeeze(lines[at + 1]) if at + 1 < len(lines) else ""
        if _ORDER.search(flat) and len(flat) <= 40 and _SERIAL.match(following):
            joined = parse_doc_no(flat + following.strip("()（）〔〕[]【】"))
            if joined is not None:
                raw = f"{line} {lines[at + 1]}"
                return Assertion("doc_no", joined.canonical, raw, Source.MASTHEAD, "masthead")
        found = find_doc_nos(line)
        if len(found) == 1 and len(squeeze(line[found[0].start : found[0].end])) >= _SHARE * len(
            flat
        ):
            return Assertion("doc_no", found[0].canonical, line, Source.MASTHEAD, "masthead")
    return None


def _in_headline(headline: str) -> Assertion | None:
    tail = _TAIL.search(headline)
    if tail is None:
        return _opening(headline)
    within = find_doc_nos(tail["number"])
    number = within[-1] if within else parse_doc_no(squeeze(tail["number"])[-16:], bare=True)
    if number is None:
        return None
    return Assertion("doc_no", number.canonical, tail["number"], Source.HEADING, "end of headline")


def _opening(headline: str) -> Assertion | None:
    """An order or announcement that opens its headline: 某海关公告2024年第6号（关于…的公告）."""
    number = next(iter(find_doc_nos(headline)), None)
    if number is None or number.start or number.form == "字号":
        return None
    if not _FOLLOWS.match(headline, number.end):
        return None
    if _INTERPRETS.search(headline[number.end :]):
        return None  # an interpretation has the number of what it interprets in its headline
    raw = headline[: number.end]
    return Assertion("doc_no", number.canonical, raw, Source.HEADING, "start of headline")
