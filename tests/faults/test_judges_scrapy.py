"""Scrapy's own commands in a clone of the project: they know the seeds, and keep to the gate."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.spiders.identity import user_agent
from tests.commandline import CommandLine
from tests.faults.sections import article, section
from tests.faults.site import serving

CLONE = Path(__file__).parents[2]
TARGETS = ["/a.html", "/b.html"]


def scrapy(gongwen: CommandLine, *arguments: str) -> tuple[int, str]:
    """Run a command of Scrapy where scrapy.cfg is; exit code and everything it printed."""
    ran = subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=CLONE,
        env=gongwen.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return ran.returncode, ran.stdout


def shell(gongwen: CommandLine, url: str) -> str:
    """What `scrapy shell` shows of the answer to one request."""
    code = "print('GOT', getattr(response, 'status', None))"
    return scrapy(gongwen, "shell", url, "-c", code)[1]


def test_scrapy_checks_crawls_and_refuses_as_the_project_says(tmp_path: Path) -> None:
    with serving({target: article(f"关于{target}的通知") for target in TARGETS}) as site:
        gongwen = section(tmp_path, site, TARGETS)
        code, told = scrapy(gongwen, "check")
        assert (code, "Ran 0 contracts" in told, "OK" in told) == (0, True, True)
        assert site.asked == []
        code, told = scrapy(gongwen, "crawl", "faulty")
        assert code == 0, told
        assert {row["url"] for row in gongwen.rows("docs")} == {site.origin + t for t in TARGETS}
        (run,) = gongwen.rows("runs")
        assert (run["trigger"], run["state"]) == ("scrapy", "done")
        assert {asked.header("user-agent") for asked in site.asked} == {user_agent(None)}
        asked = len(site.asked)
        told = shell(replace(gongwen, allowed="127.0.0.0/8:1"), site.origin + TARGETS[0])
        assert "GOT None" in told
        assert "is not a public address" in told
        assert len(site.asked) == asked


@pytest.mark.nightly
def test_scrapy_lists_the_seeds_and_its_shell_asks_by_our_name(tmp_path: Path) -> None:
    with serving({target: article(f"关于{target}的通知") for target in TARGETS}) as site:
        gongwen = section(tmp_path, site, TARGETS)
        assert scrapy(gongwen, "list") == (0, "faulty\n")
        assert "GOT 200" in shell(gongwen, site.origin + TARGETS[0])
        (asked,) = site.hits(TARGETS[0])
        assert str(asked.header("user-agent")).startswith("gongwen")
        assert len(site.hits("/robots.txt")) <= 1
