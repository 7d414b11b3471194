"""Looking into the archive: docs, show, log, diff, stats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.problems import Problem
from crawler.cli.attached import show_file
from crawler.cli.documents import masked_record, print_document, readable_log
from crawler.cli.output import (
    JsonOption,
    console,
    errors,
    print_json,
    print_record,
    print_rows,
)

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from archive.models import Capture, Version
    from archive.queries import AsOf, Reference

RefArgument = Annotated[
    str, typer.Argument(metavar="ID|URL", help="A document d…, version v…, capture c…, or URL.")
]
_DOCS_COLUMNS = ("id", "title", "doc_no", "date_published", "versions", "lifecycle")
_LOG_COLUMNS = ("at", "what", "change_class", "fields", "version", "capture", "url", "reason")


def docs(
    query: Annotated[
        list[str] | None,
        typer.Argument(
            help="Words of the title, and filters such as issuer:科技局 written:2023. A name is "
            "found by any part; doc_no: and index_no: are given whole, or with * for any part."
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many documents.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List documents, the last changed first.

    Filters: seed: issuer: doc_no: index_no: genre: theme: title: source: author: publisher:
    published: written: signed: effective: expiry: changed: class: lifecycle: conflict: rights:

    Dates are 2023, 2023-07, 2023-01..2023-06 or 2023-07.. with one end open.
    """
    from archive.queries import documents, parse_filters

    filters = parse_filters(" ".join(query or ()), limit=limit)
    with _reading() as (session, _):
        rows: Iterator[dict[str, Any]] | list[dict[str, Any]] = documents(session, filters)
        if not as_json:
            rows = list(rows)
            if not rows:
                hint = "Widen the query" if query else "Fetch some with: gongwen crawl SEED"
                errors.print(f"No documents. {hint}", markup=False, soft_wrap=True)
                return
        print_rows(rows, _DOCS_COLUMNS, as_json=as_json)


def show(
    ref: RefArgument,
    version: Annotated[int | None, typer.Option(help="The version's number.", min=1)] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE|ISO", help="What held then, with the evidence.")
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Write the page's bytes, nothing else.")
    ] = False,
    as_served: Annotated[
        bool, typer.Option("--as-served", help="With --raw: keep the content encoding.")
    ] = False,
    text: Annotated[bool, typer.Option("--text", help="Write the text, nothing else.")] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Write the text as Markdown, nothing else.")
    ] = False,
    file: Annotated[
        int | None, typer.Option("--file", metavar="N", help="Its N-th attached file.", min=1)
    ] = None,
    rules: Annotated[
        str | None, typer.Option(metavar="N", help="As the rules of this version read it.")
    ] = None,
    masked: Annotated[
        bool, typer.Option("--mask", help="Contact data of people made unreadable.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show one document: fields, evidence, files, history, text."""
    from archive.queries import content_of, details, markdown_of, resolve

    _refuse_both({"--version": version, "--as-of": as_of})
    _refuse_both({"--raw": raw, "--text": text, "--markdown": markdown, "--json": as_json})
    _refuse_both({"--file": file, "--markdown": markdown or None})
    _refuse_both({"--mask": masked, "--raw": raw})
    _refuse_both({"--mask": masked, "--file": file})
    if as_served and not raw:
        why = "it keeps the content encoding of the bytes that --raw writes"
        raise Problem("--as-served stands alone", why, "Add --raw", exit_code=2)
    with _reading() as (session, folder):
        found = resolve(session, ref)
        shown, capture, evidence = _chosen(session, found, ref, version, as_of)
        if file is not None:
            how = {"raw": raw, "as_served": as_served, "text": text, "as_json": as_json}
            show_file(session, folder, _known(shown, ref), file, **how)
        elif raw:
            _write_raw(session, folder, capture, as_served=as_served)
        elif masked and (text or markdown):
            record = masked_record(details(session, found, _known(shown, ref), rules=rules))
            typer.echo((record["text"] if text else record["markdown"] or "").encode(), nl=markdown)
        elif text:
            typer.echo(content_of(session, _known(shown, ref), rules).text.encode(), nl=False)
        elif markdown:
            typer.echo(markdown_of(session, _known(shown, ref), rules).encode())
        else:
            moment = evidence.moment if evidence is not None else None
            record = details(session, found, _known(shown, ref), rules=rules, moment=moment)
            if evidence is not None:
                record["as_of"] = evidence.row()
            if masked:
                record = masked_record(record)
            print_json(record) if as_json else print_document(record)


def log(
    ref: RefArgument,
    noise: Annotated[bool, typer.Option("--noise", help="Also what was ignored as noise.")] = False,
    as_json: JsonOption = False,
) -> None:
    """What happened to a document, check by check."""
    from archive import queries

    with _reading() as (session, _):
        rows = queries.log(session, ref, noise=noise)
    print_rows(rows if as_json else readable_log(rows), _LOG_COLUMNS, as_json=as_json)


def diff(
    ref: RefArgument,
    old: Annotated[str | None, typer.Argument(metavar="FROM", help="Number or v….")] = None,
    new: Annotated[str | None, typer.Argument(metavar="TO", help="Number or v….")] = None,
    full: Annotated[bool, typer.Option("--full", help="Do not cut equal text short.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what changed between two versions, by default the last two."""
    from archive.queries import compare_versions
    from crawler.cli.differences import comparison_row, print_comparison

    with _reading() as (session, _):
        comparison = compare_versions(session, ref, old, new)
    if as_json:
        print_json(comparison_row(comparison))
    else:
        print_comparison(comparison, full=full)


def stats(as_json: JsonOption = False) -> None:
    """Count documents, versions, captures, observations and WARC bytes, in all and by seed."""
    from archive import queries

    with _reading() as (session, _):
        counted = queries.stats(session)
    if as_json:
        print_json(counted)
        return
    seeds = counted.pop("seeds")
    print_record(counted, as_json=False)
    if seeds:
        console.print()
        print_rows(seeds, ("seed", "documents", "versions", "captures"), as_json=False)


@contextmanager
def _reading() -> Iterator[tuple[Session, Path]]:
    """A session that only reads, and the archive's folder."""
    from crawler.environment import Environment

    database = Environment().open_existing()
    try:
        with database.read() as session:
            yield session, database.folder
    finally:
        database.close()


def _chosen(
    session: Session, found: Reference, ref: str, number: int | None, moment: str | None
) -> tuple[Version | None, Capture, AsOf | None]:
    """The version to show, the capture that holds its bytes, and the evidence when asked as of."""
    from archive.models import Version
    from archive.queries import as_of, capture_of, parse_moment, pick_version

    if moment is not None:
        evidence = as_of(session, ref, parse_moment(moment))
        version = session.get_one(Version, evidence.version_key)
        return version, capture_of(session, version), evidence
    if found.capture is not None and number is None:
        return found.version, found.capture, None
    version = pick_version(session, found, ref, number)
    return version, capture_of(session, version), None


def _known(version: Version | None, ref: str) -> Version:
    if version is None:
        raise Problem(
            f"{ref} has no text",
            "nothing was extracted from this capture",
            f"gongwen show {ref} --raw",
        )
    return version


def _write_raw(session: Session, folder: Path, capture: Capture, *, as_served: bool) -> None:
    from archive import queries

    typer.echo(queries.raw(session, folder, capture, as_served=as_served), nl=False)


def _refuse_both(options: dict[str, object]) -> None:
    given = [name for name, value in options.items() if value not in (None, False)]
    if len(given) > 1:
        why = "each of them asks for something else"
        raise Problem(f"{' and '.join(given)} exclude each other", why, "Use one", exit_code=2)
