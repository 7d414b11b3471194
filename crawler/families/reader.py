"""What a worker runs: the bytes of one page in, frozen data out."""

from __future__ import annotations

from archive.records import ListItem, PageKind, ResourceKind
from crawler.families import family_named, recognise
from crawler.families.family import Family
from pipelines.extraction.article import extract
from pipelines.extraction.guard import judge
from pipelines.extraction.page import Page, parse
from pipelines.reading import Job, Reading


def read(job: Job) -> Reading:
    """Parse, guard, recognise, then read the list or the article.

    A page that the guard stops comes back with its kind and reason, and nothing else.
    """
    page = parse(job.body, job.header("content-type"), job.url, job.headers)
    stopped = judge(job.status, job.headers, page.source, job.url)
    if stopped is not None:
        kind, reason = stopped
        return Reading(kind, reason=reason)
    family = family_named(job.family) if job.family else recognise(page).family
    if job.kind is ResourceKind.LIST:
        return _read_list(page, family)
    return _read_article(page, family, job.day_first, job.list_item, job)


def _read_list(page: Page, family: Family) -> Reading:
    from crawler.families.listing import read_list  # noqa: PLC0415 - the list finder knows families

    listing = read_list(page, family)
    reason = None if listing.items else "the page lists nothing"
    return Reading(PageKind.LIST, listing=listing, reason=reason)


def _read_article(
    page: Page, family: Family, day_first: bool | None, item: ListItem | None, job: Job
) -> Reading:
    extraction = extract(
        page,
        family.article,
        family=family.name,
        day_first=day_first,
        list_item=item,
        known_region=job.known_region,
        known_text=job.known_text,
    )
    return Reading(extraction.kind, extraction=extraction, reason=extraction.reason)
