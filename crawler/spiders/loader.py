"""Makes one spider class per seed file, so that Scrapy's own commands know the seeds.

``scrapy check`` finds no contracts, on purpose: a contract names a live address in a docstring and
asks it outside of any run, while a seed's address is data and its pages are judged with what the
archive knows of them. What contracts would hold is held by tests over sites on loopback.
"""

from __future__ import annotations

import builtins

from scrapy import Request, Spider
from scrapy.settings import BaseSettings

from crawler.environment import Environment
from crawler.seeds import ADHOC, Seed, load_seeds
from crawler.spiders.seed_spider import SeedSpider


class SeedSpiderLoader:
    """Scrapy's spider loader over the folder of seeds (``GONGWEN_SEEDS`` or the shipped one)."""

    def __init__(self) -> None:
        self._seeds = load_seeds(Environment().seeds)

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> SeedSpiderLoader:
        """Built by Scrapy."""
        return cls()

    def load(self, spider_name: str) -> type[Spider]:
        """The spider class of a seed; KeyError, as Scrapy wants it, for an unknown one."""
        if spider_name != ADHOC and spider_name not in self._seeds:
            raise KeyError(f"No seed has the id {spider_name!r}")
        return spider_class(self._seeds.find(spider_name))

    def list(self) -> list[str]:
        """The ids of all seeds."""
        return list(self._seeds)

    def find_by_request(self, request: Request) -> builtins.list[str]:
        """The seeds whose section holds the request's URL."""
        return [name for name, seed in self._seeds.items() if seed.covers(request.url)]


def spider_class(seed: Seed) -> type[SeedSpider]:
    """A spider class that walks this seed."""
    name = "".join(part.title() for part in seed.id.split("-")) + "Spider"
    return type(name, (SeedSpider,), {"name": seed.id, "seed": seed, "__doc__": seed.title})
