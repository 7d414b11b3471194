"""`gongwen extract` and `gongwen compare`: the extraction on saved pages, no archive needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields as dataclass_fields
from pathlib import Path
from typing import Annotated, Any

import typer

from archive.masking import mask_row
from archive.problems import Problem
from archive.records import (
    FIELDS,
    AttachmentState,
    ChangeClass,
    Content,
    Decision,
    Encoding,
    Extraction,
    FileText,
    Observation,
    Outcome,
    PageKind,
)
from archive.versioning import compare as compare_contents
from crawler.cli.output import JsonOption, console, print_json, print_record
from crawler.cli.pages import SavedPage, given_pages, load_manifest, read_pages, read_pairs
from crawler.cli.wording import conflict_line, labelled
from pipelines.extraction.decoding import decode
from pipelines.reading import Reading

_STOPPED = {
    PageKind.CHALLENGE: Observation.BLOCKED,
    PageKind.SOFT_404: Observation.SOFT_404,
}
_FAILED = (Outcome.TIMEOUT, Outcome.OOM, Outcome.ERROR)
UrlOption = Annotated[str | None, typer.Option("--url", help="The page's own address.")]
ManifestOption = Annotated[
    Path | None, typer.Option("--manifest", help="JSON lines that name the pages.")
]


def extract(
    paths: Annotated[list[str] | None, typer.Argument(help="Saved pages.")] = None,
    url: UrlOption = None,
    manifest: ManifestOption = None,
    masked: Annotated[
        bool, typer.Option("--mask", help="Contact data of people made unreadable.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read saved pages: text, official fields with their evidence, attachments.

    One JSON line per page with --json or --manifest, in input order, failed pages too. Exit 1 when
    no page could be read.
    """
    if manifest is not None:
        pages = [row[0] for row in load_manifest(manifest, "path")]
    else:
        pages = given_pages(paths or (), url)
    show = print_json if as_json or manifest is not None else _print_page
    rows = extract_rows(pages)
    shown = map(mask_row, rows) if masked else rows
    outcomes = [_shown(row, show)["outcome"] for row in shown]
    _fail_if_all(outcome in _FAILED for outcome in outcomes)


def compare(
    old: Annotated[str | None, typer.Argument(help="The earlier saved page.")] = None,
    new: Annotated[str | None, typer.Argument(help="The later saved page.")] = None,
    url: UrlOption = None,
    manifest: ManifestOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide whether two saved pages are two versions of a document, and why.

    One JSON line per pair with --json or --manifest. Exit 1 when no pair could be compared.
    """
    if manifest is not None:
        pairs = load_manifest(manifest, "old", "new")
    else:
        if old is None or new is None:
            why = "two saved pages are compared"
            next_step = "Give OLD and NEW, or --manifest FILE"
            raise Problem("Nothing to compare", why, next_step, exit_code=2)
        pairs = [(*given_pages([old], url), *given_pages([new], url))]
    show = print_json if as_json or manifest is not None else _print_pair
    observations = [_shown(row, show)["observation"] for row in compare_rows(pairs)]
    _fail_if_all(observation is Observation.ERROR for observation in observations)


def extract_rows(pages: Iterable[SavedPage]) -> Iterator[dict[str, Any]]:
    """One row per page with every key of the stable interface."""
    for page, body, reading in read_pages(pages):
        yield _row(page, body, reading)


def compare_rows(pairs: Iterable[tuple[SavedPage, ...]]) -> Iterator[dict[str, Any]]:
    """One row per pair: what observing the new page after the old one would conclude.

    Pages with equal bytes are not read at all.
    """
    for (old, new), readings in read_pairs(pairs):
        if readings is None:
            decision = _ignored(Observation.UNCHANGED, "the bytes are equal")
        else:
            decision = _decide(*readings)
        yield {
            "old": old.path,
            "new": new.path,
            "url": new.url,
            "observation": decision.observation,
            "change_class": decision.change_class,
            "version": decision.makes_version,
            "fields": list(decision.fields),
            "reason": decision.reason,
        }


def _decide(old: Reading, new: Reading) -> Decision:
    """Only a new page that holds a document is compared; anything else is an observation."""
    if new.kind in _STOPPED:
        return _ignored(_STOPPED[new.kind], new.reason or f"the new page is a {new.kind}")
    if new.extraction is None or new.extraction.outcome in _FAILED or new.kind is PageKind.OTHER:
        return _ignored(Observation.ERROR, new.reason or "the new page holds no document")
    if old.extraction is None or old.extraction.outcome in _FAILED:
        return Decision(Observation.NEW, ChangeClass.NEW, reason="the old page holds no document")
    return compare_contents(_content(old.extraction), _content(new.extraction))


def _ignored(observation: Observation, reason: str) -> Decision:
    return Decision(observation, None, reason=reason)


def _content(extraction: Extraction) -> Content:
    linked = tuple(AttachmentState(each.name, each.url) for each in extraction.attachments)
    return Content(extraction.text, extraction.fields, linked)


def _row(page: SavedPage, body: bytes | None, reading: Reading) -> dict[str, Any]:
    extraction = reading.extraction or _of_file(reading.file) or _empty(body, reading)
    fields: Mapping[str, str | None] = extraction.fields
    return {
        "path": page.path,
        "url": page.url,
        "family": extraction.family,
        "kind": extraction.kind,
        "outcome": extraction.outcome,
        **{name: fields[name] for name in FIELDS},
        "attachments": [_plain(each) for each in extraction.attachments],
        "images": [_plain(each) for each in extraction.images],
        "relations": [_plain(each) for each in extraction.relations],
        "text": extraction.text,
        "markdown": extraction.markdown,
        "assertions": [_plain(each) for each in extraction.assertions],
        "conflicts": [_plain(each) for each in extraction.conflicts],
        "contacts": [_plain(each) for each in extraction.contacts],
        "rights": _plain(extraction.rights) if extraction.rights else None,
        "encoding": _plain(extraction.encoding),
        "rule_version": extraction.rule_version,
        "reason": reading.reason,
    }


def _of_file(file: FileText | None) -> Extraction | None:
    """A file that is no page has a text and no fields."""
    if file is None:
        return None
    return Extraction(
        kind=PageKind.DOCUMENT if file.text else PageKind.OTHER,
        outcome=file.outcome,
        family="none",
        fields=dict.fromkeys(FIELDS),
        text=file.text,
        encoding=Encoding("none", file.evidence),
    )


def _empty(body: bytes | None, reading: Reading) -> Extraction:
    """What there is to say of a page that the guard stopped."""
    encoding = decode(body, None)[1] if body is not None else Encoding("unknown", "unread")
    return Extraction(
        kind=reading.kind,
        outcome=Outcome.OK,
        family="generic",
        fields=dict.fromkeys(FIELDS),
        text="",
        encoding=encoding,
    )


def _shown(row: dict[str, Any], show: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    show(row)
    return row


def _fail_if_all(failed: Iterable[bool]) -> None:
    """Exit 1 when there was no page that could be used; some failed ones have their rows."""
    verdicts = list(failed)
    if verdicts and all(verdicts):
        raise typer.Exit(1)


def _plain(record: Any) -> dict[str, Any]:
    return {each.name: getattr(record, each.name) for each in dataclass_fields(record)}


def _print_page(row: Mapping[str, Any]) -> None:
    """One page for people: what it is, its fields with their sources, then the text."""
    fields, sources = labelled(row)
    head = {name: row[name] for name in ("path", "url", "kind", "outcome", "reason", "family")}
    rest = {
        "conflicts": [conflict_line(one) for one in row["conflicts"]],
        "attachments": row["attachments"],
        "images": row["images"],
        "relations": row["relations"],
        "encoding": row["encoding"],
    }
    print_record(head | fields | rest, as_json=False, notes=sources)
    console.print(f"\n{row['text']}\n" if row["text"] else "", markup=False, soft_wrap=True)


def _print_pair(row: Mapping[str, Any]) -> None:
    print_record(row, as_json=False)
