"""What an editor's change does to the facts of a document."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

from crawler.replica.changes import ChangeKind
from crawler.replica.facts import Block, BlockKind, Facts, all_fields
from crawler.replica.kinds import Kind
from crawler.replica.prose import Prose
from crawler.replica.sites import Site

# A count or a sum in running text: never a date, a document number or a decimal's tail.
AMOUNT = re.compile(r"(?<![\d.])\d+(?=项|个|家|名|次|场|件|人|万元|亿元)")
INSERTIONS = ("进一步", "全面", "持续", "深入", "扎实", "统筹")


def edited(facts: Facts, change: ChangeKind, kind: Kind, site: Site, rng: random.Random) -> Facts:
    """The facts after a change; changes that are not about facts leave them as they are."""
    edits: dict[ChangeKind, Callable[[], Facts]] = {
        ChangeKind.TEXT: lambda: _text(facts, rng),
        ChangeKind.TITLE: lambda: _title(facts, rng),
        ChangeKind.RENUMBER: lambda: _renumber(facts),
        ChangeKind.METADATA: lambda: _metadata(facts, kind, site, rng),
    }
    return edits[change]() if change in edits else facts


def _with(facts: Facts, **values: str | None) -> Facts:
    return replace(facts, fields=all_fields(dict(facts.fields) | values))


def _text(facts: Facts, rng: random.Random) -> Facts:
    """One amount becomes another; a text without amounts gets a sentence more."""
    spots = [
        (at, found)
        for at, block in enumerate(facts.blocks)
        if block.kind is BlockKind.PARAGRAPH
        for found in AMOUNT.finditer(block.text)
    ]
    if not spots:
        return _longer(facts, rng)
    at, found = rng.choice(spots)
    text = facts.blocks[at].text
    amount = str(int(found[0]) + rng.randint(1, 9))
    return _replaced(facts, at, text[: found.start()] + amount + text[found.end() :])


def _longer(facts: Facts, rng: random.Random) -> Facts:
    at = next(at for at, block in enumerate(facts.blocks) if block.kind is BlockKind.PARAGRAPH)
    more = Prose(rng, 2024).sentences(1, 1)
    return _replaced(facts, at, facts.blocks[at].text + more)


def _replaced(facts: Facts, at: int, text: str) -> Facts:
    blocks: list[Block] = list(facts.blocks)
    blocks[at] = replace(blocks[at], text=text)
    return replace(facts, blocks=tuple(blocks))


def _title(facts: Facts, rng: random.Random) -> Facts:
    title = facts.fields["title"] or ""
    head, about, tail = title.rpartition("关于")
    word = rng.choice([word for word in INSERTIONS if word not in title] or INSERTIONS)
    title = f"{head}{about}{word}{tail}"
    return replace(_with(facts, title=title), heading=title)


def _renumber(facts: Facts) -> Facts:
    """The serial moves up by ten thousand, where no other document's number can be."""
    number = facts.fields["doc_no"] or ""
    moved = re.sub(r"(\d+)(?=号$)", lambda found: str(int(found[1]) + 10_000), number)
    return _with(facts, doc_no=moved)


def _metadata(facts: Facts, kind: Kind, site: Site, rng: random.Random) -> Facts:
    field = rng.choice(kind.mutable)
    return _with(facts, **{field: _other(facts.fields[field], field, site, rng)})


def _other(value: str | None, field: str, site: Site, rng: random.Random) -> str:
    """Another believable value of a field."""
    prose = Prose(rng, site.today.year)
    fixed = {
        "validity": ("已废止", "有效"),
        "genre": ("项目申报", "通知"),
        "issuer": (site.publisher, site.short),
    }
    lists = {"publisher": "units", "source": "sources", "theme": "themes", "kicker": "kickers"}
    while True:
        if field in fixed:
            other = next(choice for choice in fixed[field] if choice != value)
        else:
            other = prose.say(lists.get(field, "subtitles"))
        if other != value:
            return other
