"""Puts the gate before every request and behind every name lookup.

The middleware sees each request, redirects, robots.txt and attachments included; the resolver
hands Twisted only vetted addresses, so that a name which changes its address between check and
connection reaches nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from scrapy.crawler import Crawler
from scrapy.http import Headers, Request, Response
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution
from twisted.internet.interfaces import IResolutionReceiver as Receiver
from zope.interface import implementer  # type: ignore[import-untyped]

from archive.addresses import without_credentials
from crawler.environment import Environment
from crawler.gate import Gate, Refused, parse_target, refuse_ambiguous
from crawler.middlewares.refusals import REFUSED, NotAllowed

logger = logging.getLogger(__name__)

FOR_ONE_PLACE = (
    "Authorization",
    "Cookie",
    "Proxy-Authorization",
    "Referer",
    "If-None-Match",
    "If-Modified-Since",
    "If-Match",
    "If-Unmodified-Since",
    "If-Range",
    "Range",
)
"""Request headers that never follow a redirect, wherever it leads: secrets and validators."""


class GateMiddleware:
    """Refuses what the gate refuses."""

    def __init__(self, gate: Gate, contact: str | None) -> None:
        self._gate = gate
        self._contact = contact

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GateMiddleware:
        """Read the allowances from the environment."""
        environment = Environment()
        return cls(Gate(environment.allow_addresses), environment.contact)

    def process_request(self, request: Request) -> None:
        """Raise NotAllowed for an address that must not be asked."""
        try:
            if due := request.meta.get("due"):
                refuse_ambiguous(due.url)
            self._gate.vet(request.url)
        except Refused as refusal:
            raise _refused(request.url, str(refusal)) from refusal
        if self._contact is None and not self._gate.is_ours(request.url):
            raise _refused(request.url, "it is on the public web and GONGWEN_CONTACT is not set")


class PeerMiddleware:
    """Drops what came from an address nobody vetted, before it is recorded, followed or retried."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PeerMiddleware:
        """Read the allowances from the environment."""
        return cls(Gate(Environment().allow_addresses))

    def process_response(self, request: Request, response: Response) -> Response:
        """The peer must be a vetted address too; with no peer known, the resolver vouches."""
        if response.ip_address is None:
            return response
        target = self._gate.vet(request.url)
        if not self._gate.permits(response.ip_address, target.port):
            raise _refused(request.url, f"answered by {response.ip_address}")
        return response


def vet_redirect(response: Response, url: str) -> None:
    """Raise NotAllowed for a ``Location`` that no one reads in one way, or that leads off the web.

    ``url`` is what it was read as. Whether that may be asked is decided when it is.
    """
    location = response.headers.get("Location")
    try:
        refuse_ambiguous(location.decode("latin-1") if location else "")
        parse_target(url)
    except Refused as refusal:
        raise _refused(url, str(refusal)) from refusal


def keep_to_one_place(headers: Headers) -> None:
    """Take out of a redirected request what was meant for the place that was asked first."""
    for name in FOR_ONE_PLACE:
        headers.pop(name, None)


def _refused(url: str, why: str) -> NotAllowed:
    """The refusal to raise, logged with the address that a page or a redirect led to."""
    logger.info("%s was refused: %s", without_credentials(url), why)
    return NotAllowed(f"{REFUSED}{why}")


@implementer(Receiver)
class VettingReceiver:
    """Passes on the addresses of a name that the gate permits, and logs the others."""

    def __init__(self, receiver: Any, gate: Gate, name: str, port: int) -> None:
        self._receiver = receiver
        self._gate = gate
        self._name = name
        self._port = port

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        """A lookup started."""
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        """One address was found."""
        host: str = address.host
        if self._gate.permits(ip_address(host.partition("%")[0]), self._port):
            self._receiver.addressResolved(address)
        else:
            logger.info("%s leads to %s, which is no public address", self._name, host)

    def resolutionComplete(self) -> None:  # noqa: N802
        """A lookup ended; without vetted addresses it counts as a name that does not exist."""
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class VettingResolver:
    """Twisted's name resolver behind the gate; named by ``TWISTED_DNS_RESOLVER``."""

    def __init__(self, reactor: Any, gate: Gate) -> None:
        self._reactor = reactor
        self._gate = gate
        self._original: Any = reactor.nameResolver

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> VettingResolver:
        """Built by Scrapy before the reactor runs."""
        return cls(reactor, Gate(Environment().allow_addresses))

    def install_on_reactor(self) -> None:
        """Take the place of the reactor's resolver."""
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Look a name up and keep what the gate permits for this port."""
        receiver = VettingReceiver(resolutionReceiver, self._gate, hostName, portNumber)
        found: IHostResolution = self._original.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )
        return found
