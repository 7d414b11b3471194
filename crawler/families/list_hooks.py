"""What a CMS family tells the list finder: data, never control flow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListHooks:
    """How a family prints rows and pages; the generic finder works where these are empty."""

    rows: tuple[str, ...] = ()
    next_page: tuple[str, ...] = ()
