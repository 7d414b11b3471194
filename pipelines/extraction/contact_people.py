"""Names that stand where a contact is named: ``张三``, ``黄先生``, ``综合处李四``, ``刘 佳``."""

from __future__ import annotations

import re
from functools import cache

from pipelines.extraction.contact_labels import is_label_cell
from pipelines.extraction.people import is_person
from pipelines.extraction.vocabulary import words

_RUN = re.compile(r"[\u3400-\u9fff]+(?:[·•][\u3400-\u9fff]+)*")
_SPREAD = re.compile(r"[\u3400-\u9fff]\s{1,3}[\u3400-\u9fff](?![\u3400-\u9fff])")
_CONJUNCTION = re.compile(r"[和及与或]")
_UNIT = re.compile(
    r"[\u3400-\u9fff]{1,20}?(?:处|科|室|局|办|中心|部|院|组|委|会|厅|司|所|站|校|大学|支队|大队|街道|镇|政府)"
)
_LONGEST_UNIT = 30
_LONGEST_NAMED = 36

Span = tuple[int, int]


def person_at(folded: str, at: int) -> Span | None:
    """The name that begins at a place, or behind a unit that does; with its title, if any."""
    spread = _SPREAD.match(folded, at)
    if spread and _is_name("".join(spread.group().split())):
        return spread.span()
    run = _RUN.match(folded, at, at + _LONGEST_NAMED)
    if run is None:
        return None
    text = run.group()
    for length in _readings(text):
        start = _begin(text[:length])
        if start is not None:
            return at + start, at + length
    return None


def unit_at(folded: str, at: int) -> int | None:
    """Where a unit ends that begins at a place and is named there alone."""
    run = _RUN.match(folded, at, at + _LONGEST_UNIT)
    if (run and _UNIT.fullmatch(run.group())) or (run and run.group().endswith("公司")):
        return run.end() if not is_label_cell(run.group()) else None
    return None


def is_titled(text: str) -> bool:
    """Whether a text is a family name or a name with a title: ``黄先生``, ``李四老师``."""
    title = next((each for each in words("contacts", "titles") if text.endswith(each)), None)
    if title is None:
        return False
    name = text.removesuffix(title)
    return (len(name) == 1 and is_person(name + "某")) or _is_plain(name)


def _readings(text: str) -> list[int]:
    """How far a name may reach: over the whole run, else up to a conjunction."""
    return [len(text), *(each.start() for each in _CONJUNCTION.finditer(text) if each.start() > 1)]


def _begin(text: str) -> int | None:
    """Where the name begins in a text that ends with it; None when there is no name."""
    if _is_name(text):
        return 0
    for unit in _UNIT.finditer(text):
        end = unit.end()
        if 2 <= len(text) - end <= 6 and _is_name(text[end:]):
            return end
    return None


def _is_name(text: str) -> bool:
    return _is_plain(text) or is_titled(text)


def _is_plain(text: str) -> bool:
    if not is_person(text) or is_label_cell(text):
        return False
    # What is left of two labels, such as 和电话, begins with a family name and is none.
    joined = _CONJUNCTION.match(text) is not None and text[1:] in _not_names()
    ends = len(text) > 3 and text.endswith(tuple(_not_names()))
    return not (text in _not_names() or joined or ends)


@cache
def _not_names() -> frozenset[str]:
    return frozenset(words("contacts", "not_names"))
