"""TLS: certificates are verified, faults are told in words, and a seed may declare an exception.

An exception holds for the hosts of the seed's own lists, wherever a redirect leads, and every
exchange made under it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any

from OpenSSL import SSL
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from service_identity.hazmat import DNS_ID, IPAddress_ID, ServiceID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.internet.ssl import CertificateOptions, TLSVersion, platformTrust
from twisted.python.failure import Failure
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

from archive.addresses import host_name
from crawler.middlewares.failures import Told
from crawler.seeds import Seed

VERIFIED = "verified"
UNVERIFIED = "unverified"
LEGACY_CIPHERS = b"DEFAULT:@SECLEVEL=0"
ALLOW_OLD_RENEGOTIATION = 0x4
"""OpenSSL's OP_LEGACY_SERVER_CONNECT, which pyOpenSSL does not name."""

FAULTS: Mapping[int, str] = MappingProxyType(
    {
        2: "was issued by an authority that is not trusted here",
        9: "is not valid yet",
        10: "has expired",
        18: "is self-signed",
        19: "was issued by an authority that is not trusted here",
        20: "was issued by an authority that is not trusted here, or its chain is incomplete",
        21: "was issued by an authority that is not trusted here, or its chain is incomplete",
        23: "was revoked",
        26: "is not meant for a web server",
        66: "has a key that is too weak",
        67: "was issued with a key that is too weak",
        68: "is signed by a method that is too weak",
    }
)
"""OpenSSL's numbers (X509_V_ERR_…) for what is wrong with a certificate."""

SIGNS = (
    ("wrong version number", "the server does not speak TLS on this port"),
    ("http request", "the server does not speak TLS on this port"),
    ("packet length too long", "the server does not speak TLS on this port"),
    ("unsupported protocol", "the server speaks only old versions of TLS"),
    ("protocol version", "the server speaks only old versions of TLS"),
    ("dh key too small", "the server's key exchange is too weak"),
    ("unsafe legacy renegotiation", "the server speaks only old versions of TLS"),
    ("handshake failure", "the server and gongwen have no cipher in common"),
)


class TlsFault(Told):
    """No secure connection: the certificate or the handshake is at fault."""


def terms(seed: Seed, url: str) -> dict[str, str]:
    """What a capture of this URL says of TLS: nothing, unless an exception holds for its host."""
    mode = seed.access.tls
    if mode == VERIFIED or not url.startswith("https:") or host_name(url) not in seed.hosts:
        return {}
    return {"tls": mode, "tls_reason": seed.access.tls_reason or ""}


def in_words(error: BaseException) -> str | None:
    """What went wrong in a handshake; None for an error that is not OpenSSL's.

    A connection that the system broke off is none: a second try may mend it.
    """
    if not isinstance(error, SSL.Error) or isinstance(error, SSL.SysCallError):
        return None
    told = "; ".join(" ".join(filter(None, part[2:])) for part in (error.args or ((),))[0])
    words = next((words for sign, words in SIGNS if sign in told), "the handshake failed")
    return f"no secure connection: {words} ({told})" if told else f"no secure connection: {words}"


@implementer(IPolicyForHTTPS)
class DeclaredTls:
    """Which TLS a host is asked with: the modern one, verified, unless its seed says otherwise."""

    def __init__(self, seed: Seed | None) -> None:
        self._seed = seed
        self._contexts: dict[bool, SSL.Context] = {}

    def creatorForNetloc(self, hostname: bytes, port: int) -> Creator:  # noqa: N802
        """The maker of connections to one host."""
        host = hostname.decode("ascii")
        literal = f"[{host}]" if ":" in host else host
        found = terms(self._seed, f"https://{literal}:{port}/") if self._seed else {}
        mode = found.get("tls", VERIFIED)
        return Creator(host, self._context(old=mode != VERIFIED), verify=mode != UNVERIFIED)

    def _context(self, *, old: bool) -> SSL.Context:
        if old not in self._contexts:
            self._contexts[old] = make_context(old=old)
        return self._contexts[old]


def make_context(*, old: bool) -> SSL.Context:
    """Versions, ciphers and trusted roots (SSL_CERT_FILE is obeyed); ``old`` from TLS 1.0 on."""
    lowest = {"insecurelyLowerMinimumTo": TLSVersion.TLSv1_0} if old else {}
    roots = platformTrust()  # type: ignore[no-untyped-call]
    options = CertificateOptions(trustRoot=roots, fixBrokenPeers=True, **lowest)
    context: SSL.Context = options.getContext()
    if old:
        context.set_cipher_list(LEGACY_CIPHERS)
        context.set_options(ALLOW_OLD_RENEGOTIATION)
    return context


@implementer(IOpenSSLClientConnectionCreator)
class Creator:
    """Makes connections to one host, and says what is wrong with its certificate."""

    def __init__(self, host: str, context: SSL.Context, *, verify: bool) -> None:
        self._host = host
        self._context = context
        self._verify = verify

    def clientConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:  # noqa: N802, N803
        """A connection that knows the name it expects."""
        connection = SSL.Connection(self._context, None)
        if not _is_address(self._host):
            connection.set_tlsext_host_name(self._host.encode("ascii"))
        check = _checking(self._host, tlsProtocol) if self._verify else _accept
        connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, check)
        return connection


Check = Callable[[SSL.Connection, Any, int, int, int], bool]


def _accept(_connection: Any, _certificate: Any, _error: int, _depth: int, _ok: int) -> bool:
    return True


def _checking(host: str, protocol: Any) -> Check:
    def check(_connection: Any, certificate: Any, error: int, depth: int, ok: int) -> bool:
        # An exception here would be lost in OpenSSL, and must not pass for consent.
        try:
            fault = FAULTS.get(error, f"is at fault (OpenSSL {error})") if not ok else None
            if fault is None and depth == 0 and not _names(certificate, host):
                fault = "is for another host"
        except Exception as broken:
            fault = f"cannot be read ({broken})"
        if fault is not None:
            words = f"no secure connection: the certificate of {host} {fault}"
            failure = Failure(TlsFault(words))  # type: ignore[no-untyped-call]
            protocol.failVerification(failure)
        return fault is None

    return check


def _names(certificate: Any, host: str) -> bool:
    expected: ServiceID = IPAddress_ID(host) if _is_address(host) else DNS_ID(host)
    try:
        verify_service_identity(extract_patterns(certificate), [expected], [])
    except (VerificationError, CertificateError):
        return False
    return True


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
