"""``gongwen crawl`` and ``gongwen recrawl``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive import clock
from archive.problems import Problem
from crawler.cli.board import ending_line, shown
from crawler.cli.output import JsonOption, console, errors, print_json, print_record, print_rows
from crawler.environment import Environment
from crawler.runner.children import Stopper
from crawler.seeds import Seed, Seeds

# The database is loaded only by commands that run something: the others stay quick.
if TYPE_CHECKING:
    from crawler.runner.batch import Ended
    from crawler.runner.recrawl import Plan
    from crawler.runner.running import RunOutcome

RESULT_COLUMNS = ("url", "observation", "change_class", "document", "version")
UNREAD = ("error", "blocked")


def crawl(
    seeds: Annotated[
        list[str] | None, typer.Argument(help="Ids of seeds.", metavar="SEED…")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every verified seed.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Seeds at once.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Crawl seeds now and wait. Ctrl-C once finishes what is in flight; the same line resumes."""
    from crawler.runner.batch import exit_code, run_seeds
    from crawler.runner.running import Runner

    environment = Environment()
    chosen = choose(environment.load_seeds(), seeds or [], every=every)
    _warn_of_exceptions(chosen)
    stopper = Stopper()
    with stopper.listening(), shown(as_json=as_json) as board:
        runner = Runner(environment, stopper, on_progress=board.progress)
        ended = run_seeds(runner, chosen, jobs=jobs, on_end=board.ended)
    _tell_how_to_resume("crawl", [seed.id for seed in chosen], ended, stopper)
    raise typer.Exit(exit_code(ended) or (11 if stopper.stopping else 0))


def recrawl(
    target: Annotated[
        str, typer.Argument(help="URL, document id or seed.", metavar="URL|DOC|SEED")
    ],
    refetch: Annotated[
        bool, typer.Option("--refetch", help="Ignore validators and digests.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Fetch at once, whatever the schedule says, and print what was concluded."""
    from crawler.runner.recrawl import plan, results
    from crawler.runner.running import Runner

    environment = Environment()
    known = environment.load_seeds()
    with closing(environment.open()) as database, database.write() as session:
        todo = plan(session, known, target, refetch=refetch, at=clock.now())
    stopper = Stopper()
    with stopper.listening():
        outcome = Runner(environment, stopper).run(
            todo.seed, trigger="recrawl", request=todo.request
        )
    with closing(environment.open()) as database, database.read() as session:
        rows = results(session, outcome.run_id)
    _tell_how_to_resume("recrawl", [target], [outcome], stopper)
    raise typer.Exit(_print_results(rows, todo, outcome, as_json=as_json))


def choose(known: Seeds, named: Sequence[str], *, every: bool) -> list[Seed]:
    """The seeds to crawl, each once; ``every`` skips unverified ones and says which."""
    if every == bool(named):
        why = "name seeds, or ask for all verified ones, and not both"
        raise Problem("Nothing was crawled", why, "Run: gongwen crawl SEED…", exit_code=2)
    if named:
        return [known.find(name) for name in dict.fromkeys(named)]
    skipped = [seed.id for seed in known.values() if not seed.verified]
    if len(skipped) == len(known):
        why = f"no seed in {known.folder} is verified; unverified ones run only when named"
        raise Problem("Nothing was crawled", why, "Run: gongwen seeds list", exit_code=2)
    if skipped:
        errors.print(f"Skipped, because not verified: {', '.join(skipped)}", soft_wrap=True)
    return [seed for seed in known.values() if seed.verified]


def _warn_of_exceptions(seeds: Sequence[Seed]) -> None:
    """What a seed's file allows itself is said each time, lest it be forgotten there."""
    means = {
        "legacy": "old versions of TLS are accepted",
        "unverified": "certificates are not verified",
    }
    for seed in seeds:
        if seed.access.tls in means:
            told = f"{seed.id}: {means[seed.access.tls]}: {seed.access.tls_reason}"
            errors.print(told, markup=False, soft_wrap=True)


def _tell_how_to_resume(
    command: str, names: Sequence[str], ended: Sequence[Ended], stopper: Stopper
) -> None:
    cut_short = any(item.exit_code == 11 for item in ended)
    if cut_short or stopper.stopping:
        errors.print("Stopped; nothing that was fetched is lost.", soft_wrap=True)
        errors.print(f"  To go on: gongwen {command} {' '.join(names)}", soft_wrap=True)


def _print_results(
    rows: list[dict[str, Any]], todo: Plan, outcome: RunOutcome, *, as_json: bool
) -> int:
    if todo.resource is None:
        return _print_walk(rows, outcome, as_json=as_json)
    _tell_end(rows, outcome)
    for row in rows:
        if as_json:
            print_json(row)
        else:
            print_record(row, as_json=False)
            console.print()
    unread = not rows or rows[0]["observation"] in UNREAD
    return outcome.exit_code or int(unread)


def _print_walk(rows: list[dict[str, Any]], outcome: RunOutcome, *, as_json: bool) -> int:
    """Every page of a seed, and below them what they came to."""
    print_rows(rows, RESULT_COLUMNS, as_json=as_json, empty="No page was fetched.")
    if as_json:
        _tell_end(rows, outcome)
    else:
        console.print(ending_line(outcome), markup=False, soft_wrap=True)
    return outcome.exit_code


def _tell_end(rows: list[dict[str, Any]], outcome: RunOutcome) -> None:
    """Why a run failed, or what it left undone; an answer without remarks needs no such line."""
    if outcome.exit_code or outcome.reason or not rows:
        ended = f"Run {outcome.run_id} {outcome.state}: {outcome.reason or 'nothing was due'}"
        errors.print(ended, markup=False, soft_wrap=True)
