"""Decides which addresses may be asked at all: pure, and the same for every kind of request.

One WHATWG parser (ada) reads a URL for the check; a URL whose host or port another parser could
read differently is refused, so what was checked is what is fetched. Addresses outside the public
internet are refused unless the operator named them in ``GONGWEN_ALLOW_ADDRESSES``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from ada_url import URL

from crawler.environment import AllowedAddress

Address = IPv4Address | IPv6Address

DEFAULT_PORTS = {"http": 80, "https": 443}
# Python's is_global lets these through: embedded IPv4 (6to4, NAT64, IPv4-compatible and
# -translated), documentation, segment routing, the old site-local block, the 6to4 relay and the
# protocol assignments with Oracle's metadata address.
NEVER_PUBLIC = tuple(
    ip_network(text)
    for text in (
        "2002::/16",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "::/96",
        "::ffff:0:0:0/96",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
        "192.88.99.0/24",
        "192.0.0.0/24",
    )
)
LONGEST_URL = 8192
"""Servers accept about as many; a WARC record's head must hold it, too."""
FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x1f\x7f\\]")
# What stands before the path of a link: browsers take a backslash there for a slash, others do not.
AUTHORITY = re.compile(r"\A\s*(?:[a-z][a-z0-9+.-]*:)?[/\\]{2,}[^/?#]*", re.IGNORECASE)


class Refused(Exception):
    """A URL or address that is not asked; the message says why."""


class NotPublic(Refused):
    """A literal ``address`` inside some network, at a ``port``, that nobody allowed."""

    def __init__(self, address: Address, port: int) -> None:
        why = "is not a public address, and GONGWEN_ALLOW_ADDRESSES does not name it"
        super().__init__(f"{address} {why} with port {port}")
        self.address = address
        self.port = port


@dataclass(frozen=True, slots=True)
class Target:
    """A vetted URL: ``href`` is its normal form, ``literal`` its address when it names one."""

    href: str
    scheme: str
    host: str
    port: int
    literal: Address | None


@dataclass(frozen=True, slots=True)
class Gate:
    """What may be asked, given the addresses the operator allowed."""

    allowed: tuple[AllowedAddress, ...] = ()

    def vet(self, url: str) -> Target:
        """The target of a URL, or Refused. A host name is decided later, by its addresses."""
        target = parse_target(url)
        if target.literal is not None and not self.permits(target.literal, target.port):
            raise NotPublic(target.literal, target.port)
        return target

    def permits(self, address: Address, port: int) -> bool:
        """True for a public address, or one the operator allowed."""
        return is_public(address) or self.allows(address, port)

    def allows(self, address: Address, port: int) -> bool:
        """True when the operator named this address and port."""
        plain = str(unmapped(address))
        return any(allowed.admits(plain, port) for allowed in self.allowed)

    def is_ours(self, url: str) -> bool:
        """True for a URL with a literal address the operator allowed: no politeness is owed."""
        try:
            target = parse_target(url)
        except Refused:
            return False
        return target.literal is not None and self.allows(target.literal, target.port)


@lru_cache(maxsize=4096)
def parse_target(url: str) -> Target:
    """Read a URL strictly; raise Refused for anything that two parsers could read two ways."""
    if FORBIDDEN_CHARACTERS.search(url):
        raise Refused("the URL has a backslash or a control character")
    try:
        parsed = URL(url)
    except (ValueError, UnicodeEncodeError) as error:
        raise Refused("the URL cannot be read") from error
    scheme = parsed.protocol.rstrip(":")
    if scheme not in DEFAULT_PORTS:
        raise Refused(f"only http and https are fetched, not {scheme}")
    if parsed.username or parsed.password:
        raise Refused("the URL carries credentials")
    host = parsed.hostname.strip("[]")
    port = int(parsed.port) if parsed.port else DEFAULT_PORTS[scheme]
    if not host:
        raise Refused("the URL names no host")
    if len(parsed.href) > LONGEST_URL:
        raise Refused(f"the URL has {len(parsed.href)} characters, at most {LONGEST_URL} are asked")
    _agree(parsed.href, host, port)
    return Target(parsed.href, scheme, host, port, _literal(host))


def refuse_ambiguous(link: str) -> None:
    """Raise Refused for a link, as written, whose host is read in two ways.

    What is asked has been rewritten by then, so that the gate could not tell any more.
    """
    found = AUTHORITY.match(link)
    if found and FORBIDDEN_CHARACTERS.search(found[0].strip()):
        raise Refused("the URL has a backslash or a control character in its host")


def is_public(address: Address) -> bool:
    """True for a unicast address of the public internet, judged by what it really leads to."""
    plain = unmapped(address)
    if plain.is_multicast or not plain.is_global:
        return False
    return not any(plain in network for network in NEVER_PUBLIC)


def unmapped(address: Address) -> Address:
    """The IPv4 address inside ``::ffff:a.b.c.d``, else the address itself."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _agree(href: str, host: str, port: int) -> None:
    """Twisted splits a URL as the standard library does: both must see one host and port."""
    try:
        split = urlsplit(href)
        same = (split.hostname or "", split.port or DEFAULT_PORTS[split.scheme]) == (host, port)
    except ValueError:
        same = False
    if not same:
        raise Refused("URL parsers disagree on the host")


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
