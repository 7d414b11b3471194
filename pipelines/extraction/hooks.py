"""What a CMS family tells the extraction about its article pages: data, never control flow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArticleHooks:
    """CSS selectors tried in order; all optional, since scoring finds what hooks miss.

    ``body``: the main region. ``title``: the headline. ``table``: official metadata tables.
    ``byline``: the line with source, date and counter. ``volatile``: parts that move by
    themselves (counters, share bars, neighbours) and are removed before anything is read.
    """

    body: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    subtitle: tuple[str, ...] = ()
    kicker: tuple[str, ...] = ()
    table: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()
    volatile: tuple[str, ...] = ()
