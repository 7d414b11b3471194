"""TRS WCM pages: numbered index files, a metadata table printed twice, 47号 meta tags."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest

from crawler.replica import rendering
from crawler.replica.addresses import list_path
from crawler.replica.facts import Facts
from crawler.replica.markup import Html, Parts, escaped, lines, load
from crawler.replica.state import SiteState


def article(state: SiteState, document: int) -> Html:
    """An article page. A document without a heading shows no title, date or table of its own."""
    parts, facts = load(state.family, state.variant), state.facts(document)
    site, named = state.site, facts.heading is not None
    return parts.fill(
        "article",
        site=site.title,
        column=site.column,
        page_title=f"{facts.fields['title']}_{site.title}" if named else site.title,
        metas=_metas(parts, facts) if named else "",
        heading=parts.maybe("heading", _laid_out(facts.heading)),
        metadata=_metadata(parts, facts) if named else "",
        source=parts.maybe("source", facts.fields["source"]),
        body=rendering.body(parts, state, document),
        related=rendering.related(parts, state, document),
        footer=parts.fill("footer", site=site.title),
        token=rendering.token(state, document),
    )


def _laid_out(heading: str | None) -> Html | None:
    """A heading with its first layout space as a line break, as editors set long titles."""
    return None if heading is None else Html(escaped(heading).replace(" ", "<br/>", 1))


def _metas(parts: Parts, facts: Facts) -> Html:
    if not parts.has("metas"):
        return Html("")
    return parts.fill(
        "metas",
        title=facts.fields["title"],
        date=facts.fields["date_published"],
        clock=facts.clock,
        source=facts.fields["source"] or "",
    )


def _metadata(parts: Parts, facts: Facts) -> Html:
    """The table for wide screens and again, in single rows, for narrow ones."""
    labels = parts.pairs("labels")
    singles = [
        parts.fill("single_row", label=label, value=facts.fields[field])
        for field, label in labels.items()
        if facts.fields[field] is not None
    ]
    pairs = _pair_rows(parts, labels, facts) if parts.has("pair_row") else []
    return parts.fill("metadata", pairs=lines(pairs), singles=lines(singles))


def _pair_rows(parts: Parts, labels: Mapping[str, str], facts: Facts) -> list[Html]:
    """Rows of two fields that stand side by side; a lone field leaves its neighbour blank."""
    fields = iter(labels)
    out = []
    for two in zip_longest(fields, fields):
        stated = [field for field in two if field and facts.fields[field] is not None]
        if not stated:
            continue
        first, second = stated[0], stated[1] if len(stated) == 2 else None
        label2 = parts.fill("second_label", label=labels[second]) if second else ""
        value2 = facts.fields[second] if second else ""
        out.append(
            parts.fill(
                "pair_row",
                label=labels[first],
                value=facts.fields[first],
                label2=label2,
                value2=value2,
            )
        )
    return out


def listing(state: SiteState, page: int) -> Html:
    """A list page; the pager is a script call that counts pages from 0."""
    parts, site = load(state.family, state.variant), state.site
    found = [_row(parts, state, row, page) for row in rendering.rows(state, page)]
    if page == 1:
        # robots.txt forbids the target of this row.
        found.insert(len(found) // 2, parts.fill("private_row", date=site.today.isoformat()))
    return parts.fill(
        "list",
        site=site.title,
        column=site.column,
        rows=lines(found),
        total=rendering.pages(state),
        current=page - 1,
        footer=parts.fill("footer", site=site.title),
    )


def _row(parts: Parts, state: SiteState, row: rendering.Row, page: int) -> Html:
    fields = state.facts(row.document).fields
    return parts.fill(
        "list_row",
        href=rendering.relative(row.path, list_path(state.family, page)),
        title=row.title,
        short_title=rendering.cut(row.title),
        ordinal=row.ordinal,
        doc_no=fields["doc_no"] or "",
        date=fields["date_published"],
    )
