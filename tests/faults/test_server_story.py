"""One archive on a PostgreSQL server, from its first crawl to a kill and what follows."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

from tests.databases import DATABASES
from tests.faults.sections import article, section
from tests.faults.site import Connection, FaultSite, serving

TARGETS = [f"/a/{number}.html" for number in range(5)]
FIRST, SLOW = TARGETS[0], TARGETS[-1]


async def never(_: Connection) -> None:
    await asyncio.sleep(600)


def wait_for(site: FaultSite, target: str, times: int) -> None:
    deadline = time.monotonic() + 120
    while len(site.hits(target)) < times:
        assert time.monotonic() < deadline, f"{target} was not asked for"
        time.sleep(0.05)


def test_an_archive_on_a_server_lives_through_changes_and_a_kill(tmp_path: Path) -> None:
    url = DATABASES.place(tmp_path / "archive")
    routes = {target: article(f"关于{target}的通知") for target in TARGETS}
    with serving(routes) as site:
        gongwen = section(tmp_path, site, TARGETS, crawl='delay = 0\nrecheck = "0s"')
        assert gongwen.environment["GONGWEN_DATABASE_URL"] == url
        gongwen.run("crawl", "faulty")
        assert len(gongwen.rows("docs")) == len(TARGETS)
        site.routes[FIRST] = article("关于修改通知的通知")
        site.routes[SLOW] = never
        crawl = gongwen.start("crawl", "faulty")
        wait_for(site, SLOW, 2)
        os.killpg(crawl.pid, signal.SIGKILL)
        crawl.communicate()
        site.routes[SLOW] = article(f"关于{SLOW}的通知")
        gongwen.run("crawl", "faulty")
    assert len(gongwen.rows("docs")) == len(TARGETS)
    name = site.origin + FIRST
    shown = gongwen.one("show", name)
    assert (shown["title"], shown["version"]["number"]) == ("关于修改通知的通知", 2)
    assert gongwen.one("diff", name)["change_class"] == "substantive"
    told = [row["what"] for row in gongwen.rows("log", name) if row["kind"] == "observation"]
    assert [what for what in told if what in ("new", "changed")] == ["new", "changed"]
    states = [row["state"] for row in gongwen.rows("runs")]
    assert states.count("done") == 2
    assert "interrupted" in states
    report = gongwen.one("verify")
    assert (report["clean"], report["checked"]["versions"]) == (True, len(TARGETS) + 1)
    signs = {row["name"]: row["state"] for row in gongwen.rows("doctor")}
    assert "fail" not in signs.values()
    assert not (tmp_path / "archive" / "gongwen.sqlite").exists()
