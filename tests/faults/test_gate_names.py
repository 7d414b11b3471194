"""Names that lead inside, at once or only at the second look: the listener hears nothing.

The names are looked up by a prepared resolver in the run's own process. What counts as public
is one address on loopback that the operator allowed; the listener on the same port is not.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.models import Observation, Resource
from crawler.environment import Environment
from crawler.runner.running import run_seed
from tests.faults import names
from tests.faults.sections import PAGE, listing, seed_text
from tests.faults.site import FIRST_ADDRESS, Connection, FaultSite, serving
from tests.faults.trap import Trap, trap

PUBLIC, DEAD, INSIDE, INSIDE_6 = FIRST_ADDRESS, "127.0.0.24", "127.0.0.1", "::1"
FAR = "far.example"
ANSWERS: Mapping[str, list[list[str]]] = {
    # robots.txt is asked first: the second look-up is that of the page.
    "rebound.example": [[PUBLIC], [INSIDE]],
    "retried.example": [[PUBLIC], [PUBLIC], [INSIDE]],
    "kept.example": [[PUBLIC], [INSIDE]],
    "mixed.example": [[INSIDE, PUBLIC, "10.0.0.1", "169.254.169.254"]],
    "late.example": [[PUBLIC, INSIDE]],
    "six.example": [[INSIDE_6, PUBLIC]],
    "mapped.example": [["::ffff:127.0.0.1", PUBLIC]],
    # The public address does not answer: nobody may fall back to the other one.
    "dead.example": [[DEAD, INSIDE, INSIDE_6]],
    # What an alias (CNAME) to an internal name comes to.
    "alias.example": [[INSIDE]],
    "localhost": [[INSIDE_6, INSIDE]],
    "moved.example": [[PUBLIC]],
    # Only a redirect of the one before leads here: its robots.txt is had, its page is not.
    FAR: [[PUBLIC], [INSIDE]],
}
SOUND = ("kept", "mixed", "late", "six", "mapped")
"""Names of which at least one address is public: that one is asked."""

KEPT: list[bytes] = []
"""What came second through a connection that was kept open."""

TURNED = ("rebound", "retried", "moved")
"""Names that were looked up well once; the page itself then leads inside."""

LOST = ("dead", "alias", "localhost")
"""Names whose robots.txt cannot be had: their pages stay due."""


async def serve_name(connection: Connection) -> None:
    """What every name answers, by its Host header."""
    asked = connection.asked
    name = (asked.header("host") or "").partition(".")[0]
    if asked.target == "/robots.txt":
        await (keep_open(connection) if name == "kept" else connection.answer(404, "none"))
    elif name == "retried":
        await connection.answer(503, "", (("Retry-After", "0"),))
    elif name == "moved":
        target = f"http://{FAR}:{(asked.header('host') or '').partition(':')[2]}/far.html"
        await connection.answer(302, "", (("Location", target),))
    else:
        await connection.answer(200, PAGE.format(title=f"关于{name}的通知"))


async def keep_open(connection: Connection) -> None:
    """Answer, and wait on the same connection for the next request."""
    await connection.send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone")
    KEPT.append(await connection.reader.readuntil(b"\r\n\r\n"))
    await connection.answer(200, PAGE.format(title="关于同一条连接的通知"))


@dataclass
class Looked:
    """What a run over the names left behind."""

    site: FaultSite
    traps: list[Trap]
    proxy: Trap
    seen: dict[str, tuple[str, str]]
    log: str
    errors: str

    def caught(self) -> list[bytes]:
        return [hit for found in (*self.traps, self.proxy) for hit in found.hits]


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looked]:
    folder = tmp_path_factory.mktemp("names")
    with ExitStack() as stack:
        inside = stack.enter_context(trap())
        traps = [inside, stack.enter_context(trap(INSIDE_6, inside.port))]
        proxy = stack.enter_context(trap())
        site = stack.enter_context(serving({}, PUBLIC, inside.port))
        listed = {name: f"/{name.partition('.')[0]}.html" for name in ANSWERS if name != FAR}
        targets = [f"http://{name}:{site.port}{path}" for name, path in listed.items()]
        site.routes = {"/list/index.html": listing(targets), "/robots.txt": serve_name}
        site.routes |= dict.fromkeys((*listed.values(), "/far.html"), serve_name)
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("FAULT_NAMES", json.dumps(ANSWERS))
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "https_proxy"):
            patch.setenv(name, proxy.origin)
        patch.setenv("NO_PROXY", "")
        environment = prepare(folder, site)
        seed = environment.load_seeds()["names"]
        run_seed(environment, seed, command=(sys.executable, "-P", names.__file__))
        yield look(environment, site, traps, proxy)


def prepare(folder: Path, site: FaultSite) -> Environment:
    (folder / "seeds").mkdir()
    text = seed_text("names", [f"{site.origin}/list/index.html"])
    (folder / "seeds" / "names.toml").write_text(text)
    return Environment(
        data=folder / "archive",
        seeds=folder / "seeds",
        contact="mailto:test@example.org",
        allow_addresses=f"{PUBLIC}/32:{site.port},{DEAD}/32:{site.port}",
    )


def look(environment: Environment, site: FaultSite, traps: list[Trap], proxy: Trap) -> Looked:
    query = (
        select(Resource.url, Observation.observation, Observation.reason)
        .join(Observation, Observation.resource_key == Resource.key)
        .order_by(Observation.key)
    )
    with closing(environment.open()) as database, database.read() as session:
        seen = {
            url.rpartition("/")[2]: (observation, reason or "")
            for url, observation, reason in session.execute(query)
            if not url.endswith("robots.txt")
        }
    logs = environment.data / "logs"
    log, errors = ("".join(f.read_text() for f in logs.glob(e)) for e in ("*.jsonl", "*.stderr"))
    return Looked(site, traps, proxy, seen, log, errors)


def test_f3_nothing_reaches_the_listener_whatever_the_names_say(looked: Looked) -> None:
    """Neither at the first look nor at a later one, nor by the other address family."""
    assert looked.caught() == []
    assert "lookup rebound.example ['127.0.0.1']" in looked.errors
    assert "lookup retried.example ['127.0.0.1']" in looked.errors
    assert "lookup far.example ['127.0.0.1']" in looked.errors


def test_f3_of_several_addresses_only_the_public_one_is_asked(looked: Looked) -> None:
    for name in SOUND:
        assert looked.seen[f"{name}.html"] == ("new", "first content")


def test_f3_an_open_connection_goes_on_with_the_peer_that_was_vetted(looked: Looked) -> None:
    """The name has another address by now; it is not even looked up again."""
    assert [head.split(b" ")[1] for head in KEPT] == [b"/kept.html"]
    assert looked.errors.count("lookup kept.example") == 1


def test_f3_a_name_that_turns_inside_is_an_error_with_its_reason(looked: Looked) -> None:
    reason = "the host name was not found, or leads to no public address"
    for name in TURNED:
        assert looked.seen[f"{name}.html"] == ("error", reason)
        turned = "far" if name == "moved" else name
        assert f"{turned}.example leads to {INSIDE}, which is no public address" in looked.log


def test_f3_a_name_that_only_leads_inside_is_never_asked(looked: Looked) -> None:
    """Nor is its other address tried when the public one does not answer."""
    for name in LOST:
        assert f"{name}.html" not in looked.seen
        assert not looked.site.hits(f"/{name}.html")
        full = name if name == "localhost" else f"{name}.example"
        assert f"{full} leads to {INSIDE}, which is no public address" in looked.log


def test_f3_a_proxy_of_the_environment_is_not_used(looked: Looked) -> None:
    """It would look names up by itself, behind the gate."""
    assert looked.proxy.hits == []
    assert looked.site.hits("/list/index.html")
