"""How one document, and what happened to it, is printed for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.masking import mask_row
from archive.problems import Problem
from crawler.cli.attached import file_line
from crawler.cli.output import console, print_record, print_rows, screen_width
from crawler.cli.wording import (
    conflict_line,
    correction_line,
    cut,
    labelled,
    short_moment,
    unless_same,
)

_HISTORY_COLUMNS = ("number", "id", "captured_at", "change_class", "fields", "url")
_QUIET = ("unchanged", "not_modified")
_PREVIEW_LINES = 8
_PREVIEW_WIDTH = 120


def print_document(record: dict[str, Any]) -> None:
    """Evidence, fields, files, history, and the beginning of the text."""
    evidence = record.get("as_of")
    if evidence is not None:
        print_record(evidence, as_json=False)
        console.print()
    head = {name: record[name] for name in ("id", "url", "seed", "lifecycle", "aliases")}
    fields, sources = labelled(record)
    files = {"attachments": [file_line(file) for file in record["attachments"]]}
    files |= {"unlisted": [file["name"] for file in record["unlisted"]]}
    files |= {"images": [image["name"] for image in record["images"]]}
    conflicts = {"conflicts": [conflict_line(one) for one in record["conflicts"]]}
    conflicts |= {"corrections": [correction_line(one) for one in record["corrections"]]}
    rights = record["rights"]
    said = [each for each in (rights["rights"], rights["basis"], rights["evidence"]) if each]
    seen = {"rights": " · ".join(said)}
    seen |= {name: record[name] for name in ("first_seen", "last_changed", "last_confirmed")}
    print_record(head | fields | conflicts | files | seen, as_json=False, notes=sources)
    console.print()
    history = unless_same(record["history"], record["url"])
    print_rows(history, _HISTORY_COLUMNS, as_json=False)
    _print_preview(record)


def masked_record(record: dict[str, Any]) -> dict[str, Any]:
    """A document's record with its contact data masked; Problem where nobody has looked for it."""
    if record["contacts"] is None:
        raise Problem(
            f"Version {record['version']['id']} cannot be masked",
            f"rules {record['rule_version']} did not look for contact data",
            f"Read it again with: gongwen rederive {record['id']}",
        )
    return mask_row(record)


def _print_preview(record: dict[str, Any]) -> None:
    console.print()
    for line in record["text"].splitlines()[:_PREVIEW_LINES]:
        console.print(cut(line, screen_width() or _PREVIEW_WIDTH), markup=False, soft_wrap=True)
    console.print(f"Whole text: gongwen show {record['version']['id']} --text", style="dim")


def readable_log(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A log for people: quiet checks in a row become one, and a page's address is told if several.

    An event is told from the check that found it by its own word.
    """
    result: list[dict[str, Any]] = []
    for row in rows:
        last = result[-1] if result else None
        if last is not None and _is_repeated(last, row):
            last["count"] += 1
            last["what"] = f"{row['what']} ×{last['count']} until {short_moment(row['at'])}"
            continue
        what = f"event: {row['what']}" if row["kind"] == "event" else row["what"]
        result.append(row | {"count": 1, "name": row["what"], "what": what})
    return unless_same(result, rows[0]["url"] if rows else None)


def _is_repeated(last: dict[str, Any], row: dict[str, Any]) -> bool:
    return row["what"] in _QUIET and (last["name"], last["url"]) == (row["what"], row["url"])
