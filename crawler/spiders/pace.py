"""How fast a seed's spider may ask, and under which name."""

from __future__ import annotations

from scrapy.settings import BaseSettings

from crawler.environment import Environment
from crawler.gate import Gate
from crawler.runner.admission import first_refusal
from crawler.seeds import Seed
from crawler.spiders.identity import user_agent

LEAST_DELAY = 1.0
"""Seconds between requests to a host that the operator did not name as his own."""

OWN_CONCURRENCY = 16
CONCURRENCY = ("CONCURRENT_REQUESTS_PER_DOMAIN", "OWN_CONCURRENCY")


def set_pace(settings: BaseSettings, seed: Seed) -> None:
    """Set pace and User-Agent of a seed's spider.

    Delay 0 and several requests at once hold only for addresses the operator allowed. Raises
    Problem when the seed must not be asked with these settings.
    """
    environment = Environment()
    gate = Gate(environment.allow_addresses)
    delay = seed.crawl.delay
    own = [gate.is_ours(url) for url in seed.discover.urls]
    if problem := first_refusal(f"Seed {seed.id}", seed.discover.urls, environment):
        raise problem
    settings.set("USER_AGENT", user_agent(environment.contact), priority="spider")
    settings.set("DOWNLOAD_DELAY", max(delay, LEAST_DELAY), priority="spider")
    settings.set("OWN_DELAY", delay, priority="spider")
    settings.set("DOWNLOAD_TIMEOUT", seed.crawl.timeout, priority="spider")
    settings.set("LONGEST_PAUSE", seed.crawl.patience, priority="spider")
    if any(own) and not delay:
        for name in CONCURRENCY:
            settings.set(name, OWN_CONCURRENCY, priority="spider")
