"""The replica over HTTP: one process, every site on an address of its own, one port."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from typing import Any

from twisted.internet.error import CannotListenError
from twisted.web import server

from archive.clock import SHANGHAI
from archive.problems import Problem
from crawler.replica import rendering
from crawler.replica.caching import Answer, Cache, answer
from crawler.replica.faults import FAULTS
from crawler.replica.responding import Page, respond
from crawler.replica.sites import Site, World, sites
from crawler.replica.state import SiteState

CONTROL = "/__control__/"
PORT_ATTEMPTS = 20
BACKLOG = 200
LAST_PORT = 65_535
_FREE = "Name another port: --port 0 takes a free one"


class Replica:
    """The served world. Its day can move on while it is being served."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cache = Cache()
        self.visits: Counter[tuple[str, str]] = Counter()
        self.statuses: Counter[int] = Counter()
        self.forbidden: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self._states: dict[str, SiteState] = {}

    def set_day(self, day: int) -> None:
        """Let the sites be as on another day; URLs, counters and validators keep working."""
        self.world = replace(self.world, day=day)
        self._states.clear()
        self.cache.clear()

    def state(self, site: Site) -> SiteState:
        """A site as it is today."""
        if site.name not in self._states:
            self._states[site.name] = SiteState(self.world, site)
        return self._states[site.name]

    def answer(self, site: Site, target: str, asked: dict[str, str]) -> Answer:
        """The answer to one request, and its trace in the counters."""
        key = (site.name, target)
        kept = self.cache.find(key) or self.cache.keep(key, respond(self.state(site), target))
        found = answer(kept, asked)
        if kept.page.moving:
            self.visits[key] += 1
            found = replace(found, body=_moved(kept.page, self.visits[key], site.encoding))
        self.statuses[found.status] += 1
        self.asked[self.world.origin(site) + target] += 1
        if target.startswith("/private/"):
            self.forbidden[target] += 1
        return found

    def control(self, order: str) -> dict[str, Any] | None:
        """``day/N`` moves the world, ``requests`` and ``asked`` tell what was asked for.

        None for an order that is unknown.
        """
        verb, _, value = order.partition("/")
        if verb == "day" and value.isdigit():
            self.set_day(int(value))
            return {"day": self.world.day}
        if verb == "requests":
            return {"statuses": dict(self.statuses), "forbidden": dict(self.forbidden)}
        if verb == "asked":
            return dict(self.asked)
        return None


def _moved(page: Page, count: int, encoding: str) -> bytes:
    """A body with its counter and its clock at this moment."""
    clock = datetime.now(SHANGHAI).strftime("%Y年%m月%d日 %H:%M:%S").encode(encoding)
    body = page.body.replace(rendering.VISITS.encode(), str(page.visits + count).encode())
    return body.replace(rendering.CLOCK.encode(), clock)


class _Door:
    """Everything below one site's root, as Twisted's web server asks for it."""

    isLeaf = True  # noqa: N815 (Twisted's name)

    def __init__(self, replica: Replica, site: Site) -> None:
        self._replica = replica
        self._site = site

    def render(self, request: Any) -> bytes | int:
        """Answer one request."""
        target = request.uri.decode("ascii", "replace")
        if request.method not in (b"GET", b"HEAD"):
            return _send(request, Answer(405, (("Allow", "GET, HEAD"),), b""))
        if target.startswith(CONTROL) and self._site.ordinal == 0:
            return self._control(request, target.removeprefix(CONTROL))
        fault = FAULTS.get(target.partition("?")[0])
        if fault:
            kind = ("Content-Type", "text/html; charset=utf-8")
            told = Answer(fault.status, (kind, *fault.headers), fault.body.encode())
            return _later(request, told, fault.delay) if fault.delay else _send(request, told)
        return _send(request, self._replica.answer(self._site, target, _asked(request)))

    def _control(self, request: Any, order: str) -> bytes:
        told = self._replica.control(order)
        body = json.dumps(told).encode()
        return _send(request, Answer(404 if told is None else 200, (), body))


def _asked(request: Any) -> dict[str, str]:
    names = ("accept-encoding", "if-none-match", "if-modified-since")
    found = ((name, request.getHeader(name)) for name in names)
    return {name: value for name, value in found if value is not None}


def _send(request: Any, told: Answer) -> bytes:
    request.setResponseCode(told.status)
    # Twisted would name a type of its own where the site names none.
    request.defaultContentType = None
    for name, value in told.headers:
        request.setHeader(name, value)
    if request.method == b"HEAD":
        request.setHeader("Content-Length", str(len(told.body)))
        return b""
    return told.body


def _later(request: Any, told: Answer, delay: float) -> int:
    def finish() -> None:
        request.write(_send(request, told))
        request.finish()

    def give_up(_: object) -> None:
        if call.active():
            call.cancel()

    call = reactor().callLater(delay, finish)
    request.notifyFinish().addErrback(give_up)
    return server.NOT_DONE_YET


def reactor() -> Any:
    """Twisted's reactor; importing it chooses one for the whole process, so it is done late."""
    return import_module("twisted.internet.reactor")


class _QuietSite(server.Site):
    """No access log: it costs more than the pages."""

    def log(self, request: Any) -> None:
        """Keep no record."""


def listen(replica: Replica) -> None:
    """Open every site's address at the world's port, or at one free on all when it is 0.

    Raises Problem for a port that does not exist, is taken, or that this user may not open.
    """
    if not 0 <= replica.world.port <= LAST_PORT:
        why = f"ports go from 1 to {LAST_PORT}"
        raise Problem(f"There is no port {replica.world.port}", why, _FREE, exit_code=2)
    reason = ""
    for _ in range(PORT_ATTEMPTS):
        try:
            replica.world = replace(replica.world, port=_listen(replica, replica.world.port))
        except CannotListenError as error:
            reason = f"{error.interface}: {getattr(error.socketError, 'strerror', None) or error}"
        else:
            return
    raise Problem(f"Port {replica.world.port} cannot be used", reason, _FREE)


def _listen(replica: Replica, port: int) -> int:
    opened: list[Any] = []
    for site in sites():
        door = _QuietSite(_Door(replica, site))  # type: ignore[no-untyped-call]
        address = replica.world.address(site)
        try:
            opened.append(reactor().listenTCP(port, door, BACKLOG, address))
        except CannotListenError:
            _close(opened)
            raise
        port = opened[-1].getHost().port
    return port


def _close(opened: Iterable[Any]) -> None:
    for port in opened:
        port.stopListening()
