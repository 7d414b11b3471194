"""``gongwen rederive``: archived pages read again by the present rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.records import RULE_VERSION
from crawler.cli.output import JsonOption, console, errors, print_json
from crawler.cli.wording import counted

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from archive.store.rederiving import Chosen
    from crawler.environment import Environment
    from pipelines.rederiving import Again, Report

STOPPED = 11


def rederive(
    targets: Annotated[
        list[str] | None, typer.Argument(metavar="SEED|DOC…", help="All versions if absent.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would differ, and keep nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read archived pages again by this program's rules, without a network.

    Versions stay; each gets a further reading, which is shown from then on. Ctrl-C once stops
    after the pages in hand; the same line goes on.
    """
    from crawler.environment import Environment
    from crawler.runner.children import Stopper

    environment = Environment()
    stopper = Stopper()
    with stopper.listening():
        report = _read_again(
            environment, targets or (), stopper, _teller(as_json=as_json), dry_run=dry_run
        )
    _tell_end(report, dry_run=dry_run, as_json=as_json)
    if report.stopped:
        errors.print("Stopped; what was read is kept. The same command goes on.", soft_wrap=True)
    raise typer.Exit(STOPPED if report.stopped else int(report.failed > 0))


def _read_again(
    environment: Environment,
    targets: Sequence[str],
    stopper: Any,
    told: Callable[[Again], None],
    *,
    dry_run: bool,
) -> Report:
    from crawler.settings import PAGE_READER
    from pipelines.rederiving import rederive as read_again
    from pipelines.workers import Workers

    families = {seed.id: seed.discover.family for seed in environment.load_seeds().values()}
    with closing(environment.open_existing()) as database:
        with database.read() as session:
            chosen = _chosen(session, targets)
        with closing(Workers(PAGE_READER)) as workers:
            return read_again(
                database,
                workers,
                chosen,
                families=families,
                dry_run=dry_run,
                min_free=environment.min_free,
                stopping=lambda: stopper.stopping,
                told=told,
            )


def _chosen(session: Session, targets: Sequence[str]) -> Chosen | None:
    """The pages that ids of seeds, ids of documents and addresses name; None for all."""
    from sqlalchemy import select

    from archive.models import Resource, Seed
    from archive.queries import resolve
    from archive.store.rederiving import Chosen

    if not targets:
        return None
    keys = dict(session.execute(select(Seed.id, Seed.key)).all())
    pages: set[int] = set()
    for target in targets:
        if target in keys:
            continue
        found = resolve(session, target)
        if found.resource is not None:
            pages.add(found.resource.key)
        elif found.document is not None:
            own = select(Resource.key).where(Resource.document_key == found.document.key)
            pages |= set(session.scalars(own))
    return Chosen(frozenset(keys[one] for one in targets if one in keys), frozenset(pages))


def _teller(*, as_json: bool) -> Callable[[Again], None]:
    """Tells each version whose reading differs, or that could not be read."""

    def told(again: Again) -> None:
        if not (again.fields or again.reason):
            return
        row = {
            "event": "failed" if again.reason else "changed",
            "version": again.version,
            "url": again.url,
            "from": again.before,
            "to": RULE_VERSION,
            "fields": list(again.fields),
            "reason": again.reason,
        }
        if as_json:
            print_json(row)
            return
        what = f"not read: {again.reason}" if again.reason else ", ".join(again.fields)
        console.print(f"{again.version}  {what}  {again.url}", markup=False, soft_wrap=True)

    return told


def _tell_end(report: Report, *, dry_run: bool, as_json: bool) -> None:
    row = {
        "event": "ended",
        "rules": RULE_VERSION,
        "read": report.read,
        "stored": report.stored,
        "changed": report.changed,
        "failed": report.failed,
        "before": dict(report.before),
        "fields": dict(report.fields.most_common()),
        "dry_run": dry_run,
    }
    if as_json:
        print_json(row)
        return
    done = f"{counted(report.read, 'version')} read by rules {RULE_VERSION}, {report.stored} kept"
    failed = f", {report.failed} not read" if report.failed else ""
    console.print(f"{done}{failed}; {report.changed} read otherwise than before", soft_wrap=True)
    if report.fields:
        differ = ", ".join(f"{name} {count}" for name, count in report.fields.most_common())
        console.print(f"What differs: {differ}", markup=False, soft_wrap=True)
