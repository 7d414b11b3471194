"""Every command of `gongwen`, in the order a newcomer meets them."""

from __future__ import annotations

import sys

import typer

from archive.problems import Problem
from crawler.cli import crawl, demo, dev, extract, inspect, keeping, runs, schedule, seeds_cli
from crawler.cli.output import print_problem

app = typer.Typer(
    name="gongwen",
    help="A versioned archive of Chinese official documents (公文).",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
seeds_app = typer.Typer(help="The site sections that are watched.", no_args_is_help=True)
schedule_app = typer.Typer(help="Scheduled runs.", no_args_is_help=True)
db_app = typer.Typer(help="The database behind the archive.", no_args_is_help=True)
dev_app = typer.Typer(help="For developing gongwen itself.", no_args_is_help=True)
replica_app = typer.Typer(help="Replica sites on loopback.", no_args_is_help=True)

app.command("demo")(demo.demo)
app.command("crawl")(crawl.crawl)
app.command("recrawl")(crawl.recrawl)
app.command("docs")(inspect.docs)
app.command("show")(inspect.show)
app.command("log")(inspect.log)
app.command("diff")(inspect.diff)
app.command("runs")(runs.runs)
app.command("stats")(inspect.stats)
app.command("extract")(extract.extract)
app.command("compare")(extract.compare)
app.command("verify")(keeping.verify)
app.command("head")(keeping.head)
app.command("doctor")(keeping.doctor)

app.add_typer(seeds_app, name="seeds")
seeds_app.command("list")(seeds_cli.list_seeds)
seeds_app.command("check")(seeds_cli.check)
seeds_app.command("show")(seeds_cli.show)

app.add_typer(schedule_app, name="schedule")
schedule_app.command("run")(schedule.run)
schedule_app.command("list")(schedule.list_schedules)
schedule_app.command("next")(schedule.upcoming)
schedule_app.command("history")(schedule.history)

app.add_typer(db_app, name="db")
db_app.command("upgrade")(keeping.db_upgrade)

app.add_typer(dev_app, name="dev")
dev_app.add_typer(replica_app, name="replica")
replica_app.command("serve")(dev.serve)
replica_app.command("truth")(dev.truth)


def main() -> None:
    """Run the command line; a Problem becomes three lines and its exit code."""
    try:
        app()
    except Problem as problem:
        print_problem(problem)
        sys.exit(problem.exit_code)
