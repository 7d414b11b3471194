"""CMS families: how to recognise a site's system, read its articles and walk its lists."""

from __future__ import annotations

from archive.problems import Problem
from crawler.families.family import Family
from crawler.families.founder import FOUNDER
from crawler.families.generic import GENERIC
from crawler.families.gkmlpt import GKMLPT
from crawler.families.hanweb import HANWEB
from crawler.families.nfcms import NFCMS
from crawler.families.recognise import Recognition, recognise_among
from crawler.families.sudy import SUDY
from crawler.families.trs import TRS
from crawler.families.ucap import UCAP
from crawler.families.vsb import VSB
from pipelines.extraction.page import Page

FAMILIES: tuple[Family, ...] = (GKMLPT, HANWEB, TRS, SUDY, VSB, FOUNDER, NFCMS, UCAP)
"""In the order that decides between equal evidence: the least mistakable first."""


def recognise(page: Page) -> Recognition:
    """The family of a page with the evidence for it; ``generic`` when there is none."""
    return recognise_among(page, FAMILIES, GENERIC)


def family_named(name: str) -> Family:
    """The family a seed or a job names.

    Raises:
        Problem: no such family.

    """
    for family in (*FAMILIES, GENERIC):
        if family.name == name:
            return family
    known = ", ".join(family.name for family in (*FAMILIES, GENERIC))
    raise Problem(
        f"unknown family {name!r}", f"the families are {known}", "correct `family` in the seed file"
    )


__all__ = ["FAMILIES", "GENERIC", "Family", "Recognition", "family_named", "recognise"]
