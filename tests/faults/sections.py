"""A section of a faulty site: a list of pages, its seed, and the command line to crawl it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.commandline import CommandLine
from tests.faults.site import Connection, FaultSite, Route

LIST = "/list/index.html"
TEXT = "各区县科技局，有关单位：为做好本年度科技计划项目的组织申报工作，现就有关事项通知如下。"
PAGE = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body>'
    "<h1>{title}</h1><div class='content'>" + f"<p>{TEXT}</p>" * 6 + "</div></body></html>"
)


def article(title: str) -> Route:
    """A route that answers with a sound article."""

    async def route(connection: Connection) -> None:
        await connection.answer(200, PAGE.format(title=title))

    return route


def listing(targets: Sequence[str]) -> Route:
    """A route that answers with a dated list of links, in order."""
    rows = "".join(
        f"<li><a href='{target}'>关于组织申报科技计划项目的通知之{number}</a>"
        f"<span>2023-07-{number % 28 + 1:02d}</span></li>"
        for number, target in enumerate(targets, 1)
    )
    body = f"<html><head><title>通知公告</title></head><body><ul>{rows}</ul></body></html>"

    async def route(connection: Connection) -> None:
        await connection.answer(200, body)

    return route


def seed_text(seed_id: str, urls: Sequence[str], crawl: str = "delay = 0") -> str:
    """A seed file; ``crawl`` is the text of its [crawl] table."""
    listed = ", ".join(f'"{url}"' for url in urls)
    return (
        f'id = "{seed_id}"\ntitle = "{seed_id}"\nverified = true\n'
        f"[discover]\nurls = [{listed}]\n[expect]\nmin_items = 1\n[crawl]\n{crawl}\n"
    )


def section(
    folder: Path,
    site: FaultSite,
    targets: Sequence[str],
    *,
    seed_id: str = "faulty",
    crawl: str = "delay = 0",
    **extra: str,
) -> CommandLine:
    """Have the site list these targets, write the seed beside the archive, and give the command.

    ``extra`` are further environment variables of the command.
    """
    site.routes.setdefault(LIST, listing(targets))
    seeds = folder / "seeds"
    seeds.mkdir(parents=True, exist_ok=True)
    (seeds / f"{seed_id}.toml").write_text(seed_text(seed_id, [site.origin + LIST], crawl))
    return CommandLine(folder / "archive", seeds, site.allowed, extra)
