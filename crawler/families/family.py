"""A CMS family as data: how to recognise it, read its articles and walk its lists."""

from __future__ import annotations

from dataclasses import dataclass, field

from crawler.families.list_hooks import ListHooks
from pipelines.extraction.hooks import ArticleHooks


@dataclass(frozen=True, slots=True)
class Family:
    """One CMS family. ``evidence`` are regular expressions over the page's own source.

    A page belongs to the family with the most matching patterns, never because of its host.
    """

    name: str
    evidence: tuple[str, ...] = ()
    article: ArticleHooks = field(default_factory=ArticleHooks)
    lists: ListHooks = field(default_factory=ListHooks)
