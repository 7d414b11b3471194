"""Every source of links leads to a listener on loopback that nobody allowed; it hears nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from sqlalchemy import select
from typer.testing import CliRunner

from archive.database import open_database
from archive.models import Observation, Resource
from crawler.cli.commands import app
from tests.commandline import CommandLine
from tests.faults.sections import PAGE, article, seed_text
from tests.faults.site import Connection, FaultSite, Route, serving
from tests.faults.trap import Trap, trap

SECRET = "zq7Sentinel"
FORMS = (
    "http://127.0.0.1:{port}{path}",
    "http://127.1:{port}{path}",
    "http://0x7f.1:{port}{path}",
    "http://2130706433:{port}{path}",
    "http://017700000001:{port}{path}",
    "http://0:{port}{path}",
    "http://0.0.0.0:{port}{path}",
    "http://127.0.0.1.:{port}{path}",
    "http://[::1]:{port}{path}",
    "http://[::ffff:127.0.0.1]:{port}{path}",
    "http://[::ffff:7f00:1]:{port}{path}",
    "http://[::127.0.0.1]:{port}{path}",
    "http://[64:ff9b::7f00:1]:{port}{path}",
    "http://１２７.０.０.１:{port}{path}",
    "http://127。0。0。1:{port}{path}",
    "http://%31%32%37.0.0.1:{port}{path}",
    "//127.0.0.1:{port}{path}",
)
DIFFERENTIALS = (
    "http://127.0.0.1:{port}\\@x.example{path}",
    "http://x.example\\@127.0.0.1:{port}{path}",
    "http://x.example:80@127.0.0.1:{port}{path}",
    "http://127.0.0.1:{port}#@x.example{path}",
    "http://127.0.0.1:{port}?@x.example{path}",
    "http://127.0\t.0.1:{port}{path}",
    "ht\ntp://127.0.0.1:{port}{path}",
    "http:/\\127.0.0.1:{port}{path}",
    "http:127.0.0.1:{port}{path}",
    "http:///127.0.0.1:{port}{path}",
    "\\\\127.0.0.1:{port}{path}",
)
SCHEMES = (
    "file:///etc/passwd",
    "ftp://127.0.0.1:{port}/a.html",
    "gopher://127.0.0.1:{port}/a.html",
    "data:text/html,<h1>secret</h1>",
    "javascript:alert(1)",
    "blob:http://127.0.0.1:{port}/a.html",
    "view-source:http://127.0.0.1:{port}/a.html",
    "s3://bucket/a.html",
    "ws://127.0.0.1:{port}/a.html",
)
STATUSES = (301, 302, 303, 307, 308)


def markup(body: str, headers: Sequence[tuple[str, str]] = (), status: int = 200) -> Route:
    async def route(connection: Connection) -> None:
        await connection.answer(status, body, tuple(headers))

    return route


def leads_to(target: str, status: int = 302) -> Route:
    cookie = ("Set-Cookie", f"session={SECRET}; Path=/")
    return markup("", [("Location", target), cookie], status)


def rows_of(targets: Sequence[str]) -> str:
    rows = "".join(
        f"<li><a href='{target}'>关于组织申报科技计划项目的通知之{number}</a>"
        f"<span>2023-07-{number % 28 + 1:02d}</span></li>"
        for number, target in enumerate(targets, 1)
    )
    return f"<ul>{rows}</ul>"


def list_page(targets: Sequence[str], head: str = "", more: str = "") -> Route:
    head = f"<head><title>通知公告</title>{head}</head>"
    body = f"<html>{head}<body>{rows_of(targets)}{more}</body></html>"
    return markup(body, [("Set-Cookie", f"session={SECRET}; Path=/")])


def luring_article(origin: str) -> Route:
    """An article whose markup names the listener in every way that an article can."""
    head = (
        f"<base href='{origin}/base/'><link rel='canonical' href='{origin}/canonical.html'>"
        f"<meta http-equiv='refresh' content='0;url={origin}/refresh.html'>"
    )
    files = (
        f"<p><a href='{origin}/file.pdf'>附件1：申报表.pdf</a></p>"
        "<p><a href='relative.docx'>附件2：名单.docx</a></p>"
        f"<p><img src='{origin}/picture.png'></p><iframe src='{origin}/viewed.pdf'></iframe>"
    )
    body = PAGE.format(title="关于附件的通知")
    return markup(body.replace("<head>", f"<head>{head}").replace("</div>", f"{files}</div>"))


@dataclass
class Lured:
    """What two runs left behind, beside what the sites and the listeners saw."""

    gongwen: CommandLine
    here: FaultSite
    there: FaultSite
    traps: list[Trap]
    links: dict[str, list[str]]
    seen: dict[str, list[tuple[str, str]]]
    urls: list[str]

    def refusals(self, ending: str) -> set[str]:
        """Why the pages were refused whose address ends so; every one of them was."""
        found = [
            seen for url, all_seen in self.seen.items() if url.endswith(ending) for seen in all_seen
        ]
        assert found, ending
        assert {observation for observation, _ in found} == {"error"}, found
        return {reason for _, reason in found}

    def caught(self) -> list[bytes]:
        return [hit for found in self.traps for hit in found.hits]


def routes(inside: str, port: int, there: str) -> tuple[dict[str, Route], dict[str, list[str]]]:
    """The luring site, and the links of its lists by what they try."""
    links = {
        "forms": [form.format(port=port, path=f"/f{n}.html") for n, form in enumerate(FORMS)],
        "differentials": [
            form.format(port=port, path=f"/d/{n}.html") for n, form in enumerate(DIFFERENTIALS)
        ],
        "schemes": [form.format(port=port) for form in SCHEMES],
        "redirects": [f"/r/{status}.html" for status in STATUSES],
        "schemed": [f"/s/{number}.html" for number in range(len(SCHEMES))],
        "located": [f"/l/{number}.html" for number in range(len(DIFFERENTIALS))],
    }
    links["own"] = [
        "/chain/0.html",
        "/article.html",
        "/credentials.html",
        "/away.html",
        "/port.html",
        "/opened.html",
        f"http://reader:{SECRET}@{there.removeprefix('http://')}/named.html",
    ]
    found = {
        "/list/index.html": list_page(
            [link for group in links.values() for link in group],
            more=f"<a href='{inside}/list/index_2.html'>下一页</a>",
        ),
        "/base/index.html": list_page(["based.html"], f"<base href='{inside}/deep/'>"),
        "/odd/index.html": list_page(["passwd"], "<base href='file:///etc/'>"),
        "/landing/index.html": markup(
            f"<meta http-equiv='refresh' content='0;url={inside}/landed.html'>"
        ),
        "/article.html": luring_article(inside),
        "/port.html": leads_to(f"http://127.0.0.21:{port}/port.html"),
        "/opened.html": leads_to(f"{there}/opened.html"),
        "/credentials.html": leads_to(f"http://reader:{SECRET}@127.0.0.22/x.html"),
        "/away.html": leads_away(f"{there}/away.html"),
    }
    found |= {f"/r/{status}.html": leads_to(f"{inside}/r.html", status) for status in STATUSES}
    found |= {f"/s/{n}.html": leads_to(form.format(port=port)) for n, form in enumerate(SCHEMES)}
    for number, form in enumerate(DIFFERENTIALS):
        target = form.format(port=port, path="/l.html").replace("\n", "\t")
        found[f"/l/{number}.html"] = leads_to(target)
    chain = [*(f"/chain/{number}.html" for number in range(5)), f"{inside}/chained.html"]
    for number, status in enumerate(STATUSES):
        found[chain[number]] = leads_to(chain[number + 1], status)
    return found, links


def leads_away(target: str) -> Route:
    """A page that has a validator, and moves to another host as soon as that comes back."""

    async def route(connection: Connection) -> None:
        if connection.asked.header("If-None-Match"):
            await connection.answer(302, "", (("Location", target), ("Set-Cookie", "a=b")))
        else:
            headers = (("ETag", '"one"'), ("Set-Cookie", f"session={SECRET}"))
            await connection.answer(200, PAGE.format(title="搬走之前的通知"), headers)

    return route


@pytest.fixture(scope="module")
def lured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lured]:
    folder = tmp_path_factory.mktemp("lured")
    with ExitStack() as stack:
        inside = stack.enter_context(trap())
        more = [("::1", inside.port), ("127.0.0.21", inside.port)]
        traps = [inside, *(stack.enter_context(trap(*place)) for place in more)]
        here = stack.enter_context(serving({}))
        there = stack.enter_context(serving({}, "127.0.0.22", here.port))
        here.routes, links = routes(inside.origin, inside.port, there.origin)
        there.routes = {
            "/robots.txt": markup("User-agent: *\n"),
            "/away.html": article("搬走之后的通知"),
            "/opened.html": article("另一台主机上的通知"),
            "/named.html": article("带着口令链接的通知"),
        }
        luring = stack.enter_context(serving({}, "127.0.0.23", here.port))
        luring.routes = {
            "/robots.txt": leads_to(f"{inside.origin}/robots.txt"),
            "/list/index.html": list_page([]),
        }
        gongwen = prepare(folder, here, luring)
        gongwen.run("crawl", "lured")
        gongwen.run("crawl", "lured")
        seen, urls = observed(gongwen)
        yield Lured(gongwen, here, there, traps, links, seen, urls)


def prepare(folder: Path, here: FaultSite, luring: FaultSite) -> CommandLine:
    (folder / "seeds").mkdir()
    lists = [f"{here.origin}/{name}/index.html" for name in ("list", "base", "odd", "landing")]
    text = seed_text(
        "lured", [*lists, f"{luring.origin}/list/index.html"], 'delay = 0\nrecheck = "0s"'
    )
    (folder / "seeds" / "lured.toml").write_text(text)
    # Three hosts on one port, and nothing else of loopback.
    allowed = ",".join(f"127.0.0.{number}/32:{here.port}" for number in (21, 22, 23))
    return CommandLine(folder / "archive", folder / "seeds", allowed, {"GONGWEN_CONTACT": ""})


def observed(gongwen: CommandLine) -> tuple[dict[str, list[tuple[str, str]]], list[str]]:
    """What was concluded of every address, in order, and every address that is known."""
    seen: dict[str, list[tuple[str, str]]] = {}
    query = (
        select(Resource.url, Observation.observation, Observation.reason)
        .join(Observation, Observation.resource_key == Resource.key)
        .order_by(Observation.key)
    )
    with closing(open_database(gongwen.folder)) as database, database.read() as session:
        for url, observation, reason in session.execute(query):
            seen.setdefault(url, []).append((observation, reason or ""))
        return seen, list(session.scalars(select(Resource.url)))


def logged(gongwen: CommandLine) -> str:
    return "".join(path.read_text() for path in (gongwen.folder / "logs").iterdir())


def test_f1_every_form_of_a_loopback_address_in_a_list_is_refused_unasked(lured: Lured) -> None:
    """With the reason in the archive, in the run's log and in what `log` shows of the page."""
    assert lured.caught() == []
    for number in range(len(FORMS)):
        (reason,) = lured.refusals(f"/f{number}.html")
        assert reason.startswith("refused: ")
        assert "is not a public address" in reason
        assert f"port {lured.traps[0].port}" in reason
        assert f"/f{number}.html was refused" in logged(lured.gongwen)


def test_f1_the_reason_of_a_refusal_is_shown(lured: Lured, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in lured.gongwen.environment.items():
        monkeypatch.setenv(name, value)
    page = lured.links["forms"][2]
    shown = CliRunner().invoke(app, ["log", page, "--json"])
    assert shown.exit_code == 0, shown.output
    assert "127.0.0.1 is not a public address" in shown.output


def test_f2_no_source_of_links_leads_to_the_listener(lured: Lured) -> None:
    """Redirects, next pages, refreshes, <base>, attachments, pictures, viewers, robots.txt."""
    assert lured.caught() == []
    pages = ("/chain/0.html", "/list/index_2.html", "/landed.html", "/deep/based.html")
    files = ("/file.pdf", "/base/relative.docx", "/viewed.pdf", "/picture.png")
    robots = f"127.0.0.23:{lured.here.port}/robots.txt"
    for ending in (*(f"/r/{status}.html" for status in STATUSES), *pages, *files, robots):
        (reason,) = lured.refusals(ending)
        assert "refused: 127.0.0.1 is not a public address" in reason, ending


def test_f2_what_a_page_only_names_is_no_link(lured: Lured) -> None:
    """A canonical link and a refresh inside an article ask for nothing."""
    assert lured.seen[f"{lured.here.origin}/article.html"][0] == ("new", "first content")
    for name in ("canonical.html", "refresh.html"):
        assert not [url for url in lured.urls if url.endswith(name)]


def test_f2_a_host_whose_robots_txt_leads_inside_is_not_crawled(lured: Lured) -> None:
    assert f"http://127.0.0.23:{lured.here.port}/list/index.html" in lured.urls
    assert f"http://127.0.0.23:{lured.here.port}/list/index.html" not in lured.seen
    reasons = [row["reason"] or "" for row in lured.gongwen.rows("runs")]
    assert any("robots.txt leads where nobody may ask" in reason for reason in reasons)


@pytest.mark.parametrize("command", ["recrawl", "crawl"])
def test_f2_an_address_that_a_person_names_is_refused_in_words(lured: Lured, command: str) -> None:
    inside = f"http://127.1:{lured.traps[0].port}/named.html"
    gongwen, target = lured.gongwen, inside
    if command == "crawl":
        (gongwen.seeds_dir / "inner.toml").write_text(seed_text("inner", [inside]))
        target = "inner"
    code, _, errors = gongwen.ended(command, target)
    assert code == 2
    assert "127.0.0.1 is not a public address" in errors
    assert "GONGWEN_ALLOW_ADDRESSES" in errors
    assert lured.caught() == []


def test_f4_no_address_of_a_list_or_a_location_is_read_in_two_ways(lured: Lured) -> None:
    """Refused, or asked of the host that the check saw: ours."""
    assert lured.caught() == []
    for source, (number, form) in product("dl", enumerate(DIFFERENTIALS)):
        bare = source == "d" and "#" in form
        ends = f":{lured.traps[0].port}" if bare else f"/{source}/{number}.html"
        seen = [s for url, all_seen in lured.seen.items() if url.endswith(ends) for s in all_seen]
        assert seen, form
        for observation, reason in seen:
            refused = observation == "error" and reason.startswith("refused: ")
            assert refused or (observation, reason) == ("gone", "HTTP 404"), (form, reason)
    for ending in ("/d/0.html", "/d/1.html", "/l/0.html", "/l/1.html"):
        assert "backslash" in "".join(lured.refusals(ending))


def test_f5_nothing_but_http_is_known_or_asked(lured: Lured) -> None:
    assert {url.partition(":")[0] for url in lured.urls} == {"http"}
    assert not [url for url in lured.urls if "passwd" in url]
    for number, link in enumerate(SCHEMES):
        (reason,) = lured.refusals(f"/s/{number}.html")
        assert reason == f"refused: only http and https are fetched, not {link.partition(':')[0]}"


def test_f7_a_redirect_leads_only_to_what_was_opened_by_network_and_port(lured: Lured) -> None:
    (reason,) = lured.refusals("/port.html")
    assert reason.startswith("refused: 127.0.0.21 is not a public address")
    assert lured.caught() == []
    assert lured.seen[f"{lured.here.origin}/opened.html"][0][0] == "new"
    assert lured.there.hits("/opened.html")


def test_d7_no_request_carries_what_one_place_was_told(lured: Lured) -> None:
    moved = lured.there.hits("/away.html")
    assert [asked.header("If-None-Match") for asked in lured.here.hits("/away.html")] == [
        None,
        '"one"',
    ]
    assert len(moved) == 1
    for asked in (*lured.here.asked, *lured.there.asked):
        for name in ("Cookie", "Authorization", "Proxy-Authorization", "Referer"):
            assert asked.header(name) is None
    assert [moved[0].header(name) for name in ("If-None-Match", "If-Modified-Since")] == [
        None,
        None,
    ]


def test_d7_a_password_in_a_link_is_neither_sent_nor_kept(lured: Lured) -> None:
    assert lured.refusals("/credentials.html") == {"refused: the URL carries credentials"}
    assert lured.seen[f"{lured.there.origin}/named.html"][0][0] == "new"
    assert not [url for url in lured.urls if "reader" in url]
    held = [path for path in lured.gongwen.folder.rglob("*") if path.is_file()]
    assert SECRET.encode() in b"".join(map(answers_alone, held))
    for path in held:
        if path.suffix != ".gz":
            assert SECRET.encode() not in path.read_bytes(), path


def answers_alone(path: Path) -> bytes:
    """What a WARC holds of the site's answers, as served; no other record holds a secret."""
    if path.suffix != ".gz":
        return b""
    answers = b""
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, parse_http=False):
            content = record.reader.read() + str(record.headers).encode()
            if record.record_type in (WarcRecordType.response, WarcRecordType.revisit):
                answers += content
            else:
                assert SECRET.encode() not in content
    return answers
