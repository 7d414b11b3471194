"""What a worker runs: the bytes of one page in, frozen data out."""

from __future__ import annotations

from archive.records import PageKind, ResourceKind
from crawler.families import family_named, recognise
from crawler.families.attached import read_attached
from crawler.families.family import Family
from crawler.families.list_papers import landing_target
from crawler.families.listing import read_list
from pipelines.extraction.article import extract
from pipelines.extraction.foreign import foreign_content
from pipelines.extraction.guard import judge, redirect_target
from pipelines.extraction.page import Page, parse
from pipelines.reading import Job, Reading


def read(job: Job) -> Reading:
    """Parse, guard, recognise, then read the list or the article.

    A page that the guard stops comes back with its kind and reason, and nothing else; so does
    a picture or another file in a page's place.
    """
    if job.kind is ResourceKind.ATTACHMENT:
        return read_attached(job)
    page = parse(job.body, job.header("content-type"), job.url, job.headers)
    foreign = foreign_content(job.body, page.encoding.name)
    if foreign is not None:
        return Reading(PageKind.OTHER, reason=foreign)
    stopped = judge(job.status, job.headers, page.source, job.url)
    lists = job.kind is ResourceKind.LIST
    if stopped is not None and not (lists and _leads_on(page, stopped[0])):
        kind, reason = stopped
        return Reading(kind, reason=reason)
    family = family_named(job.family) if job.family else recognise(page).family
    return _read_list(page, family, job) if lists else _read_article(page, family, job)


def _leads_on(page: Page, kind: PageKind) -> bool:
    """A stub in a list's place may be a newspaper's front door, which opens on its own."""
    return kind is PageKind.OTHER and landing_target(page) is not None


def _read_list(page: Page, family: Family, job: Job) -> Reading:
    listing = read_list(page, family, day_first=job.day_first)
    empty = not listing.items and listing.next_page is None
    return Reading(PageKind.LIST, listing=listing, reason="lists nothing" if empty else None)


def _read_article(page: Page, family: Family, job: Job) -> Reading:
    extraction = extract(
        page,
        family.article,
        family=family.name,
        day_first=job.day_first,
        list_item=job.list_item,
        known_region=job.known_region,
        known_text=job.known_text,
    )
    if not extraction.text and redirect_target(page.source) is not None:
        # Its title is the list's: the page itself only sends people on.
        return Reading(PageKind.OTHER, reason="shows nothing and leads elsewhere by itself")
    return Reading(extraction.kind, extraction=extraction, reason=extraction.reason)
