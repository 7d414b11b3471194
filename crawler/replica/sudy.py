"""Sudy WebPlus pages: run-on meta spans, and a visit counter that moves at every request."""

from __future__ import annotations

from crawler.replica import rendering
from crawler.replica.addresses import list_path
from crawler.replica.markup import Html, Parts, lines, load
from crawler.replica.state import SiteState


def article(state: SiteState, document: int) -> Html:
    """An article page."""
    parts, facts, site = load(state.family, state.variant), state.facts(document), state.site
    return parts.fill(
        "article",
        site=site.title,
        column=site.column,
        title=facts.heading,
        publisher=facts.fields["publisher"],
        date=facts.fields["date_published"],
        serial=state.serial(document),
        visits=Html(rendering.VISITS),
        body=rendering.body(parts, state, document),
        related=rendering.related(parts, state, document),
        footer=parts.fill("footer", site=site.title),
        token=rendering.token(state, document),
    )


def listing(state: SiteState, page: int) -> Html:
    """A list page."""
    parts, site = load(state.family, state.variant), state.site
    return parts.fill(
        "list",
        site=site.title,
        column=site.column,
        rows=lines([_row(parts, state, row) for row in rendering.rows(state, page)]),
        pager=_pager(parts, state, page),
        per_page=rendering.page_size(state),
        count=len(state.listed),
        current=page,
        total=rendering.pages(state),
        footer=parts.fill("footer", site=site.title),
    )


def _row(parts: Parts, state: SiteState, row: rendering.Row) -> Html:
    date = state.held.published(row.document)
    return parts.fill(
        "list_row",
        href=row.path,
        title=row.title,
        short_title=rendering.cut(row.title),
        ordinal=row.ordinal,
        date=date.isoformat(),
        year=date.year,
        month=f"{date.month:02d}",
        day=f"{date.day:02d}",
    )


def _pager(parts: Parts, state: SiteState, page: int) -> Html:
    total = rendering.pages(state)
    if page >= total:
        return parts.fill("pager_last")
    return parts.fill(
        "pager_next",
        href=list_path(state.family, page + 1),
        last=list_path(state.family, total),
    )
