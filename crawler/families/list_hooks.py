"""What a CMS family tells the list finder: data, never control flow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListHooks:
    """How a family prints rows and pages; the generic finder works where these are empty.

    ``rows``: CSS selectors of the elements that each hold one listed document, tried in order.
    ``next_page``: CSS selectors of the link to the following page. ``stop``: selectors of blocks
    (navigation, rankings) that hold links but no list of this page.
    """

    rows: tuple[str, ...] = ()
    next_page: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
