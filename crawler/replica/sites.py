"""The four sites, where they listen, and how many documents each holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from ipaddress import IPv4Address

from archive.problems import Problem
from crawler.replica import data

FIRST_ADDRESS = "127.0.0.11"
FEWEST_DOCUMENTS = 40


@dataclass(frozen=True, slots=True)
class Site:
    """One site as the visitor sees it; ``ordinal`` counts from 0 and gives it its address.

    ``today`` is the calendar day that day 0 of the world stands for.
    """

    ordinal: int
    name: str
    title: str
    column: str
    publisher: str
    short: str
    region: str
    rights: str
    encoding: str
    today: date
    region_code: str
    organ: str


@dataclass(frozen=True, slots=True)
class World:
    """Everything the replica depends on: the same world serves the same bytes."""

    port: int
    documents: int = 50
    day: int = 0
    number: int = 1
    first_address: str = FIRST_ADDRESS

    def origin(self, site: Site) -> str:
        """Scheme, address and port of a site, without a trailing slash."""
        return f"http://{self.address(site)}:{self.port}"

    def address(self, site: Site) -> str:
        """The loopback address a site listens on."""
        return str(IPv4Address(self.first_address) + site.ordinal)


@cache
def sites() -> tuple[Site, ...]:
    """All sites, in the order of their addresses."""
    rows = data.table("sites")["site"]
    return tuple(Site(ordinal=ordinal, **row) for ordinal, row in enumerate(rows))


def checked(world: World) -> World:
    """The world itself; a Problem when it cannot hold every kind of event."""
    if world.documents < FEWEST_DOCUMENTS:
        raise Problem(
            "The replica is too small",
            f"{world.documents} documents cannot show every kind of change",
            f"Ask for at least {FEWEST_DOCUMENTS}: --documents {FEWEST_DOCUMENTS}",
            exit_code=2,
        )
    if world.day < 0:
        raise Problem(
            "There is no such day", f"day {world.day} is before day 0", "Use --day 0", exit_code=2
        )
    return world


def share(documents: int, site: Site) -> int:
    """How many of all documents a site holds on day 0; early sites take the remainder."""
    each, rest = divmod(documents, len(sites()))
    return each + (site.ordinal < rest)


def born_per_day(count: int, name: str) -> int:
    """How many documents a site of ``count`` adds each day; a newspaper prints at least three."""
    return max(3 if name == "founder" else 1, count // 50)


def calendar(site: Site, day: int) -> date:
    """The date a site prints on a day of the world."""
    return site.today + timedelta(days=day)
