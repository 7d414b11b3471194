"""A8, D11, D14, E1 and E2 through real runs: known pages turn bad, and nothing is lost by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from archive.database import Database, open_database
from archive.models import Capture, Derivation, Observation, Resource, Version
from archive.warc import read_record
from tests.commandline import CommandLine
from tests.faults import bombs
from tests.faults.sections import PAGE, TEXT, section
from tests.faults.site import Route, serving

CRAWL = 'delay = 0\nrecheck = "0s"'
HEAD = PAGE.partition("<p>")[0].format(title="关于申报的通知")
PARAGRAPHS = 400_000
SHELLS = {
    "shielded": b"<script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.cd='q'</script>",
    "captcha": "<title>安全验证</title><p>请完成人机验证后继续访问</p>".encode(),
    "walled": "<title>用户登录</title><form><input name=u><input type=password></form>".encode(),
    "upkeep": "<title>系统维护</title><p>系统维护中，请稍后访问</p>".encode(),
    "missing": "<title>404</title><p>对不起，您访问的页面不存在</p>".encode(),
}
SEEN = {
    "shielded": "blocked",
    "captcha": "blocked",
    "walled": "error",
    "upkeep": "error",
    "missing": "soft_404",
}
STRAINING = {
    "deep": (HEAD + "<div>" * 50_000 + f"<p>{TEXT}</p>").encode(),
    "hidden": (HEAD + "<select><option>" * 5000 + f"<p>{TEXT}</p>").encode(),
    "endless": (HEAD + "<b><i>x</i></b>" * 3 * PARAGRAPHS).encode(),
}
CODECS = {
    "gbk": ("gb18030", "text/html", "gb18030", "override"),
    "latin": ("gb18030", "text/html; charset=iso-8859-1", "gb18030", "override"),
    "wide": ("utf-16-le", "text/html; charset=utf-16", "utf-16-le", "header"),
}
"""How a page is encoded and labelled, and how it must be read; its meta tag always says UTF-8."""
FAILED = {"deep": "partial", "hidden": "partial", "endless": "(oom|timeout)"}


@dataclass(frozen=True)
class Crawled:
    """An archive after two days of one section, and how its second run ended."""

    database: Database
    line: CommandLine
    urls: dict[str, str]
    code: int

    def seen(self, name: str) -> list[Observation]:
        return self._of(name, Observation, Observation.resource_key)

    def versions(self, name: str) -> list[Version]:
        return self._of(name, Version, Version.resource_key)

    def kept(self, name: str) -> bytes:
        """The last body of a page, as the archive holds it."""
        chosen = select(Capture).where(Capture.url == self.urls[name]).order_by(Capture.key)
        with self.database.read() as session:
            capture = session.scalars(chosen).all()[-1]
            session.expunge_all()
        return read_record(self.database, capture).payload

    def derived(self, version: Version) -> Derivation:
        with self.database.read() as session:
            found = session.get_one(Derivation, version.derivation_key)
            session.expunge_all()
        return found

    def _of(self, name: str, model: Any, column: Any) -> list[Any]:
        chosen = select(model).join(Resource, Resource.key == column).order_by(model.key)
        with self.database.read() as session:
            rows = session.scalars(chosen.where(Resource.url == self.urls[name])).all()
            session.expunge_all()
            return list(rows)


def sound(name: str) -> Route:
    codec, kind, *_ = CODECS.get(name, ("utf-8", "text/html"))
    return bombs.plain(PAGE.format(title=f"关于{name}的通知").encode(codec), kind)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """Pages crawled while they are sound, and again when some have turned bad.

    What stands in a page's place is on a host of its own, because a challenge ends a host's run.
    """
    with ExitStack() as stack:
        home = stack.enter_context(serving({}))
        sites = dict.fromkeys(("first", *STRAINING, *CODECS, "last"), home)
        for number, name in enumerate(SHELLS, 1):
            address = f"127.0.0.{21 + number}"
            sites[name] = stack.enter_context(serving({}, address, home.port))
        urls = {name: f"{site.origin}/a/{name}.html" for name, site in sites.items()}
        for name, site in sites.items():
            site.routes[f"/a/{name}.html"] = sound(name)
        folder = tmp_path_factory.mktemp("crawled")
        line = section(folder, home, list(urls.values()), crawl=CRAWL)
        line.run("crawl", "faulty")
        for name, body in (STRAINING | SHELLS).items():
            sites[name].routes[f"/a/{name}.html"] = bombs.plain(body)
        code, _, _ = line.ended("crawl", "faulty")
        with closing(open_database(line.folder)) as database:
            yield Crawled(database, line, urls, code)


@pytest.mark.parametrize("name", STRAINING)
def test_e1_e2_a_known_page_that_strains_its_reader_keeps_its_version(
    crawled: Crawled, name: str
) -> None:
    first, second = crawled.seen(name)
    assert (first.observation, second.observation) == ("new", "error")
    assert re.match(f"extract_failed={FAILED[name]} under rules ", second.reason or "")
    assert [version.number for version in crawled.versions(name)] == [1]
    assert crawled.kept(name) == STRAINING[name]


@pytest.mark.parametrize("name", SHELLS)
def test_d14_what_stands_in_a_page_s_place_never_becomes_its_version(
    crawled: Crawled, name: str
) -> None:
    first, second = crawled.seen(name)
    assert (first.observation, second.observation) == ("new", SEEN[name])
    assert second.reason
    (version,) = crawled.versions(name)
    assert crawled.derived(version).fields["title"] == f"关于{name}的通知"
    assert crawled.kept(name) == SHELLS[name]


def test_a8_d14_the_run_goes_on_and_tells_of_what_failed(crawled: Crawled) -> None:
    assert crawled.code == 0
    assert crawled.seen("last")[-1].observation == "unchanged"
    (told,) = crawled.line.rows("runs", "--limit", "1")
    assert told["state"] == "done"
    counts = {name: told["counts"][name] for name in ("blocked", "soft_404", "error", "changed")}
    assert counts == {"blocked": 2, "soft_404": 1, "error": 5, "changed": 0}
    assert re.match(r"7 pages failed: \S+: .", told["reason"])


@pytest.mark.parametrize("name", CODECS)
def test_d11_the_codec_and_its_evidence_are_stored_with_the_text(
    crawled: Crawled, name: str
) -> None:
    (version,) = crawled.versions(name)
    derivation = crawled.derived(version)
    assert (derivation.encoding, derivation.encoding_evidence) == CODECS[name][2:]
    assert derivation.fields["title"] == f"关于{name}的通知"
    assert derivation.text == "\n".join([TEXT] * 6)
