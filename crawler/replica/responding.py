"""From a path on a site to the page it serves: pure, and the same for the same world."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crawler.replica import binaries, charts, founder, municipal, rendering, sudy, trs
from crawler.replica.addresses import article_serial, file_serial, image_serial, list_page
from crawler.replica.changes import ChangeKind
from crawler.replica.markup import Html
from crawler.replica.state import SiteState, Standing

DAY_ZERO = datetime(2024, 6, 3, 0, 30, tzinfo=UTC)
ETAGS = frozenset({"trs", "sudy", "founder"})
STAMPS = frozenset({"trs", "municipal"})
"""Which families send an ETag, and which a Last-Modified, with pages that stand still."""

BARE_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
ROBOTS = {"trs": "User-agent: *\nDisallow: /private/\n", "sudy": "User-agent: *\nDisallow:\n"}
ARTICLES: dict[str, Callable[[SiteState, int], Html]] = {
    "trs": trs.article,
    "sudy": sudy.article,
    "municipal": municipal.article,
    "founder": founder.article,
}
LISTINGS: dict[str, Callable[[SiteState, int], Html]] = {
    "trs": trs.listing,
    "sudy": sudy.listing,
    "municipal": municipal.listing,
}


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. ``moving`` bodies hold marks to be filled at every request, no validators."""

    status: int
    content_type: str
    body: bytes
    etag: str | None = None
    last_modified: datetime | None = None
    location: str | None = None
    moving: bool = False
    visits: int = 0


def respond(state: SiteState, target: str) -> Page:
    """The page at a path with its query."""
    for find in (_listing, _article, _file, _image, _landing, _news_page, _plain):
        page = find(state, target)
        if page:
            return page
    return _error(404)


def _listing(state: SiteState, target: str) -> Page | None:
    number = list_page(state.family, target)
    if number is None:
        return None
    if not 1 <= number <= rendering.pages(state):
        return _error(404)
    moving = state.family == "municipal" and municipal.moving(state)
    markup = LISTINGS[state.family](state, number)
    return _html(state, markup, state.world.day, moving=moving, visits=number)


def _article(state: SiteState, target: str) -> Page | None:
    serial = article_serial(state.family, target)
    document = None if serial is None else state.document(serial)
    if document is None:
        return None
    standing, path = state.standing(document), state.path(document)
    if target not in (path, state.path(document, moved=False)):
        return None
    if standing is Standing.WITHDRAWN:
        return _error(410 if document % 2 else 404)
    if target != path:
        return _moved(state, path)
    return _document(state, document)


def _document(state: SiteState, document: int) -> Page:
    moving = state.family == "sudy" or (state.family == "municipal" and municipal.moving(state))
    visits = state.facts(document).visits + 17 * state.noise(document)
    markup = ARTICLES[state.family](state, document)
    return _html(state, markup, state.last_change(document), moving=moving, visits=visits)


def _moved(state: SiteState, path: str) -> Page:
    page = _error(301)
    location = state.world.origin(state.site) + path
    return Page(page.status, page.content_type, page.body, location=location)


def _file(state: SiteState, target: str) -> Page | None:
    found = file_serial(state.family, target)
    document = None if found is None else state.document(found[0])
    if found is None or document is None:
        return None
    file = next((each for each in state.files(document) if each.position == found[1]), None)
    if file is None or not target.endswith(file.path.rpartition("/")[2]):
        return None
    body = file_bytes(state, document, file.position)
    days = [each.day for each in state.changes(document) if each.kind is ChangeKind.ATTACHMENT]
    day = days[-1] if days and file.revision else state.held.born(document)
    kind = binaries.CONTENT_TYPES[file.extension]
    return _validated(state, Page(200, kind, body), day, files=True)


def _image(state: SiteState, target: str) -> Page | None:
    found = image_serial(state.family, target)
    document = None if found is None else state.document(found[0])
    if found is None or document is None or target not in state.images(document):
        return None
    body = charts.chart(state.world.number, state.family, document, found[1])
    page = Page(200, charts.CONTENT_TYPE, body)
    return _validated(state, page, state.held.born(document), files=True)


def file_bytes(state: SiteState, document: int, position: int) -> bytes:
    """The bytes of a document's file as served today."""
    file = state.files(document)[position]
    identity = (state.world.number, state.family, document, position, file.revision)
    return binaries.content(
        state.facts_after(document, 0).files[position].name, file.extension, *identity
    )


def _landing(state: SiteState, target: str) -> Page | None:
    if target not in ("/", "/index.html", "/index.htm"):
        return None
    if state.family == "founder":
        return _html(state, founder.landing(state), state.world.day)
    return _html(state, Html(BARE_PAGE.format(state.site.title)), 0)


def _news_page(state: SiteState, target: str) -> Page | None:
    found = founder.page_at(state, target) if state.family == "founder" else None
    return _html(state, founder.page(state, *found), state.world.day) if found else None


def _plain(state: SiteState, target: str) -> Page | None:
    if target == "/robots.txt" and state.family in ROBOTS:
        return Page(200, "text/plain", ROBOTS[state.family].encode())
    if target.startswith("/private/") and state.family == "trs":
        return _html(state, Html(BARE_PAGE.format("内部通知")), 0)
    return None


def _html(
    state: SiteState, markup: Html, day: int, *, moving: bool = False, visits: int = 0
) -> Page:
    """Markup in the site's encoding; the old portal leaves its charset to the page's meta."""
    encoding = state.site.encoding
    kind = "text/html" if encoding != "utf-8" else "text/html; charset=utf-8"
    page = Page(200, kind, markup.encode(encoding), moving=moving, visits=visits)
    return page if moving else _validated(state, page, day)


def _validated(state: SiteState, page: Page, day: int, *, files: bool = False) -> Page:
    """The page with the validators its site sends; static files carry both everywhere."""
    etag = hashlib.sha256(page.body).hexdigest()[:20]
    return Page(
        page.status,
        page.content_type,
        page.body,
        etag=f'"{etag}"' if state.family in ETAGS else None,
        last_modified=DAY_ZERO + timedelta(days=day) if files or state.family in STAMPS else None,
    )


def _error(status: int) -> Page:
    names = {301: "301 Moved Permanently", 404: "404 Not Found", 410: "410 Gone"}
    return Page(status, "text/html", BARE_PAGE.format(names[status]).encode())
