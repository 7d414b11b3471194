"""A CMS family as data: how to recognise it, read its articles and walk its lists."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crawler.families.list_hooks import ListHooks
from pipelines.extraction.hooks import ArticleHooks


@dataclass(frozen=True, slots=True)
class Sign:
    """A regular expression over a page's source, and words of which each match holds one.

    The words are looked for first: most signs are missing, and that costs next to nothing. Both
    are met in capitals or not, so that no pattern may have a class like ``[^a]`` in capitals.
    """

    pattern: str
    words: tuple[str, ...]


def literal(*words: str) -> Sign:
    """The sign of a page that holds one of some words, in capitals or not."""
    return Sign("|".join(map(re.escape, words)), words)


@dataclass(frozen=True, slots=True)
class Family:
    """One CMS family. ``evidence`` are signs in the page's own source.

    A page belongs to the family with the most signs, never because of its host.
    """

    name: str
    evidence: tuple[Sign, ...] = ()
    article: ArticleHooks = field(default_factory=ArticleHooks)
    lists: ListHooks = field(default_factory=ListHooks)
