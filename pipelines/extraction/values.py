"""From a printed label and value to assertions: normalised value, raw text, place, precision."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from archive.records import Assertion, Precision, Source
from pipelines.extraction.dates import ParsedDate, parse_date
from pipelines.extraction.folding import squeeze
from pipelines.extraction.furniture import is_furniture
from pipelines.extraction.numbers import normalise_index_no, parse_doc_no
from pipelines.extraction.pairs import Pair, is_placeholder
from pipelines.extraction.people import is_person, split_people
from pipelines.extraction.text import SEAM, tidy

_DATES = ("date_written", "date_published", "date_effective", "date_expiry")
_CLOCKED = ("发文", "印发", "签发", "制发", "生成", "产生")
_UPDATED = ("更新", "修改")
_CUT = re.compile(
    r"(?:19|20)\d{2}(?:[-/.]|年(?!第))|[【\[]|\s(?:原创稿?|责任编辑|编辑|浏览|点击|阅读|字体|字号|打印|分享|作者|记者)"
    r"|[（(]?(?:浏览|点击|阅读)(?:次数|量|数)|\s*[|｜丨]\s*[\u3400-\u9fff]{2,4}[:：]|\s[\u3400-\u9fff]{2,5}\s?[:：]"
)
_LONGEST = {"title": 300, "keywords": 200, "doc_no": 60, "index_no": 80}
_LONGEST_VALUE = 100
_ACCOUNTS = ("微信公众号", "公众号", "客户端", "微博")
_SHORTEST_ACCOUNT = 7
_STATE = re.compile(r"效|废止|施行|现行|修[订改]")
_MASKED = re.compile(r"document\.|function\b|\$\{|\{\{|<%")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pair was found, for people to follow; and the date order that holds there.

    ``official``: an ambiguous label (信息来源) names the issuer here and not a source.
    """

    source: Source
    locator: str
    day_first: bool | None = None
    official: bool = False


def assertions_of(pair: Pair, place: Place) -> tuple[Assertion, ...]:
    """What one pair asserts: nothing for an empty value or for a label that means nothing here."""
    value = tidy(pair.value.replace(SEAM, ""))
    if is_placeholder(value) or _MASKED.search(value):
        return ()
    found = []
    for field in _chosen(pair, place):
        make = _MAKERS.get(field)
        if make is not None:
            found += make(field, pair.label, _own_part(field, pair.value), place)
    return tuple(found)


def date_assertion(field: str, parsed: ParsedDate, place: Place) -> Assertion:
    """A parsed date as an assertion; an undecidable one keeps its raw text and has no value."""
    precision: Precision | None = parsed.precision if parsed.value else None
    return Assertion(field, parsed.value, parsed.raw, place.source, place.locator, precision)


def clean_source(value: str) -> str:
    """A media or unit name without the date, buttons and label that share its line."""
    value = re.sub(r"^\s*(?:文章|信息|内容|新闻)?(?:来源|稿源|出处)\s*[:：]\s*", "", value)
    cut = _CUT.search(value, 1)
    name = tidy(value[: cut.start()] if cut else value).strip(" |/丨,，;；、[]【】")
    account = len(name) > _SHORTEST_ACCOUNT and name.endswith(_ACCOUNTS)
    return "" if (is_furniture(name) and not account) or not re.search(r"\w", name) else name


def _own_part(field: str, value: str) -> str:
    """A name ends with the inline node it stands in; dates and numbers may run over several."""
    if field in _DATES or field in ("doc_no", "index_no"):
        return tidy(value.replace(SEAM, ""))
    return next((part for part in map(tidy, value.split(SEAM)) if part), "")


def _chosen(pair: Pair, place: Place) -> tuple[str, ...]:
    """The fields a label stands for at this place, when it may stand for several."""
    fields = pair.fields
    if "issuer" in fields and "source" in fields:
        return ("issuer",) if place.official else ("source",)
    if "author" in fields and "publisher_person_or_unit" in fields:
        people = split_people(pair.value, labelled=False)
        return ("author",) if people else ("publisher_person_or_unit",)
    return fields[:1] if len(fields) > 1 else fields


def _date(field: str, label: str, value: str, place: Place) -> list[Assertion]:
    planned = field in ("date_effective", "date_expiry")
    parsed = parse_date(value, day_first=place.day_first, far_future=planned)
    if parsed is None:
        return []
    if field == "date_written" and parsed.has_time and label.startswith(_CLOCKED):
        field = "date_published"
    return [date_assertion(field, parsed, place)]


def _doc_no(field: str, label: str, value: str, place: Place) -> list[Assertion]:
    number = parse_doc_no(value)
    if number is not None:
        return [Assertion(field, number.canonical, value, place.source, place.locator)]
    if label in ("编号", "字号") or len(squeeze(value)) > 40 or not re.search(r"\d", value):
        return []
    return [Assertion(field, squeeze(value), value, place.source, place.locator)]


def _index_no(field: str, label: str, value: str, place: Place) -> list[Assertion]:
    number = normalise_index_no(value)
    if not re.search(r"\d", number) or len(number) > _LONGEST["index_no"]:
        return []
    return [Assertion(field, number, value, place.source, place.locator)]


def _text(field: str, label: str, value: str, place: Place) -> list[Assertion]:
    if len(value) > _LONGEST.get(field, _LONGEST_VALUE):
        return []
    return [Assertion(field, value, value, place.source, place.locator)]


def _validity(field: str, label: str, value: str, place: Place) -> list[Assertion]:
    # 状态 alone may be that of a poll: 已结束.
    told = label != "状态" or _STATE.search(value)
    return _text(field, label, value, place) if told and len(value) <= 20 else []


def _source(field: str, label: str, value: str, place: Place) -> list[Assertion]:
    name = clean_source(value)
    return _text("source", label, name, place) if name and not is_placeholder(name) else []


def _author(field: str, label: str, value: str, place: Place) -> list[Assertion]:
    people = split_people(value)
    return _people("author", people, value, place)


def _publisher(field: str, label: str, value: str, place: Place) -> list[Assertion]:
    """A person beside 发布者 wrote or put up the text; a unit there is the publisher."""
    name = clean_source(value)
    if is_person(name):
        return _people("author", (squeeze(name),), value, place)
    return _text("publisher", label, name, place) if name else []


def _people(field: str, names: tuple[str, ...], raw: str, place: Place) -> list[Assertion]:
    if not names:
        return []
    return [Assertion(field, "、".join(names), raw, place.source, place.locator)]


def _keywords(field: str, label: str, value: str, place: Place) -> list[Assertion]:
    return _text(field, label, value.strip(";；,，、 "), place)


Maker = Callable[[str, str, str, Place], list[Assertion]]
_MAKERS: dict[str, Maker] = {
    **dict.fromkeys(_DATES, _date),
    **dict.fromkeys(("title", "issuer", "theme", "genre"), _text),
    "validity": _validity,
    "doc_no": _doc_no,
    "index_no": _index_no,
    "source": _source,
    "author": _author,
    "publisher_person_or_unit": _publisher,
    "keywords": _keywords,
}
