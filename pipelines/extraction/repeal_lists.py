"""Lists of documents that are repealed, amended or kept: tables and numbered lines.

What is said of them stands once, in the line above or in the title: 下列文件予以废止：
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.records import Relation
from pipelines.extraction.citations import CITATION, names_a_document, plain
from pipelines.extraction.folding import fold
from pipelines.extraction.numbers import parse_doc_no

_HEADINGS = (
    ("cites", re.compile(r"继续有效|予以保留|继续执行|现行有效")),
    ("amends", re.compile(r"修改|修订")),
    ("repeals", re.compile(r"废止|失效|停止执行")),
)
_OPENS = re.compile(
    r".{0,80}(?:(?:下列|以下|如下).{0,40}[:]|(?:目录|清单|一览表|文件|规章|名单)(?:\([^()]{1,24}\))?)$|"
    r"[一二三四五六七八九十]{1,3}、.{2,60}$|.{0,40}(?:废止|失效|修改)的.{0,30}[:]?$"
)
_NUMBERED = re.compile(r"\s*(?:\(?\d{1,3}\)?\s?[.、)．]|[(]?[一二三四五六七八九十]{1,3}[)、])\s?")
# What happens in a case is no list of documents: 有下列情形之一的，予以废止.
_CASES = re.compile(
    r"(?:情形|情况|行为|条件)之一|(?:下列|以下|如下)(?:情形|情况|行为|条件)|有(?:下列|以下|如下).{0,6}之一"
)
# Before a title stands who made it, behind it what it is and what is said of each entry.
_BEFORE = re.compile(r"[\u3400-\u9fff、\s]{0,24}")
_NOT_BEFORE = re.compile(r"违反|根据|依据|依照|按照|符合|不符|属于|适用|执行|修改后")
_BEHIND = re.compile(
    r"(?:[、,;和及与\s]{0,3}《[^《》]{2,200}》|\s?\([^()]{1,160}\)){0,40}\s?(?:[^,。;、的]{0,30}[号令])?"
    r"(?:,?(?:自[^,。]{2,20}起|同时|予以|继续|停止|即行|一并|已|现|宣布){0,3}"
    r"(?:废止|失效|有效|执行|保留|修改|修订))?\s?[;。,、]?(?:和|及)?\s*$"
)
_AMENDED = re.compile(r"\s?(?:作|进行|中|第[一二三四五六七八九十百零\d]{1,6}条|[删增修])")
_WORDS = re.compile(r"废止|失效|停止执行|修改|修订")
_ABOUT = re.compile(r"废止|失效|清理|停止执行|修改.{0,40}(?:规章|文件|法规)")
_LONGEST_HEADING = 120


def listed_documents(title: str, text: str) -> Iterator[Relation]:
    """The documents that a list names, each with what its heading says of them all.

    Only in documents whose title or whose line above the list speaks of repealing or amending.
    """
    of_all = _kind_of(title) if _ABOUT.search(title) else None
    if of_all is None and not _WORDS.search(text):
        return
    kind = of_all
    for line in text.split("\n"):
        folded = fold(line).strip()
        if " | " in folded:
            if kind:
                yield from _row(kind, line)
        elif kind and _NUMBERED.match(folded) and "《" in folded:
            yield from _entry(kind, line)
        elif len(folded) <= _LONGEST_HEADING and _OPENS.match(folded):
            kind = None if _CASES.search(folded) else _kind_of(folded) or of_all


def _kind_of(heading: str) -> str | None:
    return next((kind for kind, pattern in _HEADINGS if pattern.search(heading)), None)


def _row(kind: str, line: str) -> Iterator[Relation]:
    """A row with a title in one cell and mostly a number in another."""
    cells = [cell.strip() for cell in line.split(" | ")]
    titles = [plain(cell).strip("《》") for cell in cells if names_a_document(cell.strip("《》 "))]
    numbers = [number for cell in cells if (number := parse_doc_no(cell)) is not None]
    title = max(titles, key=len, default=None)
    if title and (numbers or "《" in line or len(title) > 8):
        yield Relation(kind, numbers[0].canonical if numbers else None, title)


def _entry(kind: str, line: str) -> Iterator[Relation]:
    """A numbered line that is a title and nothing else: ``1.《某办法》（某府发〔2001〕3号）``."""
    folded = fold(line)
    prefix = _NUMBERED.match(folded)
    start = prefix.end() if prefix else 0
    citation = CITATION.search(folded)
    if citation is None or not _is_entry(kind, folded, start, citation):
        return
    title = plain(line[citation.start("title") : citation.end("title")])
    number = parse_doc_no(citation["note"] or "")
    if number or names_a_document(title):
        yield Relation(kind, number.canonical if number else None, title)


def _is_entry(kind: str, folded: str, start: int, citation: re.Match[str]) -> bool:
    """Whether a citation begins and ends an entry; 违反《某办法》的 speaks of something else.

    Behind what is amended may stand how.
    """
    before = folded[start : citation.start()]
    if _BEFORE.fullmatch(before) is None or _NOT_BEFORE.search(before):
        return False
    if kind == "amends" and _AMENDED.match(folded, citation.end()):
        return True
    return _BEHIND.match(folded, citation.end()) is not None
