"""How many pages may be on their way, from request to archive."""

from __future__ import annotations

from crawler.middlewares.hosts import Hosts

IN_FLIGHT = 256
"""Pages on their way in all."""

IN_FLIGHT_PER_REQUEST = 8
"""Pages of one of our own hosts on their way for each one being fetched."""

POLITE_IN_FLIGHT = 4
"""Of a public host: a stop must not wait for a long queue."""


def room_of(host: str, hosts: Hosts, own: int) -> int:
    """Pages of one host on their way: a single one until a page of it came through.

    ``own`` is how many requests a host of the operator's own gets at once, 0 for all others.
    """
    return max(IN_FLIGHT_PER_REQUEST * own, POLITE_IN_FLIGHT) if hosts.answers(host) else 1
