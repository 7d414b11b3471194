"""``gongwen correct`` and ``gongwen corrections``: a person's word on a field."""

from __future__ import annotations

import getpass
from contextlib import closing
from typing import Annotated, Any

import typer

from archive.problems import Problem
from crawler.cli.output import JsonOption, print_record, print_rows

COLUMNS = ("id", "field", "value", "reads", "state", "who", "why", "at", "url")
_FORM = "gongwen correct DOC FIELD VALUE --why TEXT"


def correct(
    ref: Annotated[
        str | None, typer.Argument(metavar="DOC", help="A document d…, or a page's URL.")
    ] = None,
    field: Annotated[str | None, typer.Argument(metavar="FIELD", help="Such as author.")] = None,
    value: Annotated[str | None, typer.Argument(metavar="VALUE", help="What is right.")] = None,
    why: Annotated[str | None, typer.Option("--why", help="How you know.")] = None,
    who: Annotated[str | None, typer.Option("--who", help="Your name, if not that here.")] = None,
    unset: Annotated[bool, typer.Option("--unset", help="The page states none.")] = False,
    withdraw: Annotated[
        str | None, typer.Option("--withdraw", metavar="ID", help="Take a correction back.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Correct a field of a document by hand; versions and evidence stay as they are.

    The value goes before what the rules read, until the page itself says something else.
    """
    from crawler.environment import Environment

    if withdraw is not None:
        _alone({"DOC": ref, "--why": why, "--who": who, "--unset": unset or None})
        from archive.correcting import withdraw as take_back

        environment = Environment()
        with closing(environment.open_existing()) as database:
            row = take_back(database, withdraw, min_free=environment.min_free)
    else:
        row = _corrected(ref, field, value, why, who, unset=unset)
    print_record(row, as_json=as_json)


def corrections(
    ref: Annotated[
        str | None, typer.Argument(metavar="DOC", help="Only those of a document or page.")
    ] = None,
    open_only: Annotated[
        bool, typer.Option("--open", help="Only those whose page says something else since.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List what people corrected, and what became of it."""
    from archive.queries import correction_rows, resolve
    from crawler.environment import Environment

    with closing(Environment().open_existing()) as database, database.read() as session:
        found = resolve(session, ref) if ref is not None else None
        rows = correction_rows(session, found, open_only=open_only)
    empty = "No open correction." if open_only else f"No correction. Make one with: {_FORM}"
    print_rows(rows, COLUMNS, as_json=as_json, empty=empty)


def _corrected(
    ref: str | None,
    field: str | None,
    value: str | None,
    why: str | None,
    who: str | None,
    *,
    unset: bool,
) -> dict[str, Any]:
    from archive.correcting import check_field
    from archive.correcting import correct as store
    from crawler.environment import Environment
    from pipelines.corrections import checked_value

    if ref is None or field is None:
        raise _misused("a document and a field are needed", f"Write it like {_FORM}")
    check_field(field)
    if unset == (value is not None):
        why_not = "a value is needed, or --unset, and not both"
        raise _misused(why_not, f"Write it like {_FORM}")
    if not (why or "").strip():
        raise _misused("a correction says why", "Give the reason with --why TEXT")
    wanted = None if value is None else checked_value(field, value)
    environment = Environment()
    with closing(environment.open_existing()) as database:
        return store(
            database,
            ref,
            field,
            wanted,
            who=who or getpass.getuser(),
            why=why or "",
            min_free=environment.min_free,
        )


def _alone(others: dict[str, object]) -> None:
    given = [name for name, value in others.items() if value is not None]
    if given:
        why = f"{' and '.join(given)} mean nothing beside it"
        raise _misused(f"--withdraw stands alone: {why}", "Give the id alone")


def _misused(why: str, next_step: str) -> Problem:
    return Problem("Nothing was corrected", why, next_step, exit_code=2)
