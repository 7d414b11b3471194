"""Sort-friendly keys of addresses, as replay programs look captures up: ``cn,gov,cq)/a?b=c``.

The rules are those that replay programs share, and a key is only of use when it is theirs to the
byte. They are wider than :func:`archive.addresses.url_key`: case, ``www`` and session ids count
for nothing, and escapes are undone as often as they can be.
"""

from __future__ import annotations

import re
from urllib.parse import quote_from_bytes, unquote_to_bytes

from ada_url import URL

_PLAIN = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
"""What stands for itself in a key, beside letters and digits."""

_WWW = re.compile(r"^www\d*\.")
_PATH_SESSION = re.compile(
    rb"/\((?:(?:[a-z]\([0-9a-z]{24}\))+|[0-9a-z]{24})\)(?=/[^?]+\.aspx)",
)
_QUERY_SESSIONS = tuple(
    re.compile(form + rb"(?:&|$)")
    for form in (
        rb"jsessionid=[0-9a-z]{32}",
        rb"phpsessid=[0-9a-z]{32}",
        rb"sid=[0-9a-z]{32}",
        rb"aspsessionid[a-z]{8}=[a-z]{24}",
        rb"cfid=[^&]+&cftoken=[^&]+",
    )
)


def surt_key(url: str) -> str:
    """The key of an absolute http or https address; ValueError for anything else."""
    parsed = URL(url)
    port = f":{parsed.port}" if parsed.port else ""
    path = _path(parsed.pathname)
    query = _query(parsed.search.removeprefix("?"))
    return f"{_host(parsed.hostname)}{port}){path}" + (f"?{query}" if query else "")


def _host(name: str) -> str:
    """The labels of a name or IPv4 address from the last to the first."""
    labels = _WWW.sub("", name.strip("[].")).split(".")
    return ",".join(reversed(labels))


def _path(path: str) -> str:
    """The path without empty parts, dots, or a slash at its end."""
    kept: list[bytes] = []
    # The parser resolved dots already, but not those that stood behind several escapes.
    for part in _unescaped(path).split(b"/")[1:]:
        if part == b".." and kept:
            kept.pop()
        elif part != b".":
            kept.append(part)
    key = _escaped(b"/" + b"/".join(filter(None, kept)))
    return _PATH_SESSION.sub(b"", key).decode("ascii")


def _query(query: str) -> str:
    key = _escaped(_unescaped(query))
    for session in _QUERY_SESSIONS:
        for found in list(session.finditer(key))[-1:]:
            key = key[: found.start()] + key[found.end() :]
    parameters = sorted(key.split(b"&"), key=lambda parameter: parameter.split(b"=", 1))
    return b"&".join(parameters).decode("ascii")


def _unescaped(text: str) -> bytes:
    """Bytes without percent escapes, also without those that only appear on the way."""
    before, after = b"", text.encode()
    while before != after:
        before, after = after, unquote_to_bytes(after)
    return after


def _escaped(content: bytes) -> bytes:
    return quote_from_bytes(content, safe=_PLAIN).lower().encode("ascii")
