"""How values read for people: short local times, yes and no, counts with their plural."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rich.cells import cell_len, set_cell_size

from archive import clock
from archive.records import FIELDS

_MOMENT = re.compile(r"(\d{4})-(\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?\+08:00")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+")


def short_moment(text: str) -> str:
    """A moment in China's time without its zone, and without its year if that is the present one.

    Any other text comes back as it is.
    """
    found = _MOMENT.fullmatch(text)
    if found is None:
        return text
    year, day, time = found.groups()
    present = str(clock.to_datetime(clock.now()).year)
    return f"{day} {time}" if year == present else f"{year}-{day} {time}"


def full_moment(text: str) -> str:
    """A moment with its year and zone, to be written down; any other text as it is."""
    found = _MOMENT.fullmatch(text)
    return f"{found[1]}-{found[2]} {found[3]} +08:00" if found else text


def told(value: Any, within: str = ", ", moment: Callable[[str], str] = short_moment) -> str:
    """A value as people read it; ``within`` stands between the members of a list."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return _mapping(value, moment)
    if isinstance(value, (list, tuple)):
        return within.join(told(part, ", ", moment) for part in value)
    return moment(str(value))


def counted(count: int, noun: str) -> str:
    """``1 page``, ``2 pages``: nouns whose plural is a plain s."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def address(text: str) -> bool:
    """Whether a text is one web address and nothing else."""
    return _ADDRESS.fullmatch(text) is not None


def sentence(text: str) -> str:
    """A hint with a capital; one that is a command begins with Run."""
    if text.startswith("gongwen "):
        return f"Run: {text}"
    return text[:1].upper() + text[1:]


def cut(line: str, width: int) -> str:
    """The line, or its beginning with an ellipsis when it is wider than the screen."""
    return line if cell_len(line) <= width else set_cell_size(line, width - 1).rstrip() + "…"


def labelled(record: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The official fields under their Chinese and English names, and where each came from.

    A source reads ``table 发文字号``: the kind of place, and the label found there.
    """
    names = {name: f"{label} {name}" for name, label in FIELDS.items()}
    chosen = [one for one in record["assertions"] if one.get("chosen", True)]
    sources: dict[str, str] = {}
    for one in chosen:
        if one["value"] == record[one["field"]]:
            sources.setdefault(names[one["field"]], _source(one))
    return {names[name]: record[name] for name in FIELDS}, sources


def conflict_line(conflict: Mapping[str, Any]) -> str:
    """``date_written 2023-07-26, date_signed 2023-04-12``, and the reason in brackets."""
    pairs = zip(conflict.get("fields", ()), conflict.get("values", ()), strict=False)
    said = ", ".join(f"{name} {value}" for name, value in pairs)
    return f"{said} ({conflict['reason']})" if conflict.get("reason") else said


def correction_line(row: Mapping[str, Any]) -> str:
    """``author 甲 → 乙 (who: why)``; one that is open again says since when, and by what id."""
    said = f"{row['field']} {row['replaced'] or 'none'} → {row['value'] or 'none'}"
    told = f"{said} ({row['who']}: {row['why']})"
    if row["state"] == "agrees":
        return f"{told}; the rules read the same by now"
    if row["state"] != "open":
        return told
    since = short_moment(row["reopened_at"])
    return f"{told}; OPEN: the page speaks of it otherwise since {since}, see {row['id']}"


def unless_same(rows: Iterable[dict[str, Any]], url: str | None) -> list[dict[str, Any]]:
    """Rows without their addresses when all of them have this one, which was told already."""
    listed = list(rows)
    if any(row["url"] != url for row in listed):
        return listed
    return [row | {"url": None} for row in listed]


def _source(assertion: Mapping[str, Any]) -> str:
    source, locator = assertion["source"], assertion["locator"] or ""
    return locator if locator.startswith(source) else f"{source} {locator}".rstrip()


def _mapping(value: Mapping[str, Any], moment: Callable[[str], str]) -> str:
    """Counts read ``new 3, changed 1``, zeros left out; anything else ``name=value``."""
    if value and all(type(part) is int for part in value.values()):
        return ", ".join(f"{name} {part}" for name, part in value.items() if part)
    given = ((name, told(part, ", ", moment)) for name, part in value.items())
    return " ".join(f"{name}={part}" for name, part in given if part)
