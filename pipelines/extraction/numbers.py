"""Document numbers (发文字号, GB/T 9704-2012) and index numbers (索引号).

A number is found by its rare part, ``〔2023〕278号`` or ``令第179号``, and its 机关代字 is then
read backwards, because the words before it run on without a break: 某市某局苏住建规〔2011〕4号.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.extraction.checkdigits import is_organisation_code, is_uscc
from pipelines.extraction.codes import code_before, issuer_before, lead_in
from pipelines.extraction.folding import fold, squeeze
from pipelines.extraction.numerals import NUMERAL, number
from pipelines.extraction.remembered import remembered
from pipelines.extraction.vocabulary import words

_OPEN = r"[〔\[【〖(〈《<「‘〚]"
_CLOSE = r"[〕\]】〗)〉》>」’〛]"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_HAN = r"\u3400-\u9fff"

_BRACKETED = re.compile(
    rf"{_OPEN}\s{{0,3}}{_YEAR}\s{{0,3}}年?\s{{0,3}}{_CLOSE}\s{{0,3}}第?\s{{0,3}}"
    r"(?P<serial>\d{1,5})(?P<sub>[-—之]\d{1,3})?\s{0,3}号"
)
_BRACKET_FIRST = re.compile(
    rf"{_OPEN}\s?(?P<year>19\d{{2}}|[4-9]\d)\s?{_CLOSE}\s{{0,3}}"
    rf"(?P<code>[{_HAN}]{{2,8}}?)\s{{0,3}}第?\s{{0,3}}(?P<serial>\d{{1,5}})\s{{0,3}}号"
)
_ORDER = re.compile(
    rf"(?P<kind>令|公告|通告)\s{{0,8}}[(〔\[]?\s{{0,3}}(?:{_YEAR}\s{{0,3}}年?\s{{0,3}}[)〕\]]?\s{{0,3}})?"
    rf"(?:第\s{{0,3}}(?P<serial>{NUMERAL}{{1,7}})|(?P<plain>\d{{1,4}}))\s{{0,3}}号"
)
_ORDER_LAST = re.compile(
    rf"(?:{_YEAR}\s{{0,3}}年\s{{0,3}})?第\s{{0,3}}(?P<serial>{NUMERAL}{{1,7}})\s{{0,3}}号"
    r"\s{0,3}(?P<kind>令|公告|通告)"
)
_INDEX_NO = re.compile(r"(?P<code>[0-9A-Z]{18}|[0-9A-Z]{8}-?[0-9X])[/-](?:19|20)\d{2}-\d{4,7}")


@dataclass(frozen=True, slots=True)
class DocNo:
    """A document number and where it stands in the text it was found in.

    ``canonical`` is ``代字〔YYYY〕N号``, ``机关令第N号`` or ``机关公告YYYY年第N号``; ``form`` is
    字号, 令, 公告 or 通告; an order need not have a year. ``start``, ``end`` cut the raw text.
    """

    canonical: str
    code: str
    year: int | None
    serial: int
    form: str
    start: int
    end: int


@remembered
def find_doc_nos(text: str) -> tuple[DocNo, ...]:
    """Every document number in a text, in reading order, none overlapping another."""
    folded = fold(text)
    found = [*_bracketed(folded), *_bracket_first(folded), *_orders(folded)]
    kept: list[DocNo] = []
    for number_ in sorted(found, key=lambda item: (item.start, -item.end)):
        if not kept or number_.start >= kept[-1].end:
            kept.append(number_)
    return tuple(kept)


def parse_doc_no(raw: str, *, bare: bool = False) -> DocNo | None:
    """The first document number in a labelled value, a masthead line or a headline.

    A value that ends without its 号 is completed. With ``bare`` a number whose 机关代字 is missing,
    ``〔2021〕1号``, is given too, with an empty ``code``.
    """
    found = find_doc_nos(raw) or find_doc_nos(raw.rstrip() + "号")
    if found:
        return found[0]
    match = _BRACKETED.search(fold(raw)) if bare else None
    return _numbered("", match, match.start()) if match else None


def normalise_index_no(raw: str) -> str:
    """An index number without blanks and width differences; nothing is repaired."""
    return squeeze(raw)


def index_no_check(value: str) -> bool | None:
    """Whether the organisation code in an index number has the right check character.

    None when the number follows no scheme with a code in front (``code/year-serial``, 国办秘 指引).
    A wrong character means a typing error or a local scheme, never that the number is not one.
    """
    match = _INDEX_NO.fullmatch(normalise_index_no(value).upper())
    if match is None:
        return None
    code = match["code"].replace("-", "")
    return is_uscc(code) if len(code) == 18 else is_organisation_code(code)


def _bracketed(folded: str) -> Iterator[DocNo]:
    for match in _BRACKETED.finditer(folded):
        code, start = code_before(folded, match.start())
        if code:
            yield _numbered(code, match, start)


def _numbered(code: str, match: re.Match[str], start: int) -> DocNo:
    year, serial = int(match["year"]), int(match["serial"])
    sub = (match["sub"] or "").replace("—", "-")
    canonical = f"{code}〔{year}〕{serial}{sub}号"
    return DocNo(canonical, code, year, serial, "字号", start, match.end())


def _bracket_first(folded: str) -> Iterator[DocNo]:
    """Forms before the 1990s put the year first: 〔93〕国发5号."""
    for match in _BRACKET_FIRST.finditer(folded):
        code = match["code"].removesuffix("第")
        if not code.endswith(words("numbers", "code_endings")) or lead_in().search(code):
            continue
        year = int(match["year"]) if len(match["year"]) == 4 else 1900 + int(match["year"])
        serial = int(match["serial"])
        canonical = f"{code}〔{year}〕{serial}号"
        yield DocNo(canonical, code, year, serial, "字号", match.start(), match.end())


def _orders(folded: str) -> Iterator[DocNo]:
    for pattern in (_ORDER, _ORDER_LAST):
        for match in pattern.finditer(folded):
            issuer, start = issuer_before(folded, match.start())
            serial = number(match["serial"] or match.groupdict().get("plain") or "")
            # Without 第 only an order or a year makes it a number: 国务院令711号, not 公告5号楼.
            complete = match["serial"] or match["year"] or match["kind"] == "令"
            if issuer and serial is not None and complete:
                yield _ordered(issuer, match, serial, start)


def _ordered(issuer: str, match: re.Match[str], serial: int, start: int) -> DocNo:
    kind, year = match["kind"], int(match["year"]) if match["year"] else None
    middle = f"{year}年" if year else ""
    canonical = f"{issuer}{kind}{middle}第{serial}号"
    return DocNo(canonical, issuer, year, serial, kind, start, match.end())
