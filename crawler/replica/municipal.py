"""Pages of an old municipal portal: GB18030 under the name gb2312, dates with the day first."""

from __future__ import annotations

from datetime import date

from crawler.replica import rendering
from crawler.replica.addresses import list_path
from crawler.replica.markup import Html, Parts, lines, load
from crawler.replica.state import SiteState


def day_first(day: date) -> str:
    """``08.06.2016`` for the eighth of June."""
    return f"{day:%d.%m.%Y}"


def moving(state: SiteState) -> bool:
    """Whether the variant shows a clock or a visitor counter on every page."""
    return load(state.family, state.variant).has("moving")


def article(state: SiteState, document: int) -> Html:
    """An article page; date and time stand two spaces apart."""
    parts, facts, site = load(state.family, state.variant), state.facts(document), state.site
    published = state.held.published(document)
    return parts.fill(
        "article",
        site=site.title,
        column=site.column,
        title=facts.heading,
        number=parts.maybe("number", facts.fields["doc_no"]),
        stamp=Html(f"{day_first(published)} &nbsp;{facts.clock}"),
        source=parts.maybe("source", facts.fields["source"]),
        body=rendering.body(parts, state, document),
        related=rendering.related(parts, state, document),
        footer=parts.fill("footer", site=site.title),
        token=rendering.token(state, document),
        visits=Html(rendering.VISITS),
        clock=Html(rendering.CLOCK),
    )


def listing(state: SiteState, page: int) -> Html:
    """A list page; pages are a query parameter."""
    parts, site, total = load(state.family, state.variant), state.site, rendering.pages(state)
    places = {"current": page, "total": total, "next": page + 1, "previous": max(1, page - 1)}
    return parts.fill(
        "list",
        site=site.title,
        column=site.column,
        rows=lines([_row(parts, state, row, page) for row in rendering.rows(state, page)]),
        pager=parts.fill("pager_last" if page >= total else "pager_next", **places),
        count=len(state.listed),
        current=page,
        total=total,
        footer=parts.fill("footer", site=site.title),
        visits=Html(rendering.VISITS),
        clock=Html(rendering.CLOCK),
    )


def _row(parts: Parts, state: SiteState, row: rendering.Row, page: int) -> Html:
    return parts.fill(
        "list_row",
        href=rendering.relative(row.path, list_path(state.family, page)),
        title=row.title,
        short_title=rendering.cut(row.title),
        date=day_first(state.held.published(row.document)),
    )
