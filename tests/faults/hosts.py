"""Many hosts on loopback behind one server: each address is a host of its own to a crawler."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from tests.faults.site import FIRST_ADDRESS, Asked, FaultSite, Route, serving

FIRST = ipaddress.IPv4Address("127.0.1.10")


@contextmanager
def many_hosts(routes: Mapping[str, Route]) -> Iterator[FaultSite]:
    """Serve the same routes on every loopback address; the list's host is the usual one."""
    with serving(routes, "0.0.0.0") as site:
        site.address = FIRST_ADDRESS
        yield site


def on_host(site: FaultSite, number: int, path: str) -> str:
    """The URL of a path on the host of this number, counted from 0."""
    return f"http://{FIRST + number}:{site.port}{path}"


def asked_of(site: FaultSite, number: int) -> list[Asked]:
    """Every request that named this host."""
    host = f"{FIRST + number}:{site.port}"
    return [asked for asked in site.asked if asked.header("host") == host]


def closed_port() -> int:
    """A port that refuses connections."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def deaf(address: str = "127.0.0.1") -> Iterator[int]:
    """A port whose queue of connections is full: who connects waits for ever."""
    waiting = []
    with closing(socket.socket()) as listener:
        listener.bind((address, 0))
        listener.listen(0)
        port = int(listener.getsockname()[1])
        for _ in range(3):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex((address, port))
            waiting.append(client)
        yield port
        for client in waiting:
            client.close()
