"""Finds the repeating block that is a page's list: rows of one link each, best with dates."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.families.list_cells import Row, joined_text, read_row, target
from crawler.families.list_tables import header_labels
from pipelines.extraction.folding import han
from pipelines.extraction.page import Page

ROW_TAGS = frozenset(
    {"li", "tr", "td", "dl", "dd", "dt", "ul", "p", "div", "a", "span", "table"}
    | {"article", "section", "h2", "h3", "h4"}
)
LEAST_SHARE = 0.6
"""Share of a block's linked children that must be single rows."""

_FURNITURE = re.compile(
    r"(?:^|[-_\s])(?:nav\w*|menu\w*|foot\w*|header|head|top|topbar|crumbs?|breadcrumb|position|"
    r"friend\w*|links?|yqlj|hot\w*|rank\w*|related|xgyd|share|sitemap|slide\w*|banner|focus|"
    r"swiper\w*|carousel|pager?|pages|pagination|fenye|search\w*|sidebar|aside)(?:[-_\s\d]|$)",
    re.I,
)
_RANKING = re.compile(r"排行|热点|热门|推荐阅读|相关|点击|友情链接|网站导航|站内导航|扫一扫")
_NUMBERS = re.compile(r"\d+")
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Block:
    """Candidate rows under one parent; ``labels`` are the header cells of a table list."""

    parent: HtmlElement
    rows: tuple[Row, ...]
    labels: tuple[str, ...] = ()


def find_rows(
    page: Page, *, pager: HtmlElement | None, day_first: bool | None, stop: Sequence[HtmlElement]
) -> Block | None:
    """The block that most looks like the page's main list, None when nothing does."""
    blocks = _join_twins(list(_blocks(page, day_first, set(stop))))
    order = {element: number for number, element in enumerate(page.tree.iter())}
    nearest = _before(blocks, pager, order)
    scored = [(_score(block, near=block is nearest), block) for block in blocks]
    best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] > 0 else None


def rows_of(page: Page, elements: Sequence[HtmlElement], day_first: bool | None) -> list[Row]:
    """Rows from elements that a family's hooks name."""
    found = (read_row(page, element, (), day_first) for element in elements)
    return [row for row in found if row is not None]


def _blocks(page: Page, day_first: bool | None, stop: set[HtmlElement]) -> Iterator[Block]:
    for parent, children in _linked_children(page).items():
        if any(element in stop for element in (parent, *parent.iterancestors())):
            continue
        by_tag: defaultdict[str, list[HtmlElement]] = defaultdict(list)
        for child in children:
            by_tag[child.tag].append(child)
        for tag, same in by_tag.items():
            if tag in ROW_TAGS:
                yield from _block(page, parent, same, day_first)


def _block(
    page: Page, parent: HtmlElement, children: list[HtmlElement], day_first: bool | None
) -> Iterator[Block]:
    rows = [read_row(page, child, _followers(child), day_first) for child in children]
    good = tuple(row for row in rows if row is not None)
    labels = header_labels(parent) if good and good[0].element.tag == "tr" else ()
    if len(good) < LEAST_SHARE * len(children) or not good:
        return
    if len(good) > 1 or labels or good[0].date:
        yield Block(parent, good, labels)


def _linked_children(page: Page) -> dict[HtmlElement, list[HtmlElement]]:
    """For each element the children under which some link stands, in page order."""
    children: defaultdict[HtmlElement, dict[HtmlElement, None]] = defaultdict(dict)
    for link in page.tree.iter("a"):
        if target(page, link) is None:
            continue
        child = link
        for parent, _ in zip(link.iterancestors(), range(_DEEPEST), strict=False):
            if child in children[parent]:
                break
            children[parent][child] = None
            child = parent
    return {parent: list(found) for parent, found in children.items()}


def _followers(child: HtmlElement) -> list[HtmlElement]:
    """Up to three elements without links after a row: ``<dt>title</dt><dd>date</dd>``."""
    found: list[HtmlElement] = []
    if child.tag in ("li", "tr"):
        return found
    for sibling in child.itersiblings():
        if not isinstance(sibling.tag, str) or sibling.tag in ("script", "style"):
            continue
        if len(found) == 3 or sibling.tag == "a" or sibling.find(".//a") is not None:
            break
        found.append(sibling)
    return found


def _join_twins(blocks: list[Block]) -> list[Block]:
    """Lists cut into several equal blocks (five rows each) become one again."""
    groups: defaultdict[tuple[object, ...], list[Block]] = defaultdict(list)
    for block in blocks:
        groups[_kind(block)].append(block)
    joined = []
    for same in groups.values():
        rows = tuple(row for block in same for row in block.rows)
        joined.append(Block(same[0].parent, rows, same[0].labels))
    return joined


def _kind(block: Block) -> tuple[object, ...]:
    parent = block.parent
    above = parent.getparent()
    return above, parent.tag, parent.get("class"), block.rows[0].element.tag, block.labels


def _before(
    blocks: list[Block], pager: HtmlElement | None, order: dict[HtmlElement, int]
) -> Block | None:
    """The block whose last row ends right before the pager; of nested ones the longest."""
    if pager is None or pager not in order:
        return None
    place = order[pager]
    ends = [(order.get(_last(block), 0), len(block.rows), block) for block in blocks]
    earlier = [entry for entry in ends if entry[0] < place]
    return max(earlier, key=lambda entry: entry[:2], default=(0, 0, None))[2]


def _last(block: Block) -> HtmlElement:
    """The last element inside a block's last row."""
    return list(block.rows[-1].element.iter())[-1]


def _score(block: Block, *, near: bool) -> float:
    rows = block.rows
    dated = sum(row.date is not None or row.month_day is not None for row in rows) / len(rows)
    shapes = Counter(_NUMBERS.sub("0", row.url) for row in rows)
    alike = 0.5 + 0.5 * shapes.most_common(1)[0][1] / len(rows)
    articles = 0.3 + 0.7 * sum(_is_article(row.url) for row in rows) / len(rows)
    titles = sum(min(len(row.title), 30) if han(row.title) > 1 else 1 for row in rows)
    score = titles * (1 + 3 * dated) * alike * articles * (1.0 if len(block.labels) == 0 else 2.0)
    return score * _place(block) * (2.0 if near else 1.0)


def _is_article(url: str) -> bool:
    """Articles are numbered; columns end in a slash or an index page."""
    path = url.partition("://")[2].partition("/")[2]
    return len(re.findall(r"\d", path)) >= 3 and not path.endswith("/")


def _place(block: Block) -> float:
    """A discount for blocks inside navigation, footers and rankings."""
    factor = 1.0
    for element in (block.parent, *block.parent.iterancestors()):
        if element.tag in ("body", "html"):
            break
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if element.tag in ("nav", "footer", "header", "aside") or _FURNITURE.search(names):
            factor *= 0.3
    return factor * (0.3 if _RANKING.search(_heading(block.parent)) else 1.0)


def _heading(parent: HtmlElement) -> str:
    """The short text right above a block."""
    for element in (parent, parent.getparent()):
        if element is None:
            break
        before = element.getprevious()
        if before is not None and isinstance(before.tag, str):
            text = joined_text(before)
            return text if len(text) <= 20 else ""
    return ""
