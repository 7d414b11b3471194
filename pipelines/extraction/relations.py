"""What a document says of others: it cites, forwards, issues, interprets, amends, repeals, answers.

Targets are given by 发文字号 where one is printed, by title, and by address where the page links
them; the archive resolves them, and does so again when new documents arrive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from archive.records import Relation
from pipelines.extraction.citations import cited, names_a_document, plain
from pipelines.extraction.folding import fold
from pipelines.extraction.proposals import find_proposal
from pipelines.extraction.repeal_lists import listed_documents

_LONGEST_TEXT = 300_000
_MOST_RELATIONS = 300
_SHORTEST_TAIL = 6

_IN_TITLE = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "interprets",
            r"《(?P<target>[^《》]{4,150}(?:《[^《》]+》[^《》]*)?)》的?"
            r"(?:政策|文件|相关)?(?:解读|图解|问答|答记者问|起草说明|有关情况)",
        ),
        (
            "interprets",
            r"(?:一图读懂|一图看懂|图解|解读|读懂)[|丨:\s]{0,3}《(?P<target>[^《》]{4,150})》",
        ),
        (
            "interprets",
            r"^(?:一图读懂|一图看懂|图解|\[?政策解读\]?|【[^】]{0,8}解读】)[|丨:\s]{0,3}(?P<target>[^《》]{8,150}?)$",
        ),
        (
            "interprets",
            r"^(?:关于)?(?P<target>[^《》]{8,150}?)的?(?:政策|文件)?(?:解读|图解)$",
        ),
        (
            "repeals",
            r"关于(?:宣布|公布)?(?:废止|停止执行)(?P<target>.{4,150}?)(?:等.{0,20})?"
            r"的(?:决定|通知|公告|命令|通告)",
        ),
        ("amends", r"关于修[改订](?P<target>.{4,150}?)(?:等.{0,20})?的(?:决定|通知|公告)"),
        ("forwards", r"(?:转发|批转)(?P<target>.{4,150})的(?:通知|函)"),
        ("issues", r"关于(?:印发|发布|公布)(?P<target>.{4,150})的(?:通知|公告|函|决定)"),
    )
)
_LISTED_IN_TITLE = re.compile(r"(?:部分|一批|有关|相关|\d+[件部项个])[^的]{0,30}(?:文件|规章|法规)")
_ORGAN = re.compile(
    r"(?:[省市区县州旗局厅委部院会署办府国]|公室|公厅|印发|转发|批转|发布|公布)(?:关于)?$"
)
_WEAK = ("cites", "based_on")
_NOT_LETTERS = re.compile(r"[\s《》〈〉<>“”\"'()（）、,，的和]")


def find_relations(
    title: str | None,
    text: str,
    own: str | None = None,
    linked: Iterable[Relation] = (),
    addresses: Mapping[str, str] | None = None,
) -> tuple[Relation, ...]:
    """The relations a title, a text and links state, each once, in reading order.

    ``kind`` is repeals, amends, forwards, issues, interprets, interpreted_by, replies_to,
    based_on, or plain cites; a target that has a special kind is not given again as cited.
    ``own`` is the document's number, ``addresses`` gives those of linked titles. At most 300
    are kept.
    """
    head, body = plain(title or ""), text[:_LONGEST_TEXT]
    entitled = [*_of_title(title or "")]
    proposal = find_proposal(title, text)
    letter = [Relation("replies_to", title=plain(proposal.raw))] if proposal else []
    said = [*linked, *listed_documents(head, body), *cited(body)]
    selves = [title_key(head), *(title_key(e.title or "") for e in entitled if e.kind == "issues")]
    others = [each for each in said if not _is_itself(each, selves, own)]
    kept = _each_once([*letter, *_completed(entitled, others)])[:_MOST_RELATIONS]
    return tuple(_addressed(each, addresses or {}) for each in kept)


def title_key(title: str) -> str:
    """What two forms of one title share: letters without brackets, blanks and 的."""
    return _NOT_LETTERS.sub("", fold(title))


def _of_title(title: str) -> Iterator[Relation]:
    """What a title does to another document; of two verbs the outer one: 转发…印发…的通知."""
    folded = fold(title)
    verbs: dict[int, Relation] = {}
    for kind, pattern in _IN_TITLE:
        match = pattern.search(folded)
        if match is None:
            continue
        target = _unwrapped(plain(title[match.start("target") : match.end("target")]))
        if kind == "interprets":
            if "《" in match.group() or names_a_document(target):
                yield Relation(kind, title=target)
                return
        elif not _LISTED_IN_TITLE.match(target):
            verbs.setdefault(match.start("target"), Relation(kind, title=target))
    if verbs:
        yield verbs[min(verbs)]


def _unwrapped(target: str) -> str:
    """A title without the brackets around the whole of it; those inside stay."""
    opened = re.match(r"[《〈<]([^《》〈〉<>]+)[》〉>]$", target)
    if opened:
        return opened.group(1)
    wrapped = re.match(r"《(.+)》$", target)
    if wrapped and _balanced(wrapped.group(1)):
        return wrapped.group(1)
    return target


def _balanced(target: str) -> bool:
    depth = 0
    for mark in target:
        depth += (mark == "《") - (mark == "》")
        if depth < 0:
            return False
    return depth == 0


def _is_itself(relation: Relation, selves: Iterable[str], own_number: str | None) -> bool:
    """Whether a text names itself: its own number, its title, or what it encloses."""
    if own_number and relation.doc_no == own_number:
        return True
    if relation.kind not in _WEAK or relation.doc_no or not relation.title:
        return False
    key = title_key(relation.title)
    return any(_same_tail(each, key) or key == "关于" + each for each in selves if each)


def _same_tail(whole: str, tail: str) -> bool:
    """Whether a title is another, or the rest of it behind the organ that is left out."""
    if whole == tail:
        return True
    left_out = whole.removesuffix(tail)
    return len(tail) >= _SHORTEST_TAIL and left_out != whole and bool(_ORGAN.search(left_out))


def _completed(entitled: Sequence[Relation], others: Sequence[Relation]) -> list[Relation]:
    """What a title says of a document, with the number that the text gives to the same one."""
    result, rest = [], list(others)
    for relation in entitled:
        same = [each for each in rest if _is_same(relation, each)]
        number = next((each.doc_no for each in same if each.doc_no), None)
        result.append(replace(relation, doc_no=number))
        told = [each for each in same if each.kind in ("cites", relation.kind)]
        rest = [each for each in rest if each not in told]
    return [*result, *rest]


def _is_same(relation: Relation, other: Relation) -> bool:
    if not relation.title or not other.title:
        return False
    first, second = title_key(relation.title), title_key(other.title)
    return _same_tail(first, second) or _same_tail(second, first)


def _addressed(relation: Relation, addresses: Mapping[str, str]) -> Relation:
    url = addresses.get(relation.title or "") if relation.url is None else relation.url
    return replace(relation, url=url) if url else relation


def _each_once(found: Iterable[Relation]) -> tuple[Relation, ...]:
    relations = list(dict.fromkeys(found))
    special = [relation for relation in relations if relation.kind != "cites"]
    numbers = {relation.doc_no for relation in special if relation.doc_no}
    titles = {title_key(relation.title) for relation in special if relation.title}
    named = {relation.doc_no for relation in relations if relation.title and relation.doc_no}
    return tuple(
        relation
        for relation in relations
        if relation.kind != "cites"
        or not (
            relation.doc_no in numbers
            or (relation.title is not None and title_key(relation.title) in titles)
            or (relation.title is None and relation.doc_no in named)
        )
    )
