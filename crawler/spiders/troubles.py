"""What a failure says: about one page, or about the host it came from."""

from __future__ import annotations

from archive.records import Check, Observation
from crawler.middlewares.refusals import REFUSED

TOO_MANY = 429


def in_trouble(check: Check) -> bool:
    """Whether a check speaks against the host itself, not only against one page of it."""
    if not check.exchanges:
        return check.observation is Observation.ERROR and not (check.reason or "").startswith(
            REFUSED
        )
    final = check.exchanges[-1]
    return final.status >= 500 or final.status == TOO_MANY or final.truncated == "disconnect"
