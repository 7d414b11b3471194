"""``gongwen seeds list|check|show``."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

import typer

from archive.problems import Problem
from crawler.cli.output import JsonOption, console, errors, print_json, print_record, print_rows
from crawler.environment import Environment
from crawler.seeds import Seed, Seeds

COLUMNS = ("id", "title", "publisher", "schedule", "verified", "rights", "file")


def list_seeds(as_json: JsonOption = False) -> None:
    """List the site sections that are watched, and warn of files with errors."""
    seeds = Environment().load_seeds()
    rows = [_row(seeds, seed) for seed in seeds.values()]
    print_rows(rows, COLUMNS, as_json=as_json)
    broken = sorted({error.file for error in seeds.errors})
    if broken:
        errors.print(f"Files with errors: {', '.join(broken)}. Run: gongwen seeds check")


def check(as_json: JsonOption = False) -> None:
    """Check every seed file without a network; exit 1 if any has errors, or there is none."""
    seeds = Environment().load_seeds()
    if not seeds and not seeds.errors:
        next_step = "Put a .toml file there, or set GONGWEN_SEEDS to another folder"
        raise Problem("There is no seed to check", f"{seeds.folder} holds none", next_step)
    if as_json:
        for row in _check_rows(seeds):
            print_json(row)
    else:
        for error in seeds.errors:
            console.print(str(error), soft_wrap=True, markup=False)
        broken = len({error.file for error in seeds.errors})
        console.print(f"{seeds.folder}: {len(seeds)} good, {broken} with errors", soft_wrap=True)
    raise typer.Exit(1 if seeds.errors else 0)


def show(
    seed: Annotated[str, typer.Argument(help="Id of a seed.", metavar="SEED")],
    as_json: JsonOption = False,
) -> None:
    """Show one seed as gongwen understands it."""
    seeds = Environment().load_seeds()
    row = _row(seeds, seeds.find(seed))
    if not as_json:
        for table in ("discover", "expect", "crawl", "access"):
            row |= row.pop(table)
    print_record(row, as_json=as_json)


def _row(seeds: Seeds, seed: Seed) -> dict[str, Any]:
    file = seeds.files.get(seed.id)
    return seed.model_dump(mode="json") | {"file": None if file is None else file.name}


def _check_rows(seeds: Seeds) -> list[dict[str, Any]]:
    """One row per file: its name, the seed's id if it could be read, and its errors."""
    good = {file.name or "": seed_id for seed_id, file in seeds.files.items()}
    broken: dict[str, list[dict[str, Any]]] = {}
    for error in seeds.errors:
        broken.setdefault(error.file, []).append(dataclasses.asdict(error))
    return [
        {
            "file": name,
            "id": good.get(name),
            "ok": name not in broken,
            "errors": broken.get(name, []),
        }
        for name in sorted({*good, *broken})
    ]
