"""``gongwen backup`` and ``gongwen restore``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.output import JsonOption, console, print_problem, print_record, print_rows

if TYPE_CHECKING:
    from archive.backup import Made, Restored
    from archive.verify import Report

_FINDING_COLUMNS = ("kind", "subject", "detail", "version", "fields", "url")


def backup(
    target: Annotated[Path, typer.Argument(help="A folder: new, or a backup made before.")],
    allow_damage: Annotated[
        bool, typer.Option("--allow-damage", help="Keep what is left of a damaged archive.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Copy the whole archive to a folder, also while crawls run; appears when it is whole."""
    from archive.backup import make_backup
    from crawler.environment import Environment

    with _stoppable(), closing(Environment().open_existing()) as database:
        made = make_backup(database, target, allow_damage=allow_damage)
    print_record(_made_row(made), as_json=as_json)


def restore(
    source: Annotated[Path, typer.Argument(help="A folder that gongwen backup made.")],
    as_json: JsonOption = False,
) -> None:
    """Put a backup in place of an archive that is not there, and verify it."""
    from archive.backup import restore_backup
    from archive.verify import verify
    from crawler.environment import Environment

    environment = Environment()
    with _stoppable():
        restored = restore_backup(source, environment.data, environment.database_url)
    with closing(environment.open_existing()) as database:
        report = verify(database)
    rows = [finding.as_row() for finding in report.findings]
    record = _restored_row(restored, report)
    if as_json:
        print_record({**record, "findings": rows}, as_json=True)
    else:
        if rows:
            print_rows(rows, _FINDING_COLUMNS, as_json=False)
        print_record(record, as_json=False)
        console.print("The archive is verified." if report.is_clean else "See: gongwen verify")
    if rows:
        raise typer.Exit(1)


def _made_row(made: Made) -> dict[str, Any]:
    from archive.clock import show

    manifest = made.manifest
    return {
        "backup": str(made.target),
        "archive": manifest.archive_id,
        "made_at": show(manifest.made_at),
        "files": len(manifest.files),
        "bytes": manifest.size,
        "reused": made.reused,
        "number": manifest.head_number,
        "hash": manifest.head_hash,
        "damaged": list(manifest.damaged),
    }


def _restored_row(restored: Restored, report: Report) -> dict[str, Any]:
    from archive.clock import show

    return {
        "folder": str(restored.folder),
        "archive": restored.manifest.archive_id,
        "made_at": show(restored.manifest.made_at),
        "files": len(restored.manifest.files),
        "bytes": restored.manifest.size,
        "interrupted": list(restored.interrupted),
        "clean": report.is_clean,
    }


@contextmanager
def _stoppable() -> Iterator[None]:
    """Ctrl-C leaves things as they were before, and says so."""
    try:
        yield
    except KeyboardInterrupt:
        from archive.problems import Problem

        next_step = "Run the same command again"
        print_problem(Problem("Stopped", "nothing was changed", next_step, exit_code=11))
        raise typer.Exit(11) from None
