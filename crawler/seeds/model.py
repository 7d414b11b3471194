"""What a seed file may say. Nothing else is accepted, and nothing is converted silently."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import ada_url
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from archive.addresses import host_name
from crawler.middlewares.hosts import LONGEST_PAUSE
from crawler.scheduler.schedule_text import Schedule, parse_duration, parse_schedule

ADHOC = "adhoc"
"""The reserved seed of pages asked for by hand that lie outside every other seed."""

ID_FORM = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def _check_id(value: str) -> str:
    if not ID_FORM.fullmatch(value):
        raise ValueError("allowed: 1 to 63 of a-z, 0-9 and -, not at either end")
    return value


def _check_url(value: str) -> str:
    try:
        url = ada_url.URL(value)
    except ValueError:
        raise ValueError("allowed: an absolute http or https address") from None
    if url.protocol not in ("http:", "https:") or not url.hostname:
        raise ValueError("allowed: an absolute http or https address")
    if url.username or url.password:
        raise ValueError("allowed: an address without user name and password")
    return value


def _check_schedule(value: str) -> str:
    parse_schedule(value)
    return value


def _check_duration(value: str) -> str:
    parse_duration(value)
    return value


def _check_family(value: str) -> str:
    # Imported late: only few seeds name a family, and reading them need not load any parser.
    from crawler.families import FAMILIES, GENERIC

    names = [family.name for family in (*FAMILIES, GENERIC)]
    if value not in names:
        raise ValueError(f"allowed: {', '.join(names)}")
    return value


Id = Annotated[str, AfterValidator(_check_id)]
HttpUrl = Annotated[str, AfterValidator(_check_url)]
ScheduleText = Annotated[str, AfterValidator(_check_schedule)]
Duration = Annotated[str, AfterValidator(_check_duration)]
Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Discover(_Strict):
    """Where documents are found; ``family`` only overrides recognition."""

    urls: Annotated[tuple[HttpUrl, ...], Field(strict=False)] = ()
    family: Annotated[str, AfterValidator(_check_family)] | None = None


class Expect(_Strict):
    """What a healthy run shows: at least so many list items; news within so many days."""

    min_items: Annotated[int, Field(ge=0)] = 1
    silent_days: Annotated[int, Field(ge=1)] | None = None


class Crawl(_Strict):
    """How the site is asked: seconds between requests, age of a page before it is asked again.

    ``timeout`` is the seconds that one request may take in all; ``patience`` those that a run
    waits for a host which asks for a pause: one that asks for more is left alone until then.
    ``attachments`` and ``images`` tell whether files and inline images of documents are fetched.
    """

    delay: Annotated[float, Field(ge=0, le=3600)] = 2.0
    recheck: Duration = "1d"
    timeout: Annotated[float, Field(ge=1, le=3600)] = 60.0
    patience: Annotated[float, Field(ge=0, le=3600)] = LONGEST_PAUSE
    max_pages: Annotated[int, Field(ge=1)] | None = None
    attachments: bool = True
    images: bool = True

    @property
    def recheck_micros(self) -> int:
        """``recheck`` in microseconds."""
        return parse_duration(self.recheck)


class Access(_Strict):
    """On what other terms than usual the site is asked; each has a reason and is recorded.

    ``tls`` holds for the hosts of the lists only: ``legacy`` accepts the old protocols and ciphers
    (TLS 1.0 and 1.1) of a server whose certificate is good, ``unverified`` any certificate as well.
    """

    tls: Literal["verified", "legacy", "unverified"] = "verified"
    tls_reason: Text | None = None

    @model_validator(mode="after")
    def _exception_has_a_reason(self) -> Access:
        if (self.tls == "verified") != (self.tls_reason is None):
            raise ValueError(
                'access.tls and access.tls_reason stand together; allowed: tls = "legacy" or '
                '"unverified" with a tls_reason in words, or neither'
            )
        return self


class Seed(_Strict):
    """One site section to watch. ``id`` is permanent: it keeps the history when a file is renamed.

    An unverified seed runs only when it is named.
    """

    id: Id
    title: Text
    publisher: Text | None = None
    region: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    rights: Literal["official", "press", "unknown"] = "unknown"
    schedule: ScheduleText | None = None
    verified: bool = False
    discover: Discover
    expect: Expect = Expect()
    crawl: Crawl = Crawl()
    access: Access = Access()

    @model_validator(mode="after")
    def _lists_are_named(self) -> Seed:
        if not self.discover.urls and self.id != ADHOC:
            raise ValueError("discover.urls is empty; allowed: at least one list address")
        return self

    @property
    def timing(self) -> Schedule | None:
        """The parsed schedule; None for a seed that runs only by hand."""
        return None if self.schedule is None else parse_schedule(self.schedule)

    @property
    def hosts(self) -> frozenset[str]:
        """The host names of the list addresses: politeness is per name, not per port."""
        return frozenset(host_name(url) for url in self.discover.urls)

    def covers(self, url: str) -> int:
        """How well a URL lies inside this section: characters of shared list folder, 0 if none."""
        asked = ada_url.URL(url)
        folders = [_folder(ada_url.URL(listed)) for listed in self.discover.urls]
        inside = [len(path) for host, path in folders if _inside(asked, host, path)]
        return max(inside, default=0)


def _folder(url: ada_url.URL) -> tuple[str, str]:
    return url.host, url.pathname.rpartition("/")[0] + "/"


def _inside(url: ada_url.URL, host: str, folder: str) -> bool:
    return url.host == host and url.pathname.startswith(folder)


def adhoc_seed() -> Seed:
    """The seed that no file describes: no lists, no schedule, runs only when asked."""
    return Seed(
        id=ADHOC,
        title="Pages asked for by hand",
        verified=True,
        discover=Discover(),
        expect=Expect(min_items=0),
    )
