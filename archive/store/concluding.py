"""What a check means before any history is looked at, and when to look again. Pure."""

from __future__ import annotations

from itertools import pairwise

from archive.addresses import url_key
from archive.characters import storable
from archive.clock import SECOND
from archive.failing import extract_failed
from archive.records import (
    Check,
    Exchange,
    Extraction,
    Observation,
    Outcome,
    PageKind,
    ResourceKind,
)
from archive.versioning import essence

BACKOFF_FIRST = 600 * SECOND
BACKOFF_MOST = 86_400 * SECOND
EMPTY_LIST = "the list is empty"
GONE = frozenset({404, 410})
PERMANENT = frozenset({301, 308})
FINE = frozenset(
    {
        Observation.NEW,
        Observation.CHANGED,
        Observation.UNCHANGED,
        Observation.NOT_MODIFIED,
        Observation.NOISE,
    }
)
VANISHED = frozenset({Observation.GONE, Observation.SOFT_404})
FAILED = frozenset({Observation.ERROR, Observation.BLOCKED})

_PAGE_KINDS = {
    PageKind.CHALLENGE: (Observation.BLOCKED, "a challenge page"),
    PageKind.SOFT_404: (Observation.SOFT_404, "an error page with status 200"),
    PageKind.LIST: (Observation.ERROR, "a list where an article was expected"),
    PageKind.OTHER: (Observation.ERROR, "no document on the page"),
}

Conclusion = tuple[Observation, str | None]


def conclude(check: Check) -> Conclusion | None:
    """The observation that needs no history, with its reason; None when contents decide."""
    if check.observation is not None:
        return check.observation, check.reason
    if not check.exchanges:
        return Observation.ERROR, check.reason or "nothing was received"
    final = check.exchanges[-1]
    by_status = _by_status(final)
    if by_status is not None:
        return by_status
    if check.kind is ResourceKind.ARTICLE:
        return _by_extraction(check.extraction, check.reason)
    if check.kind is ResourceKind.LIST:
        return _by_listing(check)
    return None


def next_check(
    kind: ResourceKind, observation: Observation, failures: int, at: int, recheck: int
) -> int | None:
    """When to look again (UTC microseconds); lists and robots only when a run asks for them."""
    if kind in (ResourceKind.LIST, ResourceKind.ROBOTS):
        return None
    if observation in FAILED:
        return at + backoff(failures)
    return at + recheck


def backoff(failures: int) -> int:
    """The pause after so many failures in a row: 10 minutes, doubling, at most a day."""
    doublings = min(max(failures - 1, 0), 16)
    return min(BACKOFF_FIRST << doublings, BACKOFF_MOST)


def moved_target(check: Check) -> str | None:
    """Where permanent redirects lead from the checked URL; None when they do not lead away."""
    hops = _without_retries(check.exchanges)
    target = None
    for hop, following in pairwise(hops):
        if hop.status not in PERMANENT:
            break
        target = following.url
    if target is None or target == check.url:
        return None
    return target


def is_scheme_twin(target: str, url: str) -> bool:
    """Whether a move only changed what the key ignores, such as http to https."""
    return url_key(target) == url_key(url)


def header(exchange: Exchange, name: str) -> str | None:
    """The last value of a response header, by its lower-case name.

    None, too, for one that no database holds: half a validator must not be sent back.
    """
    values = [value for key, value in exchange.response_headers if key.lower() == name]
    return values[-1] if values and storable(values[-1]) == values[-1] else None


def extraction_failed(extraction: Extraction) -> bool:
    """Whether a reading gives nothing that could be a version."""
    lost = extraction.outcome is Outcome.PARTIAL and not (extraction.text or extraction.attachments)
    return lost or extraction.outcome not in (Outcome.OK, Outcome.PARTIAL)


def is_shorter_part(extraction: Extraction, before: str) -> bool:
    """Whether a page was read in part only, and less of it than the text ``before``."""
    if extraction.outcome is not Outcome.PARTIAL:
        return False
    return len(essence(extraction.text)) < len(essence(before))


def _without_retries(exchanges: tuple[Exchange, ...]) -> list[Exchange]:
    last = len(exchanges) - 1
    return [
        exchange
        for index, exchange in enumerate(exchanges)
        if index == last or exchanges[index + 1].url != exchange.url
    ]


def _by_status(final: Exchange) -> Conclusion | None:
    if final.status == 304:
        return Observation.NOT_MODIFIED, None
    if final.status in GONE:
        return Observation.GONE, f"HTTP {final.status}"
    if not 200 <= final.status < 300:
        return Observation.ERROR, f"HTTP {final.status}"
    if final.truncated:
        return Observation.ERROR, f"the body is incomplete ({final.truncated})"
    return None


def _by_extraction(extraction: Extraction | None, reason: str | None) -> Conclusion | None:
    if extraction is None:
        return Observation.ERROR, reason or "the page was not read"
    if extraction_failed(extraction):
        return Observation.ERROR, extract_failed(extraction.outcome, extraction.reason or reason)
    if extraction.kind in _PAGE_KINDS:
        observation, default = _PAGE_KINDS[extraction.kind]
        return observation, extraction.reason or reason or default
    return None


def _by_listing(check: Check) -> Conclusion | None:
    listing = check.listing
    if listing is None:
        return Observation.ERROR, check.reason or "the list was not read"
    if not (listing.items or listing.pages or listing.next_page):
        return Observation.ERROR, EMPTY_LIST
    return None
