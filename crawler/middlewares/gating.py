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
from scrapy.http import Request, Response
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution
from twisted.internet.interfaces import IResolutionReceiver as Receiver
from zope.interface import implementer  # type: ignore[import-untyped]

from archive.addresses import without_credentials
from crawler.environment import Environment
from crawler.gate import Gate, Refused
from crawler.middlewares.refusals import REFUSED, NotAllowed

logger = logging.getLogger(__name__)


class GateMiddleware:
    """Refuses what the gate refuses, and answers from an address nobody vetted."""

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
            self._gate.vet(request.url)
        except Refused as refusal:
            raise _refused(request, str(refusal)) from refusal
        if self._contact is None and not self._gate.is_ours(request.url):
            raise _refused(request, "it is on the public web and GONGWEN_CONTACT is not set")

    def process_response(self, request: Request, response: Response) -> Response:
        """The peer must be a vetted address too; with no peer known, the resolver vouches."""
        if response.ip_address is None:
            return response
        target = self._gate.vet(request.url)
        if not self._gate.permits(response.ip_address, target.port):
            raise _refused(request, f"answered by {response.ip_address}")
        return response


def _refused(request: Request, why: str) -> NotAllowed:
    """The refusal to raise, logged with the address that a page or a redirect led to."""
    logger.info("%s was refused: %s", without_credentials(request.url), why)
    return NotAllowed(f"{REFUSED}{why}")


@implementer(Receiver)
class VettingReceiver:
    """Passes on the addresses of a name that the gate permits."""

    def __init__(self, receiver: Any, gate: Gate, port: int) -> None:
        self._receiver = receiver
        self._gate = gate
        self._port = port

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        """A lookup started."""
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        """One address was found."""
        host: str = address.host
        if self._gate.permits(ip_address(host.partition("%")[0]), self._port):
            self._receiver.addressResolved(address)

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
        receiver = VettingReceiver(resolutionReceiver, self._gate, portNumber)
        found: IHostResolution = self._original.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )
        return found
