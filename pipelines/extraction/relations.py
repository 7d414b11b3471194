"""What a document says of others: it cites, forwards, issues, interprets, amends, repeals, answers.

Targets are given by 发文字号 where one is printed, and by title; resolving them comes later, in the
archive, and again whenever new documents arrive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archive.records import Relation
from pipelines.extraction.folding import fold
from pipelines.extraction.numbers import DocNo, find_doc_nos, parse_doc_no
from pipelines.extraction.proposals import find_proposal
from pipelines.extraction.vocabulary import words

_LONGEST_TEXT = 300_000
_MOST_RELATIONS = 300

# A title may hold another one, as in 《关于印发《某办法》的通知》.
_CITATION = re.compile(
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
            r"\s?(?:等[^,，。]{0,20})?[,，]?(?:自[^,，]{2,20}起)?"
            r"(?:同时|一并|即行|予以|相应|现予|现|自行|均|也|即|停止执行并){0,3}废止"
        ),
    ),
    ("amends", re.compile(r"\s?(?:进行|作出?|予以)(?:了|如下|以下|相应)?(?:修改|修订|修正)")),
    ("replies_to", re.compile(r"\s?(?:已|均)?收悉")),
)
_IN_TITLE = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "repeals",
            r"关于(?:宣布)?废止(?P<target>.{4,150}?)(?:等.{0,20})?的(?:决定|通知|公告|命令)",
        ),
        ("amends", r"关于修[改订](?P<target>.{4,150}?)(?:等.{0,20})?的(?:决定|通知|公告)"),
        ("forwards", r"(?:转发|批转)(?P<target>.{4,150})的通知"),
        ("issues", r"关于(?:印发|发布|公布)(?P<target>.{4,150})的(?:通知|公告|函|决定)"),
        (
            "interprets",
            r"《(?P<target>[^《》]{4,150})》的?(?:政策|文件)?(?:解读|图解|问答|答记者问)",
        ),
        ("interprets", r"(?:一图读懂|图解|解读)[|丨:\s]{0,3}《(?P<target>[^《》]{4,150})》"),
    )
)
_BRACKETS = str.maketrans("", "", "《》〈〉<>")


def find_relations(title: str | None, text: str) -> tuple[Relation, ...]:
    """The relations a title and a text state, each once, in reading order.

    ``kind`` is repeals, amends, forwards, issues, interprets, replies_to, based_on, or plain cites;
    a target that has a special kind is not given again as cited. At most 300 are kept.
    """
    found = [*_of_title(title or ""), *_of_text(text[:_LONGEST_TEXT])]
    proposal = find_proposal(title, text)
    if proposal:
        found.insert(0, Relation("replies_to", title="".join(proposal.raw.split())))
    return _each_once(found)[:_MOST_RELATIONS]


def _of_title(title: str) -> Iterator[Relation]:
    folded = fold(title)
    for kind, pattern in _IN_TITLE:
        match = pattern.search(folded)
        if match:
            target = title[match.start("target") : match.end("target")]
            yield Relation(kind, title=_plain(target).translate(_BRACKETS))


def _of_text(text: str) -> Iterator[Relation]:
    folded = fold(text)
    for sentence in _SENTENCE.finditer(folded):
        begin, end = sentence.span()
        citations = [*_CITATION.finditer(folded, begin, end)] if "《" in sentence.group() else []
        for run in _runs(folded, citations):
            kind = _kind(folded[max(begin, run[0].start() - 30) : run[0].start()], run[-1], folded)
            yield from _cited(kind, run, text)
        if "号" in sentence.group():
            yield from _bare_numbers(text[begin:end], begin, citations)


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
    for kind, pattern in _AFTERWARDS:
        if pattern.match(folded, last.end()):
            return kind
    return "based_on" if _BASED_ON.search(before) else "cites"


def _cited(kind: str, run: Iterable[re.Match[str]], text: str) -> Iterator[Relation]:
    for citation in run:
        note = citation["note"]
        number = parse_doc_no(note) if note else None
        title = _plain(text[citation.start("title") : citation.end("title")])
        if number or _names_a_document(title):
            yield Relation(kind, number.canonical if number else None, title)


def _bare_numbers(sentence: str, begin: int, citations: list[re.Match[str]]) -> Iterator[Relation]:
    """Numbers without a title. One that has its line to itself is the document's own."""
    for number in find_doc_nos(sentence):
        inside = any(c.start() <= begin + number.start < c.end() for c in citations)
        if not inside and sentence.strip() != sentence[number.start : number.end].strip():
            yield Relation(_kind_of_number(sentence, number), number.canonical)


def _kind_of_number(sentence: str, number: DocNo) -> str:
    after = fold(sentence[number.end : number.end + 40])
    return next((kind for kind, pattern in _AFTERWARDS if pattern.match(after)), "cites")


def _names_a_document(title: str) -> bool:
    """Whether a book title is that of an official text, and not of a newspaper or a film."""
    bare = re.sub(r"[(][^()]{1,12}[)]$", "", fold(title))
    return bare.endswith(words("numbers", "document_ends"))


def _plain(title: str) -> str:
    return "".join(title.split())


def _each_once(found: Iterable[Relation]) -> tuple[Relation, ...]:
    relations = list(dict.fromkeys(found))
    special = [relation for relation in relations if relation.kind != "cites"]
    numbers = {relation.doc_no for relation in special if relation.doc_no}
    titles = {relation.title for relation in special if relation.title}
    named = {relation.doc_no for relation in relations if relation.title and relation.doc_no}
    return tuple(
        relation
        for relation in relations
        if relation.kind != "cites"
        or not (
            relation.doc_no in numbers
            or relation.title in titles
            or (relation.title is None and relation.doc_no in named)
        )
    )
