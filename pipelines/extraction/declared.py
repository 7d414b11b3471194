"""What a page declares without printing it: meta tags, template comments, the head's title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.records import Assertion, Source
from pipelines.extraction.dates import parse_date
from pipelines.extraction.folding import squeeze
from pipelines.extraction.page import Page, parse_html
from pipelines.extraction.pairs import Pair, is_placeholder
from pipelines.extraction.people import is_person
from pipelines.extraction.text import text_of, tidy
from pipelines.extraction.values import Place, assertions_of, clean_source, date_assertion
from pipelines.extraction.vocabulary import fields_of_label

TITLES = ("articletitle", "og:title", "twitter:title")
_PUBLISHED = (
    "pubdate",
    "firstpublishedtime",
    "publishdate",
    "article:published_time",
    "og:release_date",
    "og:time",
    "publish_time",
    "publishtime",
    "weibo: article:create_at",
    "datepublished",
)
_SOURCES = ("contentsource", "source", "mediaid")
_LINKED_DATA = re.compile(r'"(?P<name>datePublished|pubDate)"\s*:\s*"(?P<value>[^"]{4,40})"')
_OWN = re.compile(
    r"(?:本网站?|本站|本报|原创|本网原创|本站原创|网站|管理员|admin)\Z", re.IGNORECASE
)
_TEMPLATE = re.compile(r"<\$\[\s*(?P<label>[^\]]{1,12})\s*\]>\s*(?P<edge>begin|end)", re.IGNORECASE)
_ENP = re.compile(r"enpproperty(?P<block>.*?)/enpproperty", re.DOTALL | re.IGNORECASE)
_ENP_PART = re.compile(r"<(?P<name>[a-z]+)>(?P<value>.*?)</(?P=name)>", re.DOTALL | re.IGNORECASE)
_ENP_FIELDS = {
    "title": "title",
    "introtitle": "kicker",
    "subtitle": "subtitle",
    "nodename": "page_name",
}


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a page: meta values by lower-case name (last non-empty), title, site names.

    ``times`` are dates of publication stated for machines, each with the place that states it.
    """

    metas: dict[str, str]
    title: str
    names: frozenset[str]
    canonical: str | None
    times: tuple[tuple[str, str], ...] = ()


def read_head(page: Page) -> Head:
    """Meta tags, ``<title>`` and canonical link; ``names`` are site and column, squeezed."""
    metas: dict[str, str] = {}
    for meta in page.tree.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").strip()
        content = tidy(meta.get("content") or "")
        if name and content:
            metas[name.lower()] = content
    title = next(
        (tidy(each.text_content()) for each in page.tree.xpath("//head//title|//title")), ""
    )
    named = (metas.get(name, "") for name in ("sitename", "columnname", "og:site_name"))
    return Head(
        metas,
        _markup_free(title),
        frozenset(squeeze(n) for n in named if n),
        _canonical(page),
        tuple(_times(page)),
    )


def _times(page: Page) -> Iterator[tuple[str, str]]:
    """When linked data and the one ``<time>`` of a page say that it was published."""
    for script in page.tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            for match in _LINKED_DATA.finditer(script.text or ""):
                yield f"ld+json {match['name']}", match["value"]
    stamps = {each.get("datetime") for each in page.tree.iter("time") if each.get("datetime")}
    if len(stamps) == 1:
        yield "time datetime", stamps.pop()


def head_assertions(head: Head, day_first: bool | None) -> list[Assertion]:
    """What meta tags assert. A person in ``Author`` is often the desk, so it ranks last."""
    found: list[Assertion] = []
    for name in TITLES:
        title = _markup_free(head.metas.get(name, ""))
        if title and squeeze(title) not in head.names:
            found.append(Assertion("title", title, title, Source.META, name))
    for name in _PUBLISHED:
        place = Place(Source.META, name, day_first)
        parsed = parse_date(head.metas.get(name, ""), day_first=day_first)
        if parsed is not None:
            found.append(date_assertion("date_published", parsed, place))
    for name in _SOURCES:
        source = clean_source(head.metas.get(name, ""))
        if source and not is_placeholder(source) and not _OWN.match(source):
            found.append(Assertion("source", source, source, Source.META, name))
    for name, value in head.times:
        parsed = parse_date(value, day_first=day_first)
        if parsed is not None:
            found.append(date_assertion("date_published", parsed, Place(Source.META, name)))
    author = head.metas.get("author", "")
    if is_person(author):
        found.append(Assertion("author", squeeze(author), author, Source.META, "author"))
    return found


def comment_assertions(page: Page, day_first: bool | None) -> list[Assertion]:
    """What template and newspaper comments assert (``<!--<$[标题]>begin-->``, ``enpproperty``)."""
    found: list[Assertion] = []
    for label, value in _template_values(page):
        pair = Pair(label, fields_of_label(label), value)
        found += assertions_of(pair, Place(Source.COMMENT, f"<$[{label}]>", day_first))
    for block in _ENP.finditer(page.source) if _may_have_properties(page.source) else ():
        found += _newspaper(block["block"], day_first)
    return found


def _may_have_properties(source: str) -> bool:
    """Whether a search that ignores case can find anything: it costs far more than this."""
    return any(word in source for word in ("enpproperty", "ENPPROPERTY", "EnpProperty"))


def _newspaper(block: str, day_first: bool | None) -> Iterator[Assertion]:
    for part in _ENP_PART.finditer(block):
        name, value = part["name"].lower(), _markup_free(part["value"])
        locator = f"enpproperty {name}"
        if not value or is_placeholder(value):
            continue
        if name in _ENP_FIELDS:
            yield Assertion(_ENP_FIELDS[name], value, value, Source.COMMENT, locator)
        elif name == "date":
            parsed = parse_date(value, day_first=day_first)
            if parsed is not None:
                yield date_assertion("date_published", parsed, Place(Source.COMMENT, locator))
        elif name == "author":
            pair = Pair("作者", ("author",), value)
            yield from assertions_of(pair, Place(Source.COMMENT, locator))


def _template_values(page: Page) -> Iterator[tuple[str, str]]:
    """Values between the begin and end comments of a template."""
    for comment in page.tree.xpath("//comment()"):
        begin = _TEMPLATE.search(comment.text or "")
        if not begin or begin["edge"].lower() != "begin":
            continue
        parts = [comment.tail or ""]
        node = comment.getnext()
        while node is not None and not _TEMPLATE.search(_comment_text(node)) and len(parts) < 8:
            parts += [text_of(node) if isinstance(node.tag, str) else "", node.tail or ""]
            node = node.getnext()
        value = tidy("".join(parts))
        if value and len(value) <= 300:
            yield squeeze(begin["label"]), value


def _comment_text(node: object) -> str:
    tag = getattr(node, "tag", None)
    return "" if isinstance(tag, str) else str(getattr(node, "text", "") or "")


def _markup_free(value: str) -> str:
    """A declared title without markup that an editor left in it."""
    if "<" not in value and "&" not in value:
        return tidy(value)
    tree, _ = parse_html(f"<p>{value}</p>")
    return tidy(text_of(tree))


def _canonical(page: Page) -> str | None:
    for link in page.tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower() and link.get("href"):
            return page.link(link.get("href"))
    declared = [
        m.get("content") for m in page.tree.iter("meta") if (m.get("name") or "").lower() == "url"
    ]
    return next((each for each in declared if each and each.startswith("http")), None)
