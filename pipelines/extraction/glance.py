"""What a reader sees of a page at a glance, and what that reads like: a notice, prose, a wait."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.extraction.folding import fold
from pipelines.extraction.visible import title_of, visible_blocks
from pipelines.extraction.vocabulary import words

ENOUGH = 4000
"""Visible characters after which a look ends: a page that shows so much is no stub."""
FEW_LINKS = 8
LONG_SOURCE = 400_000
"""Characters of source that signs are looked for in."""
_LINK = re.compile(r"<a\s", re.IGNORECASE)
_PROSE = re.compile(r"[^。]{40}。|\S{120}")
_DECLARED = re.compile(
    r"<meta\b[^>]{0,80}?name\s?=\s?[\"']?(?:ArticleTitle|PubDate)\b", re.IGNORECASE
)
_DATED = re.compile(r"(?:发布|发文|成文|公开)?(?:时间|日期)\s?:?\s?(?:19|20)\d\d\s?[-年/.]")
_PUT_UP = re.compile(r"(?:发布|发文|成文|公开|发表)(?:时间|日期)\s?:?\s?(?:19|20)\d\d")
_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d\s?[-年/.]\s?\d{1,2}\s?[-月/.]\s?\d{1,2}")
_SENTENCE = re.compile(r"[^。]{15}。")
_OF_LOGIN = re.compile("抱歉|对不起|敬请|登录|登陆|密码|账号|帐号|验证码|浏览器|版权")
_NAMED = re.compile(
    r"(?:通知|公告|通告|公示|通报|启事|方案|办法|规定|意见|决定|批复|答复|函|说明|公报|简报)"
    r"(?:[(（].{1,12}[)）])?\Z"
)
"""How the title of a document ends, and that of a block page never does."""
_SHORTEST_NAME = 6


@dataclass(frozen=True, slots=True)
class Look:
    """What the rules look at: the source and what a reader would see of it."""

    status: int
    cookies: str
    source: str
    title: str
    blocks: tuple[str, ...]
    links: int

    @property
    def shown(self) -> int:
        """Characters in the blocks."""
        return sum(map(len, self.blocks))

    @property
    def text(self) -> str:
        """Title and blocks in one line."""
        return " ".join((self.title, *self.blocks))


def look_at(status: int, headers: Sequence[tuple[str, str]], source: str) -> Look:
    """A page as far as its first thousands of characters show it."""
    cookies = " ".join(value for name, value in headers if name.lower() == "set-cookie")
    blocks = visible_blocks(source, ENOUGH)
    short = sum(map(len, blocks)) < ENOUGH
    links = len(_LINK.findall(source)) if short else FEW_LINKS + 1
    return Look(status, cookies, source, title_of(source), blocks, links)


def says_something(look: Look) -> bool:
    """Whether a page that looks like a stub has a dated text of its own."""
    dated = any(_DAY.search(fold(block)) for block in look.blocks)
    sentences = (block for block in look.blocks if _SENTENCE.search(block))
    return dated and any(not _OF_LOGIN.search(block) for block in sentences)


def is_published(look: Look) -> bool:
    """A short notice about maintenance is a document: it says when it was published."""
    if _DECLARED.search(look.source[:LONG_SOURCE]):
        return True
    return any(_DATED.search(fold(block)) for block in look.blocks)


def is_notice(look: Look) -> bool:
    """A short notice about walls or upkeep: put up on a stated day, or named and dated as such."""
    if _DECLARED.search(look.source[:LONG_SOURCE]):
        return True
    blocks = [fold(block) for block in look.blocks]
    if any(_PUT_UP.search(block) for block in blocks):
        return True
    heads = (re.split(r"\s*[-_|–—]\s*", look.title)[0], *look.blocks)
    named = any(len(head) >= _SHORTEST_NAME and _NAMED.search(head) for head in heads)
    return named and any(_DAY.search(block) for block in blocks)


def only_waits(look: Look) -> bool:
    """Whether all that a page shows is that it is being loaded."""
    text = fold("".join(look.blocks)).lower()
    for phrase in words("guard", "waiting_phrases"):
        text = text.replace(phrase.lower(), "")
    return not re.search(r"\w", text)


def has_prose(look: Look) -> bool:
    """Whether a block holds a long sentence."""
    return any(_PROSE.search(block) for block in look.blocks)


def phrase_of(look: Look, name: str) -> str | None:
    """The first of the packaged phrases of that name that a page shows."""
    text = fold(look.text).lower()
    return next((phrase for phrase in words("guard", name) if phrase.lower() in text), None)
