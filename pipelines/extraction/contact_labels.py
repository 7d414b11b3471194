"""Labels of contact data on folded text: ``联 系 人:``, ``联系电话(微信同号):``, ``传真 |``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from pipelines.extraction.vocabulary import words

CELL = r"\s\|\s"
_NOTE = r"(?:\s?\([^()\n]{1,16}\))?"
_STOP = re.compile(rf"[。!?\n]|{CELL}")


def spaced(variants: Iterable[str]) -> str:
    """Alternatives that allow blanks between the characters of Chinese words."""
    return "|".join(
        re.escape(word) if word.isascii() else r"\s{0,4}".join(map(re.escape, word))
        for word in variants
    )


@cache
def person_label() -> re.Pattern[str]:
    """Who is to be asked, with the telephone named in the same label or not."""
    joined = r"(?:\s?(?:及其?|和|与|[、/])?\s?(?:联系)?(?:电话|方式|手机)(?:号码?)?)?"
    named = spaced(words("contacts", "person_labels"))
    return re.compile(rf"(?P<label>(?:{named}){joined}{_NOTE})\s{{0,4}}(?::|{CELL})")


@cache
def person_without_colon() -> re.Pattern[str]:
    """``联系人张三,电话…``: only where a telephone follows; group ``run`` is what may be a name."""
    named = spaced(words("contacts", "person_labels"))
    phone = r"[,(、\s]{1,3}(?:(?:联系)?(?:电话|手机|方式)|[+\d])"
    return re.compile(rf"(?:{named})\s?(?=(?P<run>[\u3400-\u9fff]{{2,8}}){phone})")


@cache
def phone_label() -> re.Pattern[str]:
    """A telephone or a fax: ``电话:``, ``电话/传真:``, ``热线电话 023-…`` without a colon."""
    named = spaced(words("contacts", "phone_labels"))
    return re.compile(
        rf"(?P<label>(?:联\s?系\s?|手\s?机\s?)?(?:{named})(?:\s?[/及和、(]\s?(?:{named})\)?)?{_NOTE})"
        rf"\s{{0,4}}(?:[:]|为:?|是:?|{CELL}|\.\s?(?=[(+\d])|(?=[(+\d]))"
    )


def ends_at(folded: str, start: int, longest: int) -> int:
    """Where a value that begins at ``start`` ends at the latest: its sentence, cell or line."""
    stop = _STOP.search(folded, start, min(len(folded), start + longest))
    return stop.start() if stop else min(len(folded), start + longest)


def is_label_cell(cell: str) -> bool:
    """Whether a cell of a table is nothing but a label of contact data."""
    bare = "".join(cell.split()).rstrip(":")
    return 2 <= len(bare) <= 16 and bare.endswith(_all_labels())


@cache
def _all_labels() -> tuple[str, ...]:
    lists = ("person", "phone", "mail", "address", "postcode", "identity", "account")
    return tuple(word for name in lists for word in words("contacts", f"{name}_labels"))
