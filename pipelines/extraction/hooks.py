"""What a CMS family tells the extraction about its article pages: data, never control flow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArticleHooks:
    """CSS selectors tried in order; all optional, since scoring finds what hooks miss.

    ``body``: the main region. ``title``, ``subtitle``, ``kicker``: the lines of the headline.
    ``volatile``: parts that move by themselves (counters, share bars, neighbours) or repeat the
    page's frame; they are removed before anything is read. Metadata tables and date lines need no
    hook: they are told by their labels.
    """

    body: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    subtitle: tuple[str, ...] = ()
    kicker: tuple[str, ...] = ()
    volatile: tuple[str, ...] = ()
