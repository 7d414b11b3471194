"""How the replica's tests look at a page: as text without white space, by known containers."""

from __future__ import annotations

import re
from datetime import date

from lxml import html

from crawler.replica.numbering import arabic_date, chinese_date
from crawler.replica.responding import Page, respond
from crawler.replica.sites import World, sites
from crawler.replica.state import SiteState

BODIES = (
    "//*[contains(@class,'trs_paper_default') or @class='TRS_Editor' or"
    " contains(@class,'trs_editor_view')]",
    "//*[@class='wp_articlecontent']",
    "//td[@class='nr'] | //*[@id='newscontent'] | //*[@class='show_text']",
    "//*[@id='ozoom']",
)
NUMBERS = (1, 2, 3)
"""Three numbers under which every site starts in each of its variants once."""


def state(name: str, *, number: int = 1, day: int = 0, documents: int = 50) -> SiteState:
    site = next(site for site in sites() if site.name == name)
    return SiteState(World(8000, documents, day, number), site)


def states(*, number: int = 1, day: int = 0, documents: int = 50) -> list[SiteState]:
    return [state(site.name, number=number, day=day, documents=documents) for site in sites()]


def served(state: SiteState, document: int) -> Page:
    return respond(state, state.path(document))


def markup(state: SiteState, page: Page) -> str:
    return page.body.decode(state.site.encoding)


def tree(state: SiteState, page: Page) -> html.HtmlElement:
    return html.document_fromstring(markup(state, page))


def bare(text: str) -> str:
    """Text without white space and cell borders."""
    return re.sub(r"[\s|]+", "", text)


def body_text(state: SiteState, document: int) -> str:
    root = tree(state, served(state, document))
    found = [element for path in BODIES for element in root.xpath(path)]
    assert len(found) == 1
    return bare(found[0].text_content())


def visible(root: html.HtmlElement) -> str:
    for element in root.xpath("//script | //style"):
        element.drop_tree()
    return bare(root.text_content())


def date_forms(value: str) -> list[str]:
    day = date.fromisoformat(value)
    return [
        value,
        f"{day:%d.%m.%Y}",
        f"{day.year}年{day:%m}月{day:%d}日",
        arabic_date(day),
        chinese_date(day),
    ]
