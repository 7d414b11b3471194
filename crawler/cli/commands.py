"""Every command of `gongwen`, in the order a newcomer meets them."""

from __future__ import annotations

from typing import Any

import typer

from crawler.cli.lazy import lazy_group

_HERE = "crawler.cli"
COMMANDS = {
    "demo": f"{_HERE}.demo:demo",
    "crawl": f"{_HERE}.crawl:crawl",
    "recrawl": f"{_HERE}.crawl:recrawl",
    "docs": f"{_HERE}.inspect:docs",
    "show": f"{_HERE}.inspect:show",
    "log": f"{_HERE}.inspect:log",
    "diff": f"{_HERE}.inspect:diff",
    "correct": f"{_HERE}.corrections:correct",
    "corrections": f"{_HERE}.corrections:corrections",
    "runs": f"{_HERE}.runs:runs",
    "stats": f"{_HERE}.inspect:stats",
    "export": f"{_HERE}.export:export",
    "extract": f"{_HERE}.extract:extract",
    "compare": f"{_HERE}.extract:compare",
    "verify": f"{_HERE}.keeping:verify",
    "head": f"{_HERE}.keeping:head",
    "doctor": f"{_HERE}.keeping:doctor",
    "rederive": f"{_HERE}.rederive:rederive",
    "backup": f"{_HERE}.backup:backup",
    "restore": f"{_HERE}.backup:restore",
}
SEEDS = {
    "list": f"{_HERE}.seeds_cli:list_seeds",
    "check": f"{_HERE}.seeds_cli:check",
    "show": f"{_HERE}.seeds_cli:show",
}
SCHEDULE = {
    "run": f"{_HERE}.schedule:run",
    "list": f"{_HERE}.schedule:list_schedules",
    "next": f"{_HERE}.schedule:upcoming",
    "history": f"{_HERE}.schedule:history",
}
DB = {
    "copy": f"{_HERE}.copying:db_copy",
    "reclaim": f"{_HERE}.copying:db_reclaim",
    "upgrade": f"{_HERE}.keeping:db_upgrade",
    "downgrade": f"{_HERE}.keeping:db_downgrade",
}
REPLICA = {"serve": f"{_HERE}.dev:serve", "truth": f"{_HERE}.dev:truth"}


def _group(targets: dict[str, str], told: str, **options: Any) -> typer.Typer:
    return typer.Typer(
        cls=lazy_group(targets),
        help=told,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        **options,
    )


app = _group(COMMANDS, "A versioned archive of Chinese official documents (公文).", name="gongwen")
app.add_typer(_group(SEEDS, "The site sections that are watched."), name="seeds")
app.add_typer(_group(SCHEDULE, "Scheduled runs."), name="schedule")
app.add_typer(_group(DB, "The database behind the archive."), name="db")
_dev = _group({}, "For developing gongwen itself.")
_dev.add_typer(_group(REPLICA, "Replica sites on loopback."), name="replica")
app.add_typer(_dev, name="dev")
