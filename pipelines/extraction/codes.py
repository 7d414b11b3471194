"""What a document number begins with: the 机关代字, or the organ that gives an order.

Both are read backwards from the part that is certain, because the words before run on without a
break. Cut off are lead-ins (按照财库), title tails (的通知国发) and an organ's full name.
"""

from __future__ import annotations

import re
from functools import cache

from pipelines.extraction.vocabulary import words

_HAN = r"\u3400-\u9fff"
_RUN = re.compile(rf"[{_HAN}A-Za-z·]{{1,40}}$")
_SPACED_RUN = re.compile(rf"(?<![{_HAN}])(?:[{_HAN}] {{1,3}}){{2,12}}[{_HAN}]$")
_SUBJECT = re.compile(rf"(?<=[{_HAN}])\((?!试行|暂行|草案|修订)[{_HAN}]{{1,4}}\)$")
# The 日 of a date right before is none of it: 1991年3月4日国务院令.
_ISSUERS = re.compile(rf"(?!(?<=\d)[年月日])[{_HAN}·、 ]{{1,60}}$")
_NAME = re.compile(r"[^、 ]+")
_WINDOW = 44
_ISSUERS_WINDOW = 64

_LONGEST_CODE = 20
_LONGEST_ISSUER = 30
_SHORTEST_ORGAN = 6
_NOT_ISSUERS = frozenset("命责法指司勒政条本该此")


def code_before(folded: str, end: int) -> tuple[str, int]:
    """The 机关代字 that ends at ``end``, and where it begins; empty when there is none."""
    window = folded[max(0, end - _WINDOW) : end].rstrip()
    subject = _SUBJECT.search(window)  # 上证公告（交易）〔2020〕7号
    if subject:
        code, start = code_before(folded, max(0, end - _WINDOW) + subject.start())
        return (code and code + subject.group()), start
    stop = max(0, end - _WINDOW) + len(window)
    spaced = _SPACED_RUN.search(window)
    run = spaced or _RUN.search(window)
    if run is None:
        return "", end
    letters = "".join(run.group().split())
    before = folded[stop - len(run.group()) - 1 : stop - len(run.group())]
    code = _own_code(letters, after_reference=before in tuple("》)”、号"))
    if not _is_code(code):
        return "", end
    return code, stop - (len(run.group()) if spaced else len(code))


def _own_code(run: str, *, after_reference: bool) -> str:
    """Cut lead-ins, title tails and the organ's full name off the front of a run of characters."""
    run = _after_title(run)
    for match in reversed([*lead_in().finditer(run)]):
        if len(run) - match.end() >= 2:
            run = run[match.end() :]
            break
    weak = "按据见以对由在" + ("和与及或" if after_reference else "")
    if len(run) > 2 and run[0] in weak:
        run = run[1:]
    return _after_organ(run)


def _after_title(run: str) -> str:
    """What follows 的 and the kind of document: 的通知国发 → 国发."""
    cut = max(run.rfind(mark) for mark in "的了是") + 1
    if not cut:
        return run
    rest = run[cut:]
    genre = next((word for word in words("numbers", "genre_words") if rest.startswith(word)), "")
    return rest[len(genre) :]


def _after_organ(run: str) -> str:
    """What follows an organ's full name, unless that is only the stream of the same code."""
    never_alone = words("numbers", "streams") + words("numbers", "genre_words")
    plain_offices = words("numbers", "short_organ_ends")
    for match in reversed([*_organ_end().finditer(run)]):
        name, rest = run[: match.end()], run[match.end() :]
        whole = len(name) >= _SHORTEST_ORGAN or (len(name) > 3 and name.endswith(plain_offices))
        if whole and len(rest) >= 2 and rest not in never_alone:
            return _without_genre(rest)
    return run


def _without_genre(run: str) -> str:
    """公告法释 → 法释: the kind of document stands between the organ and the code."""
    for word in words("numbers", "genre_words"):
        if len(word) >= 2 and run.startswith(word) and len(run) >= len(word) + 2:
            return run[len(word) :]
    return run


def _is_code(code: str) -> bool:
    if not 1 <= len(code) <= _LONGEST_CODE or code in words("numbers", "genre_words"):
        return False
    return not code.endswith(words("numbers", "not_codes"))


def issuer_before(folded: str, end: int) -> tuple[str, int]:
    """The organ, or joint organs, named right before an order's kind, and where they begin."""
    begin = max(0, end - _ISSUERS_WINDOW)
    found = _ISSUERS.search(folded[begin:end])
    parts = [*_NAME.finditer(found.group())] if found else []
    if found is None or not parts:
        return "", end
    last = _without_lead_in(parts[-1].group())
    if not last or last in _NOT_ISSUERS or len(last) > _LONGEST_ISSUER:
        return "", end
    start = parts[-1].end() - len(last)
    joint = _joint(parts[:-1]) if last == parts[-1].group() and _is_organ(last) else []
    names = [*(part.group() for part in joint), last]
    return "".join(names), begin + found.start() + (joint[0].start() if joint else start)


def _joint(parts: list[re.Match[str]]) -> list[re.Match[str]]:
    """The names at the end of ``parts`` that are organs and nothing more."""
    joint: list[re.Match[str]] = []
    for part in reversed(parts):
        name = part.group()
        if not _is_organ(name) or _without_lead_in(name) != name:
            break
        joint.insert(0, part)
    return joint


def _without_lead_in(name: str) -> str:
    name = _after_title(name)
    ends = [match.end() for match in lead_in().finditer(name)]
    return name[ends[-1] :] if ends else name


def _is_organ(name: str) -> bool:
    return 2 <= len(name) <= _LONGEST_ISSUER and name.endswith(words("numbers", "organ_ends"))


@cache
def lead_in() -> re.Pattern[str]:
    """Words that introduce a number and are never part of one: 根据, 印发, 转发 …."""
    return re.compile("|".join(words("numbers", "lead_ins")))


@cache
def _organ_end() -> re.Pattern[str]:
    return re.compile("|".join(words("numbers", "organ_ends")))
