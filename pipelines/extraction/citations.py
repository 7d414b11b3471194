"""Documents named in a text: 《title》 with the number behind it, and what is said of them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping

from archive.records import Relation
from pipelines.extraction.folding import fold
from pipelines.extraction.numbers import DocNo, find_doc_nos, parse_doc_no
from pipelines.extraction.vocabulary import words

# A title may hold another one, as in 《关于印发《某办法》的通知》.
CITATION = re.compile(
    r"《(?P<title>(?:[^《》]|《[^《》]{1,150}》){2,200})》(?:\s{0,3}\((?P<note>[^()]{2,60})\))?"
)
_SENTENCE = re.compile(r"[^。;；\n]+")
_JOINED = re.compile(r"[、\s]{0,4}(?:和|及|与|以及|并)?\s{0,2}")
_BASED_ON = re.compile(
    r"(?:根据|依据|依照|按照|遵照|落实|贯彻|执行)[\u4e00-\u9fff、]{0,24}\s{0,2}$"
)
_AFTERWARDS = (
    (
        "repeals",
        re.compile(
            r"(?:文件|文)?\s?(?:等[^,，。]{0,20})?[,，]?(?:自[^,，]{2,20}起)?"
            r"(?:同时|一并|即行|予以|相应|现予|现|自行|均|也|即|停止执行并|宣布){0,3}"
            r"(?:废止|失效)(?!期|日期|时间|的)"
        ),
    ),
    (
        "amends",
        re.compile(
            r"\s?(?:作出?(?:了|如下|以下|相应)?|予以|进行(?:如下|以下))(?:修改|修订|修正)|"
            r"第[一二三四五六七八九十百\d]{1,6}条[^。;]{0,24}?(?:修改为|改为)"
        ),
    ),
    ("forwards", re.compile(r"\s?(?:现)?(?:转发|批转)(?:给)?(?:你们|各)")),
    ("issues", re.compile(r"\s?(?:现)?印发(?:给)?(?:你们|各)")),
    ("replies_to", re.compile(r"\s?(?:已|均)?收悉")),
)
# Without 现 or 决定 it may be a wish, or what others have done: 抓紧对《…规划》进行修订.
_AMENDED = re.compile(r"\s?进行(?:了)?(?:修改|修订|修正)")
_NOW = re.compile(r"(?:现|现决定|决定)(?:对|将|就)\s?$")
_ANNEX = re.compile(r"\s*(?:见|详见)?\s?附[件表录]")
_SHORT_FOR = re.compile(r"简称(?:为)?\s?[:]?\s?[“\"'‘]?《?(?P<short>[^《》“”\"'‘’,，;()]{2,20})")
_QUALIFIERS = re.compile(
    r"(?:本|该|此|原|旧|新|省|市|区|县|国家|总体|实施|暂行|管理|工作|专项|行动|试行|若干|指导|有关|上述|前述|"
    r"相关|年度|建设|发展|细化|具体|配套)+"
)


def cited(text: str) -> Iterator[Relation]:
    """What a text says of other documents, in reading order; repetitions are still in it."""
    folded = fold(text)
    shorts = _abbreviations(folded, text)
    for sentence in _SENTENCE.finditer(folded):
        begin, end = sentence.span()
        citations = [*CITATION.finditer(folded, begin, end)] if "《" in sentence.group() else []
        for run in _runs(folded, citations):
            kind = _kind(folded[max(begin, run[0].start() - 30) : run[0].start()], run[-1], folded)
            yield from _named(kind, run, text, shorts)
        if "号" in sentence.group():
            yield from _bare_numbers(text[begin:end], begin, citations)


def names_a_document(title: str) -> bool:
    """Whether a book title is that of an official text, and not of a newspaper or a film.

    What says no more than its kind, 本办法 or 总体规划, stands for a title given elsewhere.
    """
    bare = re.sub(r"[(][^()]{1,12}[)]$", "", fold(title))
    end = next((each for each in words("numbers", "document_ends") if bare.endswith(each)), None)
    if end is None:
        return False
    rest = _QUALIFIERS.sub("", bare.removesuffix(end))
    return bool(rest)


def said_of(before: str, after: str) -> str:
    """The kind of relation that the words around a document state; cites when they state none."""
    for kind, pattern in _AFTERWARDS:
        if pattern.match(after):
            return kind
    if _AMENDED.match(after) and _NOW.search(before):
        return "amends"
    return "based_on" if _BASED_ON.search(before) else "cites"


def plain(title: str) -> str:
    """A title without white space."""
    return "".join(title.split())


def _runs(folded: str, citations: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    """Citations in a row, 《…》、《…》和《…》: what is said of the row is said of each."""
    runs: list[list[re.Match[str]]] = []
    for citation in citations:
        if runs and _JOINED.fullmatch(folded, runs[-1][-1].end(), citation.start()):
            runs[-1].append(citation)
        else:
            runs.append([citation])
    return runs


def _kind(before: str, last: re.Match[str], folded: str) -> str:
    return said_of(before, folded[last.end() : last.end() + 80])


def _named(
    kind: str, run: Iterable[re.Match[str]], text: str, shorts: Mapping[str, Relation]
) -> Iterator[Relation]:
    for citation in run:
        note = citation["note"]
        if note and _ANNEX.match(note):
            continue
        number = parse_doc_no(note) if note else None
        title = plain(text[citation.start("title") : citation.end("title")])
        meant = shorts.get(fold(title))
        if meant is not None and number is None:
            # A name that the text explains says nothing new, unless more is said of it.
            if kind != "cites" and meant.title:
                yield Relation(kind, meant.doc_no, meant.title)
        elif number or (names_a_document(title) and not _is_form(title)):
            yield Relation(kind, number.canonical if number else None, title)


def _is_form(title: str) -> bool:
    """Whether a title is that of a paper to be filled in: 家庭经济状况核对报告."""
    bare = re.sub(r"[(][^()]{1,12}[)]", "", fold(title))
    return bare.endswith("报告") and "关于" not in bare and not bare.endswith("工作报告")


def _abbreviations(folded: str, text: str) -> dict[str, Relation]:
    """Short names that a text gives to documents, with what they stand for.

    One without a title before it stands for the text itself: an empty relation.
    """
    shorts: dict[str, Relation] = {}
    for match in _SHORT_FOR.finditer(folded):
        before = [*CITATION.finditer(folded, max(0, match.start() - 260), match.start() + 60)]
        nearest = [each for each in before if each.end("title") < match.start()][-1:]
        beside = [e for e in nearest if match.start() - e.end("title") <= 60]
        for citation in beside:
            number = parse_doc_no(citation["note"] or "")
            title = plain(text[citation.start("title") : citation.end("title")])
            canonical = number.canonical if number else None
            shorts.setdefault(match["short"], Relation("cites", canonical, title))
        if not beside:
            shorts.setdefault(match["short"], Relation("cites"))
    return shorts


def _bare_numbers(sentence: str, begin: int, citations: list[re.Match[str]]) -> Iterator[Relation]:
    """Numbers without a title. One that has its line to itself is the document's own."""
    starts = [citation.start() for citation in citations]
    for number in find_doc_nos(sentence):
        before = bisect_right(starts, begin + number.start)
        inside = before > 0 and begin + number.start < citations[before - 1].end()
        if not inside and sentence.strip() != sentence[number.start : number.end].strip():
            yield Relation(_kind_of_number(sentence, number), number.canonical)


def _kind_of_number(sentence: str, number: DocNo) -> str:
    return said_of("", fold(sentence[number.end : number.end + 80]))
