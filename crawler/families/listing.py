"""Reads a list page of any family: its rows, and where it goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml.html import HtmlElement

from archive.records import Listing, ListItem
from crawler.families.family import Family
from crawler.families.list_cells import Row, joined_text
from crawler.families.list_pager import Pager, find_pager
from crawler.families.list_papers import Issue, find_issue, landing_target
from crawler.families.list_records import find_records
from crawler.families.list_rows import Block, find_rows, rows_of
from crawler.families.list_tables import (
    DATE_COLUMN,
    inline_cells,
    labelled_cells,
    other_cells,
)
from pipelines.extraction.dates import day_first_evidence, parse_date
from pipelines.extraction.page import Page
from pipelines.extraction.selection import Index


def read_list(page: Page, family: Family, *, day_first: bool | None = None) -> Listing:
    """What a list page offers, without ever failing: a page that is no list has no items.

    ``day_first`` is what is known of the site's date order; the page's own evidence comes first.
    """
    issue = find_issue(page)
    if issue is not None:
        return _from_issue(issue, family)
    forward = landing_target(page)
    if forward is not None:
        return Listing(family.name, (), next_page=forward)
    evidence = day_first_evidence(joined_text(page.tree))
    order = evidence if evidence is not None else day_first
    block, pager = _find(page, family, order)
    items = _items(block, order) if block is not None else ()
    return Listing(
        family.name,
        items,
        next_page=pager.next_page,
        total_pages=pager.total_pages,
        day_first=evidence,
    )


def _find(page: Page, family: Family, day_first: bool | None) -> tuple[Block | None, Pager]:
    index = Index(page.tree)
    pager = find_pager(page, _selected(index, family.lists.next_page))
    records = find_records(page)
    if records is not None:
        rows = tuple(rows_of(page, records.elements, day_first))
        found = Pager(records.next_page or pager.next_page, records.total_pages)
        return (Block(page.tree, rows) if rows else None), found
    hooked = rows_of(page, _selected(index, family.lists.rows), day_first)
    if hooked:
        return Block(hooked[0].element.getparent(), tuple(hooked)), pager
    stop = _selected(index, family.lists.stop)
    return find_rows(page, pager=pager.element, day_first=day_first, stop=stop), pager


def _selected(index: Index, selectors: Iterable[str]) -> list[HtmlElement]:
    """The elements of the first selector that names any."""
    for selector in selectors:
        found = index.select(selector)
        if found:
            return found
    return []


def _items(block: Block, day_first: bool | None) -> tuple[ListItem, ...]:
    """One item per address, the first row winning."""
    items: dict[str, ListItem] = {}
    for row in block.rows:
        items.setdefault(row.url, _item(row, block.labels, day_first))
    return tuple(items.values())


def _item(row: Row, labels: tuple[str, ...], day_first: bool | None) -> ListItem:
    cells = labelled_cells(labels, row.cells) or inline_cells(row.rest)
    return ListItem(
        url=row.url,
        title=row.title,
        date=_date(row, cells, day_first),
        fields=other_cells(cells),
    )


def _date(row: Row, cells: Mapping[str, str], day_first: bool | None) -> str | None:
    """The date of publication: its own cell, else a printed date that no other label claims."""
    labelled = _day(cells.get(DATE_COLUMN), day_first)
    if labelled:
        return labelled
    other = {_day(cells[name], day_first) for name in cells if name.startswith("date_")}
    if row.date is not None and len(row.date.value) == 10:
        return None if row.date.value in other else row.date.value
    return row.month_day


def _day(text: str | None, day_first: bool | None) -> str | None:
    found = parse_date(text, day_first=day_first) if text else None
    return found.value if found is not None and len(found.value) == 10 else None


def _from_issue(issue: Issue, family: Family) -> Listing:
    earlier = (issue.earlier,) if issue.earlier else ()
    return Listing(
        family.name,
        issue.items,
        next_page=issue.next_page,
        total_pages=len(issue.pages) or None,
        pages=issue.pages + earlier,
    )
