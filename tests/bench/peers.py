"""`python -m tests.bench.peers FOLDER [--peer NAME=PYTHON …]`: the table of docs/extraction.md.

FOLDER holds labelled pages: `manifest.jsonl` and `gold/*.json`. Each peer (trafilatura, gne,
newspaper4k) is installed in an environment of its own, whose interpreter PYTHON names.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crawler.families.reader import read
from pipelines.reading import Job
from tests.scores import Scores, score

READER = Path(__file__).with_name("peer_reader.py")


def main() -> None:
    """Print the table: a line for each field, a column for each extractor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    options = parser.parse_args()
    columns = {"gongwen": score(_joined(options.folder, ours(options.folder)))}
    for peer in options.peer:
        name, _, python = peer.partition("=")
        columns[name] = score(_joined(options.folder, theirs(name, python, options.folder)))
    for line in table(columns):
        print(line)  # noqa: T201


def ours(folder: Path) -> Iterable[Mapping[str, Any]]:
    """What gongwen reads on each page of a manifest."""
    for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        reading = read(Job(row.get("url"), (folder / row["path"]).read_bytes()))
        found = reading.extraction
        values = {} if found is None else {**found.fields, "text": found.text}
        files = [asdict(each) for each in found.attachments] if found else []
        yield {"path": row["path"], **values, "attachments": files}


def theirs(name: str, python: str, folder: Path) -> Iterable[Mapping[str, Any]]:
    """What another extractor reads on each page, in an environment of its own."""
    command = [python, str(READER), name, str(folder / "manifest.jsonl")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return map(json.loads, done.stdout.splitlines())


def table(columns: Mapping[str, Scores]) -> list[str]:
    """Right / given / present of each field, and the bodies' mean likeness, as Markdown."""
    lines = [f"| | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    for name in next(iter(columns.values())).tallies:
        tallies = [scores.tallies[name] for scores in columns.values()]
        if any(each.present or each.given for each in tallies):
            cells = (f"{each.right} / {each.given} / {each.present}" for each in tallies)
            lines.append(f"| {name} | {' | '.join(cells)} |")
    means = (f"{scores.body:.3f}" for scores in columns.values())
    low = (str(sum(each < 0.95 for each in scores.bodies)) for scores in columns.values())
    spurious = (str(scores.spurious) for scores in columns.values())
    lines.append(f"| body, mean F1 | {' | '.join(means)} |")
    lines.append(f"| bodies below 0.95 | {' | '.join(low)} |")
    lines.append(f"| text where there is none | {' | '.join(spurious)} |")
    return lines


def _joined(
    folder: Path, rows: Iterable[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    read_pages = {Path(row["path"]).stem: row for row in rows}
    labels = sorted((folder / "gold").glob("*.json"))
    return [(json.loads(each.read_text("utf-8")), read_pages.get(each.stem, {})) for each in labels]


if __name__ == "__main__":
    main()
