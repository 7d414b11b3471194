"""Newspaper articles: leads with kicker and subtitle, stories, features and short news."""

from __future__ import annotations

from crawler.replica.drafts import Draft, finish, paragraph
from crawler.replica.facts import Block, BlockKind, Facts


def write(draft: Draft) -> Facts:
    """One article; page number and page name are set by the issue it stands in."""
    prose, name = draft.prose, draft.kind.name
    authors = None if name == "short" else _authors(draft)
    fields: dict[str, str | None] = {"author": authors}
    if name == "lead":
        fields["kicker"] = prose.pick("kickers")
    if name in ("lead", "feature"):
        fields["subtitle"] = prose.say("subtitles")
    opening = (
        f"  本报讯 (记者 {authors}){prose.sentences(1, 2)}"
        if authors
        else f"  {prose.sentences(2, 3)}"
    )
    return finish(draft, prose.say("headlines"), fields, [paragraph(opening), *_rest(draft)])


def _authors(draft: Draft) -> str:
    count = 2 if draft.index % 5 == 1 else 1
    return "、".join(draft.prose.fill("{person}") for _ in range(count))


def _rest(draft: Draft) -> list[Block]:
    prose, name = draft.prose, draft.kind.name
    if name == "short":
        return []
    blocks = [paragraph(f"  {prose.say('quotes')}{prose.sentences(1, 3)}") for _ in range(3)]
    if name in ("lead", "feature"):
        blocks.insert(1, Block(BlockKind.HEADING, f"  {prose.pick('plans').rstrip('。')}"))
        blocks.append(paragraph(f"  {prose.sentences(2, 3)}"))
    if name == "feature":
        blocks.append(paragraph(prose.fill("  (数据来源：{organ})")))
    return blocks
