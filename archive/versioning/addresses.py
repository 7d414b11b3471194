"""Attachment addresses as compared: without sessions, tokens, cache busters and scheme."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

_PASSING = frozenset(
    {
        "token",
        "access_token",
        "accesstoken",
        "csrf",
        "csrftoken",
        "csrf_token",
        "jsessionid",
        "phpsessid",
        "sessionid",
        "session_id",
        "session",
        "sess",
        "aspsessionid",
        "cfid",
        "cftoken",
        "sign",
        "signature",
        "sig",
        "auth",
        "auth_key",
        "authkey",
        "expires",
        "expire",
        "expiry",
        "nonce",
        "timestamp",
        "timestap",
        "rand",
        "random",
        "rnd",
        "nocache",
        "nd",
        "_",
        "_t",
        "ticket",
        "ossaccesskeyid",
        "awsaccesskeyid",
        "security-token",
        "q-sign-algorithm",
        "q-ak",
        "q-sign-time",
        "q-key-time",
        "q-header-list",
        "q-url-param-list",
        "q-signature",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "utm_term",
        "utm_content",
        "spm",
        "from_source",
    }
)
_PASSING_PREFIXES = ("x-amz-", "x-oss-", "x-cos-", "x-obs-")
_MOMENTARY = frozenset({"t", "ts", "r", "v", "time", "tm", "date", "sid"})
_MOMENT_VALUE = re.compile(r"0\.\d{4,}|1\d{9}|1\d{12}|20\d{12}|[0-9a-fA-F]{32,}")
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sessionid|sid)=[^/;]*", re.I)
_DOTNET_SESSION = re.compile(r"/\(S\([a-z0-9]{20,30}\)\)", re.I)


def steady_address(url: str) -> str:
    """The address by which an attachment is the same file; relative addresses stay relative."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url.strip()
    # Old sites escape GBK bytes: surrogates keep different names different.
    path = unquote(parts.path, errors="surrogateescape").removeprefix("./")
    path = _DOTNET_SESSION.sub("", _PATH_SESSION.sub("", path))
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
    named = sorted(pair for pair in pairs if not _is_passing(*pair))
    query = "?" + urlencode(named, errors="surrogateescape") if named else ""
    host = f"//{parts.netloc.lower()}" if parts.netloc else ""
    return f"{host}{path}{query}" or url.strip()


def _is_passing(name: str, value: str) -> bool:
    lowered = name.lower()
    if lowered in _PASSING or lowered.startswith(_PASSING_PREFIXES):
        return True
    return lowered in _MOMENTARY and _MOMENT_VALUE.fullmatch(value) is not None
