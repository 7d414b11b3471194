"""From a due resource to a request, and from what came back to what is to be done with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

from scrapy.http import Request, Response

from archive.failing import LEFT_ALONE
from archive.records import Due, Exchange, Observation, ResourceKind
from crawler.gate import Refused, parse_target
from pipelines.items import GONE, Fetched
from pipelines.reading import Job

# Lists first: they show what else there is to do. Attachments last: pages name them.
PRIORITY: Mapping[ResourceKind, int] = MappingProxyType(
    {ResourceKind.LIST: 20, ResourceKind.ARTICLE: 10, ResourceKind.ATTACHMENT: 0}
)
NOT_MODIFIED = 304


def to_request(due: Due, *, refetch: bool) -> Request:
    """Ask for a due resource, conditionally unless it is to be fetched again whatever it is."""
    headers = {} if refetch else validators(due)
    return Request(
        normal_form(due.url),
        headers=headers,
        meta={"due": due},
        priority=PRIORITY.get(due.kind, 0),
        dont_filter=True,
    )


def normal_form(url: str) -> str:
    """The URL as the gate reads it; an unreadable one is left for the gate to refuse."""
    try:
        return parse_target(url).href
    except Refused:
        return url


def validators(due: Due) -> dict[str, str]:
    """The conditional headers of a resource we hold."""
    headers = {}
    if due.etag:
        headers["If-None-Match"] = due.etag
    if due.last_modified:
        headers["If-Modified-Since"] = due.last_modified
    return headers


def judge(
    due: Due,
    response: Response,
    exchanges: tuple[Exchange, ...],
    *,
    at: int,
    refetch: bool,
    family: str | None = None,
) -> Fetched:
    """What one answer means, before anything is read: decided already, or a job for a worker."""
    final = exchanges[-1]
    decided = decide_alone(due, final, refetch=refetch)
    if decided is not None:
        observation, reason = decided
        return Fetched(due, at, exchanges, observation=observation, reason=reason)
    return Fetched(due, at, exchanges, job=to_job(due, response, family))


def decide_alone(
    due: Due, final: Exchange, *, refetch: bool
) -> tuple[Observation, str | None] | None:
    """The observation that status and bytes decide without reading; None when they do not."""
    if final.status == NOT_MODIFIED:
        if refetch or not validators(due):
            return Observation.ERROR, "HTTP 304 to an unconditional request"
        return Observation.NOT_MODIFIED, None
    if final.status in GONE:
        return Observation.GONE, f"HTTP {final.status}"
    if 300 <= final.status < 400:
        return Observation.ERROR, f"HTTP {final.status} that leads nowhere"
    if final.truncated:
        return Observation.ERROR, f"the body is incomplete ({final.truncated})"
    if final.status >= 400:
        return None
    if not final.body:
        return Observation.ERROR, "the body is empty"
    if not refetch and due.payload_digest == payload_digest(final.body):
        return Observation.UNCHANGED, None
    if not refetch and due.unreadable == payload_digest(final.body):
        return Observation.ERROR, LEFT_ALONE
    return None


def to_job(due: Due, response: Response, family: str | None) -> Job:
    """What a worker needs to read the page."""
    return Job(
        url=response.url,
        body=response.body,
        kind=due.kind,
        status=response.status,
        headers=tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        ),
        family=family,
        day_first=due.day_first,
        list_item=due.list_item,
        known_region=due.known_region,
        known_text=due.known_text,
    )


def payload_digest(body: bytes) -> str:
    """The digest of a body as it was sent, its content encoding included."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"
