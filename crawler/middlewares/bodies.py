"""The bodies that a request carries from its earlier tries and hops, and the room for one more."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from scrapy.http import Request

from archive.records import Exchange, ResourceKind

SMALL = 256 << 10
"""Bytes that a resource's bodies may have without being counted against those of others."""

GROWTH = 4
"""Of a body on its way, so many times more is reserved than has come, but no more than it has."""

PATIENCE = 16
"""The same of a body that is asked for again: each cut costs the host another request."""

SIDE_BODY = 1 << 20
"""Bytes kept of a robots.txt, of a redirect's body, and of a failed try once there is another."""

START = 16 << 10
"""Bytes kept of each body before the last one when there is no room for all of them."""


def room(request: Request, most: int) -> int:
    """Bytes of body that this exchange may have, given those that came before it."""
    if request.meta.get("robots"):
        return SIDE_BODY
    return max(most - held(request), SIDE_BODY)


def shorten(request: Request, most: int) -> None:
    """Keep only the start of each body that a request carries; what was cut says so."""
    carried: tuple[Exchange, ...] = request.meta.get("exchanges", ())
    if any(len(exchange.body) > most for exchange in carried):
        request.meta["exchanges"] = tuple(cut(exchange, most) for exchange in carried)


def cut(exchange: Exchange, most: int) -> Exchange:
    """An exchange with at most so many bytes of its body."""
    if len(exchange.body) <= most:
        return exchange
    return replace(exchange, body=exchange.body[:most], truncated="length")


def held(request: Request) -> int:
    """Bytes of body in the exchanges that a request carries."""
    return sum(len(exchange.body) for exchange in request.meta.get("exchanges", ()))


def is_file(request: Request) -> bool:
    """Whether a request is for an attachment, and not for a page."""
    return getattr(request.meta.get("due"), "kind", None) is ResourceKind.ATTACHMENT


def owner(request: Request) -> Hashable:
    """The resource that a request is made for; None for robots.txt and outside a run."""
    return getattr(request.meta.get("due"), "resource", None)


def owner_of(item: Any) -> Hashable:
    """The resource of an item at any stage."""
    return getattr(getattr(getattr(item, "fetched", item), "due", None), "resource", None)
