"""How many labelled values were given and right: counts, so that few values are seen as few."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from tests.measure import body_f1

VALUES = (
    *("title", "date_published", "date_written", "date_signed", "doc_no", "index_no", "issuer"),
    *("theme", "genre", "validity", "date_effective", "date_expiry", "source", "author"),
)
NOWHERE = "http://page.invalid/a/b.html"
SHORTEST_BODY = 120
"""Characters from which text on a page without a document counts as spurious."""
_BRACKETS = str.maketrans("﹝﹞[]", "〔〕〔〕")

Row = Mapping[str, Any]


@dataclass
class Tally:
    """How many values were ``right``, were ``given`` at all, were ``present`` on the pages."""

    right: int = 0
    given: int = 0
    present: int = 0

    @property
    def precision(self) -> float:
        """The share of given values that are right; 1 when none was given."""
        return self.right / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        """The share of present values that were given rightly; 1 when there are none."""
        return self.right / self.present if self.present else 1.0


@dataclass
class Scores:
    """One tally for each field, the likeness of each body, and texts where there is none."""

    tallies: dict[str, Tally] = field(
        default_factory=lambda: {name: Tally() for name in (*VALUES, "attachments")}
    )
    bodies: list[float] = field(default_factory=list)
    spurious: int = 0

    @property
    def body(self) -> float:
        """The mean likeness of the bodies."""
        return sum(self.bodies) / len(self.bodies) if self.bodies else 1.0


def score(pages: Iterable[tuple[Row, Row]]) -> Scores:
    """The scores of pages, each given as its labels and what was read (values, files, text)."""
    scores = Scores()
    for gold, got in pages:
        for name in VALUES:
            _count(scores.tallies[name], name, gold, got)
        _count_files(scores.tallies["attachments"], gold, got)
        if gold.get("body"):
            scores.bodies.append(body_f1(gold["body"], got.get("text") or ""))
        elif len(got.get("text") or "") > SHORTEST_BODY:
            scores.spurious += 1
    return scores


def _count(tally: Tally, name: str, gold: Row, got: Row) -> None:
    wanted, found = _value(name, gold.get(name)), _value(name, got.get(name))
    if found in {_value(name, each) for each in gold.get(f"{name}_variants", ())}:
        found = wanted
    declared = {_value(name, each) for each in gold.get("alternatives", {}).get(name, ())}
    if not wanted and found in declared:
        return  # stated in the head alone: neither right nor wrong
    tally.present += bool(wanted)
    tally.given += bool(found)
    tally.right += bool(wanted) and wanted == found


def _count_files(tally: Tally, gold: Row, got: Row) -> None:
    base = str(gold.get("url") or "")
    base = base if base.startswith("http") else NOWHERE
    wanted, found = (_files(each.get("attachments") or (), base) for each in (gold, got))
    tally.present += len(wanted)
    tally.given += len(found)
    tally.right += len(wanted & found)


def _files(files: Iterable[Row], base: str) -> set[str]:
    addresses = ((each.get("href") or each.get("url"), each.get("name")) for each in files)
    return {urljoin(base, url) if url else _flat(name) for url, name in addresses}


def _value(name: str, value: Any) -> str:
    if name != "author":
        return _flat(value)
    text = (
        " ".join(value) if isinstance(value, list) else unicodedata.normalize("NFKC", value or "")
    )
    return "、".join(sorted(filter(None, re.split(r"[\s、,;/]+", text))))


def _flat(value: Any) -> str:
    text = unicodedata.normalize("NFKC", str(value or ""))
    return re.sub(r"[\s\u200b\ufeff]+", "", text).translate(_BRACKETS).strip(":;,")
