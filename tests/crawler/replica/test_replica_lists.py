from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from lxml import html
from replica_reading import NUMBERS, markup, state, states

from crawler.replica.addresses import list_page, list_path, start_path
from crawler.replica.founder import node_path
from crawler.replica.responding import respond
from crawler.replica.sites import sites
from crawler.replica.state import SiteState

COLUMNS = [site.name for site in sites() if site.name != "founder"]
LINK = re.compile(r"content_\d+\.htm$|/t\d{8}_\d+\.html$|/page\.htm$|/\d+-\d+/\d+\.htm$")


def links(held: SiteState, path: str) -> list[tuple[str, str]]:
    """Every link of a page: absolute path and what it shows (its title where it has one)."""
    page = respond(held, path)
    assert page.status == 200, path
    root = html.document_fromstring(markup(held, page))
    return [
        (urljoin(path, link.get("href")), link.get("title") or link.text_content().strip())
        for link in root.xpath("//a[@href]")
    ]


def walk_column(held: SiteState) -> dict[str, str]:
    """Articles by path, following the links that a visitor would; TRS counts pages in a script."""
    found: dict[str, str] = {}
    path: str | None = list_path(held.family, 1)
    number = 0
    while path and number < 100:
        number += 1
        here = links(held, path)
        found |= {target: title for target, title in here if LINK.search(target)}
        path = next_page(held, path, here)
    return found


def next_page(held: SiteState, path: str, here: list[tuple[str, str]]) -> str | None:
    if held.family != "trs":
        named = [target for target, title in here if title.startswith(("下一页", "后页"))]
        wanted = [target for target in named if list_page(held.family, target)]
        return wanted[0] if wanted else None
    call = re.search(r"createPageHTML\((\d+), ?(\d+),", markup(held, respond(held, path)))
    assert call
    total, current = int(call[1]), int(call[2])
    return list_path("trs", current + 2) if current + 1 < total else None


def walk_paper(held: SiteState) -> dict[str, str]:
    """Articles by path, from the landing page through every page of every issue."""
    landing = markup(held, respond(held, "/"))
    target = re.search(r"URL='?([^'\">]+)", landing, re.IGNORECASE)
    assert target
    waiting, seen, found = ["/" + target[1]], set(), {}
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        here = links(held, path)
        found |= {to: title for to, title in here if LINK.search(to)}
        waiting += [to for to, _ in here if "/node_" in to]
    return found


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("day", [0, 2, 3])
def test_lists_lead_to_every_listed_document_under_its_title(number: int, day: int) -> None:
    for held in states(number=number, day=day):
        found = walk_paper(held) if held.family == "founder" else walk_column(held)
        expected = {held.path(each): held.facts(each).fields["title"] for each in held.listed}
        assert found == expected


@pytest.mark.parametrize("name", COLUMNS)
def test_small_sites_still_have_pages_to_turn(name: str) -> None:
    held = state(name)
    assert respond(held, list_path(name, 2)).status == 200
    assert respond(held, list_path(name, 99)).status == 404


@pytest.mark.parametrize("number", NUMBERS)
def test_old_portal_lists_show_days_that_cannot_be_months(number: int) -> None:
    held = state("municipal", number=number)
    page = markup(held, respond(held, start_path("municipal")))
    days = [int(day) for day in re.findall(r"(\d\d)\.\d\d\.\d{4}", page)]
    assert len([day for day in days if day > 12]) >= 2


def test_newest_comes_first() -> None:
    for held in states(day=2, documents=200):
        days = [held.held.published(document) for document in held.listed]
        assert days == sorted(days, reverse=True)


def test_a_forbidden_link_stands_in_the_first_list_page_only() -> None:
    held = state("trs")
    hrefs = [[to for to, _ in links(held, list_path("trs", page))] for page in (1, 2)]
    assert "/private/nbtz.html" in hrefs[0]
    assert "/private/nbtz.html" not in hrefs[1]
    assert b"Disallow: /private/" in respond(held, "/robots.txt").body


def test_row_of_004_carries_the_title_and_date_that_its_page_lacks() -> None:
    held = state("trs")
    pages = [markup(held, respond(held, list_path("trs", page))) for page in (1, 2, 3)]
    row = next(line for page in pages for line in page.split("\n") if "t20240119_" in line)
    assert "2023年全市科技工作总结" in row
    assert "<span>2024-01-19</span>" in row


def test_seed_003_has_company_on_page_008_of_its_issue() -> None:
    held = state("founder")
    found = links(held, node_path(held.site.today, 5))
    articles = [title for to, title in found if LINK.search(to)]
    assert articles[0] == "重庆实施高新技术企业和科技型企业“双倍增”行动"
    assert len(articles) > 1


def test_an_issue_has_several_pages_and_a_page_several_articles() -> None:
    held = state("founder", documents=100)
    pages = [
        (to, title) for to, title in links(held, "/html/2023-02/22/node_2.htm") if "node_" in to
    ]
    assert len({to for to, _ in pages if "/22/" in to}) >= 4
    articles = [to for to, _ in links(held, "/html/2023-02/22/node_2.htm") if LINK.search(to)]
    assert len(articles) >= 2


@pytest.mark.parametrize(
    "path",
    ["/html/2023-02/24/node_77.htm", "/html/2023-02/31/node_2.htm", "/html/1999-01/01/node_2.htm"],
)
def test_pages_never_printed_are_not_found(path: str) -> None:
    assert respond(state("founder"), path).status == 404
