"""``gongwen dev replica``: serve the made-up sites, or print what is true of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.output import JsonOption, print_rows
from crawler.replica.sites import World
from crawler.replica.truth import rows

PORTS = 65_535
ServedPortOption = Annotated[
    int,
    typer.Option("--port", min=0, max=PORTS, help="One port for all sites; 0 takes a free one."),
]
PortOption = Annotated[
    int, typer.Option("--port", min=1, max=PORTS, help="The port in the sites' addresses.")
]
DocumentsOption = Annotated[
    int, typer.Option("--documents", help="Documents on day 0, 40 or more.")
]
DayOption = Annotated[int, typer.Option("--day", help="The day of the sites' history to show.")]
NumberOption = Annotated[int, typer.Option("--number", help="The number all content comes from.")]
SeedsOption = Annotated[
    Path | None, typer.Option("--seeds-dir", help="Where the sites' seed files are written.")
]
COLUMNS = ("url", "state", "title", "doc_no", "date_published", "events")


def serve(
    port: ServedPortOption,
    documents: DocumentsOption = 50,
    day: DayOption = 0,
    number: NumberOption = 1,
    seeds_dir: SeedsOption = None,
) -> None:
    """Serve four made-up sites on loopback until stopped, and write a seed file for each."""
    # Twisted's reactor is wanted by this command alone.
    from crawler.replica.running import run

    run(World(port, documents, day, number), seeds_dir)


def truth(
    port: PortOption,
    documents: DocumentsOption = 50,
    day: DayOption = 0,
    number: NumberOption = 1,
    seeds_dir: SeedsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print what is true of every document that the sites ever had up to a day."""
    # --seeds-dir is accepted so that serve's options can be repeated as they are.
    del seeds_dir
    print_rows(rows(World(port, documents, day, number)), COLUMNS, as_json=as_json)
