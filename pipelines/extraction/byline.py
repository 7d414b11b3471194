"""Telling the line with source, date, author and counter from other lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from archive.records import Precision
from pipelines.extraction.dates import parse_date
from pipelines.extraction.folding import fold, squeeze
from pipelines.extraction.pairs import leading_text, split_pairs
from pipelines.extraction.people import credited
from pipelines.extraction.remembered import remembered
from pipelines.extraction.text import HEADINGS, SEAM, Line, tidy

BYLINE_FIELDS = frozenset(
    (
        "source",
        "date_published",
        "date_written",
        "index_no",
        "author",
        "publisher_person_or_unit",
        "views",
        "editor",
        "proofreader",
        "issuer",
    )
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_DAY_AND_CLOCK = re.compile(r"(?<![\d/-])\d{1,2}[-/月]\d{1,2}日?\s{1,3}\d{1,2}:\d{2}(?!\d)")
_EVENT = re.compile(
    r"[一二三四五六七八九\d、.【\[]{0,4}(?:讲座|报告|论坛|会议|活动|培训|考试|招聘|比赛|授课|演讲)?"
    r"(?:题目|主题|名称|地点|主讲人?|主讲嘉宾|报告人|演讲人|授课人|主持人|嘉宾|对象|参加人员|方式)[】\]]?:"
)
_SHORTEST_HEADLINE = 4
_LONGEST = 200
_SHORT = 40
_LONGEST_COUNTED = 70
_SENTENCE = re.compile("[,。;、!?]")
# 阅读[ 128 ]次, 点击 56: a counter without the colon of a label
_COUNTER = re.compile(
    r"(?:浏览|阅读|点击|访问|查看|人气|阅览)(?:次数|人数|量|数|率)?[:]?[\[(【]?\d+[\])】]?[次人]?"
)
# 由 admin 提交于 周三, 2024-01-10; 发布于 2023年7月6日
_POSTED = re.compile(
    r"\s*(?:由\s?\S{1,20}\s)?(?:提交|发布|发表|创建|张贴|更新)[于在]\s*(?:(?:星期|周)[一二三四五六日天]\s?[,，]?\s?)?"
)
_BEFORE_CLOCK = 14
_BEFORE_DAY = 6


@remembered
def is_byline(text: str) -> bool:
    """Whether a line states source, date, author or counter, with a label or a clock time."""
    if len(text) > _LONGEST:
        return False
    pairs = split_pairs(text)
    if pairs and set(pairs[0].fields) & BYLINE_FIELDS:
        before = leading_text(text)
        return len(squeeze(before)) <= 8 or parse_date(before) is not None
    if _CLOCK.search(fold(text)) is None:
        return is_counted(text)
    # 04-18 09:12: the year is left out where the news is from this one.
    this_year = len(text) <= _SHORT and _DAY_AND_CLOCK.search(fold(text))
    return (
        is_dated(text)
        or (bool(this_year) and not _SENTENCE.search(squeeze(text)))
        or is_counted(text)
    )


@remembered
def is_counted(text: str) -> bool:
    """Whether a short line holds a whole date and how often the page was read, and no sentence."""
    flat = squeeze(text)
    if len(flat) > _LONGEST_COUNTED or _SENTENCE.search(flat) or not _COUNTER.search(flat):
        return False
    parsed = parse_date(text)
    return parsed is not None and parsed.precision not in (Precision.YEAR, Precision.MONTH)


def without_posting(text: str) -> str:
    """A line without the words that say who put it up, when they open it: ``由 admin 提交于``."""
    return _POSTED.sub("", text, count=1) if _POSTED.match(text) else text


def apart_from_bylines(printed: Iterable[Line]) -> list[Line]:
    """The lines, with a date line printed inside a heading's element as one of its own."""
    found: list[Line] = []
    for line in printed:
        parts = line.apart.split(SEAM)
        if line.element.tag in HEADINGS and len(parts) > 1:
            found += _cut(line, parts)
        else:
            found.append(line)
    return found


def _cut(line: Line, parts: Sequence[str]) -> Iterator[Line]:
    for at in range(1, len(parts)):
        headline, below = tidy("".join(parts[:at])), SEAM.join(parts[at:])
        stands = len(squeeze(headline)) >= _SHORTEST_HEADLINE and not is_byline(headline)
        if stands and (is_byline(below) or is_dated(below)):
            yield replace(line, text=headline, parted=tidy(SEAM.join(parts[:at])))
            yield replace(line, text=tidy("".join(parts[at:])), parted=tidy(below), linked=0)
            return
    yield line


def opens_event(text: str) -> bool:
    """Whether a line states subject, place or speaker of an event, as announcements list them."""
    return bool(_EVENT.match(squeeze(text)))


@remembered
def is_dated(text: str) -> bool:
    """Whether a line is little more than a date; a year in a headline makes none."""
    text = without_posting(text)
    parsed = parse_date(text)
    if parsed is None or parsed.precision in (Precision.YEAR, Precision.MONTH):
        return False
    rest = squeeze(text[: parsed.start] + text[parsed.end :])
    if _SENTENCE.search(rest):
        return False
    lead = text[: parsed.start]
    before = 0 if credited(lead) else len(squeeze(lead))
    return len(rest) <= 24 and before <= (_BEFORE_CLOCK if parsed.has_time else _BEFORE_DAY)
