"""Any other site: scoring finds what no hook names."""

from __future__ import annotations

from crawler.families.family import Family

GENERIC = Family(name="generic")
