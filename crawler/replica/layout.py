"""One newspaper issue as printed today: which pages it has, which articles stand on each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crawler.replica.documents import Holdings
from crawler.replica.issues import Press
from crawler.replica.state import SiteState, Standing

FIRST_NODE = 2
"""Founder numbers page files from 2: ``node_2.htm`` is the front page."""


@dataclass(frozen=True, slots=True)
class NewsPage:
    """One page (版) with the articles its table of contents lists, in order."""

    number: str
    name: str
    node: int
    articles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue. ``printed`` is its date; only pages with articles are in ``pages``."""

    index: int
    printed: date
    pages: tuple[NewsPage, ...]


def press_of(held: Holdings) -> Press:
    """The print plan; a LookupError for a site that is no newspaper."""
    if held.press is None:
        raise LookupError(f"{held.site.name} prints no issues")
    return held.press


def issue_of(state: SiteState, document: int) -> int:
    """The issue an article stands in; a seed's by its date."""
    press = press_of(state.held)
    if document >= 0:
        return press.issue_of(document)
    found = press.issue_on(state.held.published(document))
    if found is None:
        raise LookupError("a seed article is dated on a day without an issue")
    return found


def place_of(state: SiteState, document: int) -> str:
    """The number of the page an article stands on."""
    return str(state.facts(document).fields["page_no"])


def last_issue(state: SiteState) -> int:
    """The newest issue by today."""
    return press_of(state.held).early_issues - 1 + state.world.day


def members(state: SiteState, index: int) -> list[int]:
    """Every article ever printed in an issue, seeds first."""
    press = press_of(state.held)
    seeds = [-1 - at for at in range(len(state.held.seeds))]
    return [each for each in seeds if issue_of(state, each) == index] + list(press.members(index))


def issue(state: SiteState, index: int) -> Issue:
    """An issue as its lists show it today."""
    press = press_of(state.held)
    shown: dict[str, list[int]] = {}
    for document in members(state, index):
        if state.standing(document) is Standing.LIVE:
            shown.setdefault(place_of(state, document), []).append(document)
    pages = (
        NewsPage(number, name, FIRST_NODE + at, tuple(shown.get(number, ())))
        for at, (number, name) in enumerate(press.pages)
    )
    return Issue(index, press.printed(index), tuple(page for page in pages if page.articles))
