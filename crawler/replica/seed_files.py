"""One seed file per site, so that gongwen can be pointed at the replica."""

from __future__ import annotations

from pathlib import Path

from crawler.replica.addresses import start_path
from crawler.replica.sites import Site, World, sites

RECOGNISED = frozenset({"sudy", "municipal"})
"""Sites whose seed names no family, so that recognition is put to use."""


def write_seeds(world: World, folder: Path) -> list[Path]:
    """Write ``replica-<site>.toml`` for every site; the folder is made when it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for site in sites():
        path = folder / f"replica-{site.name}.toml"
        path.write_text(seed_text(world, site), "utf-8")
        written.append(path)
    return written


def seed_text(world: World, site: Site) -> str:
    """The seed file of one site."""
    family = "" if site.name in RECOGNISED else f'family = "{site.name}"\n'
    return (
        f'id        = "replica-{site.name}"\n'
        f'title     = "{site.title} {site.column}"\n'
        f'publisher = "{site.publisher}"\n'
        f'region    = "{site.region}"\n'
        f'rights    = "{site.rights}"\n'
        'schedule  = "every 5s"   # a demo should not have to wait\n'
        "verified  = true\n\n"
        "[discover]\n"
        f'urls   = ["{world.origin(site)}{start_path(site.name)}"]\n'
        f"{family}\n"
        "[expect]\n"
        "min_items = 1   # the newest newspaper issue may hold a single page\n\n"
        "[crawl]\n"
        "# Our own machine on loopback: nobody is disturbed, and every check is wanted at once.\n"
        "delay   = 0\n"
        'recheck = "0s"\n'
    )
