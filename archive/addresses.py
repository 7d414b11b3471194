"""Addresses as identities: one canonical key per page, one name per host, mobile twins.

Parsing is WHATWG's (ada), the key is w3lib's canonical form. The address itself is never
changed: it is asked for as the site wrote it, only the key decides whether two are one page.
"""

from __future__ import annotations

import re

from ada_url import URL
from w3lib.url import canonicalize_url

from archive.problems import Problem

TRACKING = frozenset(
    [
        "spm",
        "scm",
        "fbclid",
        "gclid",
        "dclid",
        "msclkid",
        "yclid",
        "hmsr",
        "hmpl",
        "hmcu",
        "hmkw",
        "hmci",
        "bd_vid",
        "nsukey",
        "isappinstalled",
        "tdsourcetag",
        "wx_header",
        "share_token",
        "mkt_tok",
        "mc_cid",
        "mc_eid",
    ]
)
TRACKING_PREFIXES = ("utm_", "pk_", "mtm_")
SESSIONS = frozenset(
    ["jsessionid", "phpsessid", "aspsessionid", "sessionid", "session_id", "cfid", "cftoken"]
)
WECHAT_SHARES = frozenset(["singlemessage", "groupmessage", "timeline"])

LONGEST = 2000
"""Characters a key may have; PostgreSQL indexes no more than about 2,700 bytes."""

_USER_INFO = re.compile(r"^(\s*[a-z][a-z0-9+.-]*:[/\\]+)[^\s?#]*@", re.I)
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*|/\(S\([0-9a-z]+\)\)", re.I)

# A mobile page and the desktop page that shows the same document, by path.
_MOBILE = (
    (re.compile(r"/mpost_(\d+)(\.\w+)$"), r"/post_\1\2"),
    (re.compile(r"/pagem(\.\w+)$"), r"/page\1"),
)
_DESKTOP = (
    (re.compile(r"/post_(\d+)(\.\w+)$"), r"/mpost_\1\2"),
    (re.compile(r"(/c\d+a\d+)/page(\.\w+)$"), r"\1/pagem\2"),
)


def url_key(url: str) -> str:
    """The canonical form that names a page: scheme twins, tracking and sessions collapse.

    ``https`` on its default port is written ``http``, so that both schemes share one key. Raises
    :class:`Problem` for anything that is not an absolute http or https address, or too long a one.
    """
    parsed = _parse(url)
    if parsed.protocol == "https:" and not parsed.port:
        parsed.protocol = "http:"
    parsed.username = parsed.password = parsed.hash = ""
    parsed.pathname = _PATH_SESSION.sub("", parsed.pathname)
    parsed.search = _without_noise(parsed.search)
    key = canonicalize_url(parsed.href)
    if len(key) > LONGEST:
        raise Problem(
            f"{without_credentials(url)[:80]}… is too long an address",
            f"it has {len(key)} characters, {LONGEST} can be kept",
            "Check the address",
        )
    return key


def host_name(url: str) -> str:
    """The name or address that leases and politeness hold to, whatever the scheme and port.

    The dot that ends a whole name is left out: with and without it, one server answers.
    """
    return _undotted(_parse(url).hostname)


def origin(url: str) -> str:
    """``scheme://name:port``, default ports left out: what one robots.txt speaks for."""
    parsed = _parse(url)
    parsed.hostname = _undotted(parsed.hostname)
    return parsed.origin


def without_credentials(url: str) -> str:
    """The same address without user name and password; one that has none is left as it is."""
    try:
        parsed = URL(url)
    except (ValueError, UnicodeEncodeError):
        return _USER_INFO.sub(r"\1", url)
    if not parsed.username and not parsed.password:
        return url
    parsed.username = parsed.password = ""
    return parsed.href


def twin_keys(key: str) -> tuple[str, ...]:
    """The keys of the other form (mobile or desktop) of the page that ``key`` names."""
    parsed = URL(key)
    for pattern, form in (*_MOBILE, *_DESKTOP):
        path, count = pattern.subn(form, parsed.pathname)
        if count:
            parsed.pathname = path
            return (canonicalize_url(parsed.href),)
    return ()


def _undotted(name: str) -> str:
    return name.removesuffix(".") or name


def _parse(url: str) -> URL:
    try:
        parsed = URL(url)
    except (ValueError, UnicodeEncodeError):
        parsed = None
    if parsed is None or parsed.protocol not in ("http:", "https:"):
        what = f"{without_credentials(url)!r} is no address"
        raise Problem(what, "it is not an absolute http or https URL", "Check the address")
    return parsed


def _without_noise(search: str) -> str:
    if len(search) < 2:
        return ""
    kept = [part for part in search[1:].split("&") if part and not _is_noise(part)]
    return "?" + "&".join(kept) if kept else ""


def _is_noise(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    name = name.lower()
    return (
        name in TRACKING
        or name in SESSIONS
        or name.startswith(("aspsessionid", *TRACKING_PREFIXES))
        or (name == "from" and value in WECHAT_SHARES)
    )
