"""Seeds: the site sections we watch, one strict TOML file each."""

from crawler.seeds.loader import load_seeds
from crawler.seeds.model import ADHOC, Crawl, Discover, Expect, Seed, adhoc_seed
from crawler.seeds.shelf import SeedError, SeedFile, Seeds

__all__ = [
    "ADHOC",
    "Crawl",
    "Discover",
    "Expect",
    "Seed",
    "SeedError",
    "SeedFile",
    "Seeds",
    "adhoc_seed",
    "load_seeds",
]
