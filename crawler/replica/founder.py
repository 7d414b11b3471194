"""Founder newspaper pages: issue, page and article, each with the page's table of contents."""

from __future__ import annotations

import re
from datetime import date

from crawler.replica import rendering
from crawler.replica.layout import (
    Issue,
    NewsPage,
    issue,
    issue_of,
    last_issue,
    place_of,
    press_of,
)
from crawler.replica.markup import Html, Parts, lines, load
from crawler.replica.state import SiteState

_NODE = re.compile(r"^/html/(\d{4})-(\d\d)/(\d\d)/node_(\d+)\.htm$")


def node_path(printed: date, node: int) -> str:
    """The path of a page of an issue."""
    return f"/html/{printed:%Y-%m}/{printed:%d}/node_{node}.htm"


def date_text(printed: date) -> str:
    """The date line; a script that never ran should have added the weekday."""
    return f"{printed.year} 年 {printed.month:02d} 月 {printed.day:02d} 日 星期"


def landing(state: SiteState) -> Html:
    """The front door: it sends the reader on to the newest issue."""
    newest = issue(state, last_issue(state))
    parts = load(state.family, state.variant)
    href = node_path(newest.printed, newest.pages[0].node).lstrip("/")
    return parts.fill("landing", site=state.site.title, href=href)


def page_at(state: SiteState, path: str) -> tuple[Issue, NewsPage] | None:
    """The issue and page that a path names, when it is printed by today."""
    found = _NODE.match(path)
    if not found:
        return None
    try:
        printed = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    index = press_of(state.held).issue_on(printed)
    if index is None or not 0 <= index <= last_issue(state):
        return None
    found_issue = issue(state, index)
    pages = [page for page in found_issue.pages if page.node == int(found[4])]
    return (found_issue, pages[0]) if pages else None


def page(state: SiteState, its_issue: Issue, its_page: NewsPage) -> Html:
    """A page (版): image map, table of contents, the issue's pages, neighbouring issues."""
    parts = load(state.family, state.variant)
    links = [
        parts.fill(
            "page_link", href=f"node_{each.node}.htm", page_no=each.number, page_name=each.name
        )
        for each in its_issue.pages
    ]
    return parts.fill(
        "page",
        **_frame(parts, state, its_issue, its_page),
        date=its_issue.printed.isoformat(),
        image=f"b{its_page.number}.jpg",
        pages=lines(links),
        issues=_issues(parts, state, its_issue),
    )


def article(state: SiteState, document: int) -> Html:
    """An article page, the table of contents of its page beside it."""
    parts, facts = load(state.family, state.variant), state.facts(document)
    its_issue = issue(state, issue_of(state, document))
    its_page = _its_page(its_issue, place_of(state, document))
    fields = facts.fields
    before, after = _neighbours(state, its_page, document)
    shown = {name: fields[name] or "" for name in ("title", "subtitle", "kicker", "author")}
    frame = _frame(parts, state, its_issue, its_page)
    frame |= {"page_no": fields["page_no"], "page_name": fields["page_name"]}
    return parts.fill(
        "article",
        **frame,
        **shown,
        serial=state.serial(document),
        node=its_page.node,
        date=its_issue.printed.isoformat(),
        kicker_row=_row(parts, "kicker", fields["kicker"]),
        subtitle_row=_row(parts, "subtitle", fields["subtitle"]),
        before=before,
        after=after,
        run_on="".join(state.facts(each).fields["title"] or "" for each in its_page.articles),
        body=rendering.body(parts, state, document),
        token=rendering.token(state, document),
    )


def _its_page(its_issue: Issue, number: str) -> NewsPage:
    """The page by its number; an empty one when all its articles are gone from the lists."""
    found = [page for page in its_issue.pages if page.number == number]
    return found[0] if found else NewsPage(number, "", 0, ())


def _row(parts: Parts, name: str, text: str | None) -> Html:
    return parts.fill(name, text=text) if text else Html("")


def _frame(
    parts: Parts, state: SiteState, its_issue: Issue, its_page: NewsPage
) -> dict[str, object]:
    """What page and article have in common."""
    rows, areas = [], []
    for at, each in enumerate(its_page.articles):
        entry = {
            "title": state.facts(each).fields["title"],
            "href": f"content_{state.serial(each)}.htm",
            "serial": state.serial(each),
            "coords": f"8,{20 + 90 * at},392,{20 + 90 * at},392,{100 + 90 * at},8,{100 + 90 * at}",
        }
        rows.append(parts.fill("row", **entry))
        areas.append(parts.fill("area", **entry))
    return {
        "site": state.site.title,
        "page_no": its_page.number,
        "page_name": its_page.name,
        "date_text": date_text(its_issue.printed),
        "rows": lines(rows),
        "areas": lines(areas),
        "turns": _turns(parts, its_issue, its_page),
        "footer": parts.fill("footer", site=state.site.title),
    }


def _turns(parts: Parts, its_issue: Issue, its_page: NewsPage) -> Html:
    """Links to the page before and after within the issue."""
    nodes = [each.node for each in its_issue.pages]
    before = [node for node in nodes if node < its_page.node]
    after = [node for node in nodes if node > its_page.node]
    links = []
    if before:
        links.append(parts.fill("previous_page", href=f"node_{before[-1]}.htm"))
    if after:
        links.append(parts.fill("next_page", href=f"node_{after[0]}.htm"))
    return Html(" ".join(links))


def _issues(parts: Parts, state: SiteState, its_issue: Issue) -> Html:
    """Links to the front pages of the issues before and after."""
    links = []
    for name, step in (("previous_issue", -1), ("next_issue", 1)):
        index = its_issue.index + step
        if 0 <= index <= last_issue(state):
            other = issue(state, index)
            href = rendering.relative(
                node_path(other.printed, other.pages[0].node), node_path(its_issue.printed, 2)
            )
            links.append(parts.fill(name, href=href))
    return Html(" ".join(links))


def _neighbours(state: SiteState, its_page: NewsPage, document: int) -> tuple[str, str]:
    """Links to the articles before and after on the page; ``#`` at its ends."""
    around = ["#", *(f"content_{state.serial(each)}.htm" for each in its_page.articles), "#"]
    own = f"content_{state.serial(document)}.htm"
    at = around.index(own) if own in around else 0
    return around[max(at - 1, 0)], around[min(at + 1, len(around) - 1)]
