"""``gongwen db copy`` and ``gongwen db reclaim``."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from crawler.cli.output import JsonOption, console, print_json, print_record, print_rows


def db_copy(
    to: Annotated[
        str,
        typer.Option("--to", help="An empty database, as in GONGWEN_DATABASE_URL."),
    ],
    as_json: JsonOption = False,
) -> None:
    """Copy the archive's database to another one, and compare every row; files stay in place."""
    from archive.copying import copy_database
    from crawler.environment import Environment

    with closing(Environment().open_existing()) as database:
        copied = copy_database(database, to)
    rows = [{"table": one.table, "rows": one.rows, "digest": one.digest} for one in copied.tables]
    if as_json:
        print_json({"source": copied.source, "target": copied.target, "tables": rows})
        return
    print_rows(rows, ("table", "rows", "digest"), as_json=False)
    console.print(
        f"{sum(one.rows for one in copied.tables)} rows are the same in both. From now on use the "
        f"copy, and only it: set GONGWEN_DATABASE_URL to {copied.target}",
        markup=False,
        soft_wrap=True,
    )


def db_reclaim(
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Lose what was fetched into the copy.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Go on in a database that was copied to another one, when that copy is lost or unused."""
    from archive.moved import reclaim
    from crawler.environment import Environment

    with closing(Environment().open_existing()) as database:
        place = reclaim(database, set_aside=set_aside)
    print_record({"moved_to": place}, as_json=as_json)
