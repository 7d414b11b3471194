from __future__ import annotations

import gzip
import http.client
import json
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from replica_reading import state

import crawler
from archive.problems import Problem
from crawler.replica.caching import Cache, answer
from crawler.replica.process import RunningReplica, running
from crawler.replica.responding import Page
from crawler.replica.serving import Replica, listen
from crawler.replica.sites import World, sites
from crawler.seeds.model import Seed

Reply = tuple[int, dict[str, str], bytes]


@pytest.fixture(scope="module")
def replica(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningReplica]:
    with running(seeds_dir=tmp_path_factory.mktemp("seeds")) as found:
        yield found


def get(replica: RunningReplica, name: str, path: str, **headers: str) -> Reply:
    host = replica.origin(name).removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        asked = {key.replace("_", "-"): value for key, value in headers.items()}
        connection.request("GET", path, headers=asked)
        reply = connection.getresponse()
        return reply.status, dict(reply.getheaders()), reply.read()
    finally:
        connection.close()


def article(name: str, document: int = 2) -> str:
    return state(name).path(document)


@pytest.mark.parametrize("name", ["trs", "founder"])
def test_known_etag_is_answered_with_304(replica: RunningReplica, name: str) -> None:
    status, headers, body = get(replica, name, article(name))
    assert (status, len(body) > 500) == (200, True)
    again = get(replica, name, article(name), If_None_Match=headers["ETag"])
    assert (again[0], again[2], again[1]["ETag"]) == (304, b"", headers["ETag"])
    assert get(replica, name, article(name), If_None_Match='"other"')[0] == 200


@pytest.mark.parametrize("name", ["trs", "municipal"])
def test_known_date_is_answered_with_304(replica: RunningReplica, name: str) -> None:
    headers = get(replica, name, article(name))[1]
    stamp = headers["Last-Modified"]
    assert get(replica, name, article(name), If_Modified_Since=stamp)[0] == 304
    other = "Mon, 03 Jun 2019 00:30:00 GMT"
    assert get(replica, name, article(name), If_Modified_Since=other)[0] == 200


def test_old_portal_sends_a_date_and_no_etag(replica: RunningReplica) -> None:
    headers = get(replica, "municipal", article("municipal"))[1]
    assert "ETag" not in headers
    assert headers["Content-Type"] == "text/html"


def test_visit_counter_moves_at_every_request_and_comes_without_validators(
    replica: RunningReplica,
) -> None:
    first, second = (get(replica, "sudy", article("sudy", -1)) for _ in range(2))
    assert first[2] != second[2]
    assert not {"ETag", "Last-Modified"} & first[1].keys()
    assert len(first[2].split(b"\n")) == len(second[2].split(b"\n"))


def test_newspaper_is_compressed_for_those_who_accept_it(replica: RunningReplica) -> None:
    plain = get(replica, "founder", article("founder"))
    zipped = get(replica, "founder", article("founder"), Accept_Encoding="gzip, deflate")
    assert "Content-Encoding" not in plain[1]
    assert zipped[1]["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped[2]) == plain[2]


def test_attachments_are_served_with_both_ways_to_revalidate(replica: RunningReplica) -> None:
    file = state("trs").files(1)[1]
    status, headers, body = get(replica, "trs", file.path)
    assert (status, headers["Content-Type"]) == (200, "application/pdf")
    assert body.startswith(b"%PDF-1.4")
    assert get(replica, "trs", file.path, If_Modified_Since=headers["Last-Modified"])[0] == 304


@pytest.mark.parametrize(
    ("path", "status", "sign"),
    [
        ("/fault/challenge", 521, "__jsl"),
        ("/fault/soft404", 200, "您访问的页面不存在"),
        ("/fault/500", 500, "500"),
        ("/nowhere.html", 404, "404"),
    ],
)
def test_faults_are_what_they_are_called(
    replica: RunningReplica, path: str, status: int, sign: str
) -> None:
    found = get(replica, "municipal", path)
    told = found[2].decode() + found[1].get("Set-Cookie", "")
    assert found[0] == status
    assert sign in told


def test_seed_files_point_at_the_sites_and_pass_the_seed_model(replica: RunningReplica) -> None:
    found = {path.stem: path for path in replica.seeds_dir.glob("*.toml")}
    assert found.keys() == {f"replica-{site.name}" for site in sites()}
    for name, path in found.items():
        seed = Seed.model_validate(tomllib.loads(path.read_text("utf-8")))
        assert seed.id == name
        assert seed.verified
        assert (seed.crawl.delay, seed.crawl.recheck_micros) == (0, 0)
        assert seed.discover.urls[0].startswith(replica.origin(name.removeprefix("replica-")))


def test_the_day_moves_on_while_the_server_runs(tmp_path: Path) -> None:
    with running(seeds_dir=tmp_path) as replica:
        path = article("trs", -1)
        first = get(replica, "trs", path)
        replica.set_day(1)
        changed = get(replica, "trs", path, If_None_Match=first[1]["ETag"])
        assert changed[0] == 200
        assert changed[2] != first[2]
        still = get(replica, "trs", article("trs", 3))
        replica.set_day(2)
        assert get(replica, "trs", article("trs", 3), If_None_Match=still[1]["ETag"])[0] == 304
        with pytest.raises(Problem):
            replica.control("tomorrow")
        get(replica, "trs", "/private/nbtz.html")
        assert replica.requests()["forbidden"] == {"/private/nbtz.html": 1}


def child_of_ours(script: str) -> subprocess.Popen[str]:
    root = str(Path(crawler.__file__ or "").parents[1])
    return subprocess.Popen(
        [sys.executable, "-P", "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": root},
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_says_when_it_is_ready_and_ends_well_when_told_to(
    tmp_path: Path, number: signal.Signals
) -> None:
    script = (
        "from pathlib import Path\n"
        "from crawler.cli.dev import serve\n"
        f"serve(0, seeds_dir=Path({str(tmp_path)!r}))\n"
    )
    with child_of_ours(script) as child:
        assert child.stdout
        line = child.stdout.readline()
        assert line.startswith("ready http://127.0.0.11:")
        assert str(tmp_path) in line
        child.send_signal(number)
        assert child.wait(10) == 0


def test_replica_stops_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from crawler.replica.process import running\n"
        "with running() as replica:\n"
        "    print(replica.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with child_of_ours(script) as parent:
        assert parent.stdout
        replica = psutil.Process(int(parent.stdout.readline()))
        assert replica.is_running()
        parent.kill()
        replica.wait(10)
    assert not replica.is_running()


def cpu_seconds(replica: RunningReplica) -> float:
    """What the server itself has used, whatever else the machine is doing."""
    times = psutil.Process(replica.pid).cpu_times()
    return times.user + times.system


def test_a_hundred_thousand_documents_start_at_once(tmp_path: Path) -> None:
    with running(documents=100_000, seeds_dir=tmp_path) as replica:
        status, _, body = get(replica, "trs", "/zwgk/fdzdgknr/index.html")
        assert (status, b"createPageHTML(1250, 0" in body) == (200, True)
        assert cpu_seconds(replica) < 2
        assert psutil.Process(replica.pid).memory_info().rss < 150_000_000


def test_cached_pages_cost_little(replica: RunningReplica) -> None:
    host = replica.origin("trs").removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=10)
    begun = cpu_seconds(replica)
    for _ in range(800):
        connection.request("GET", article("trs"))
        assert connection.getresponse().read()
    connection.close()
    assert cpu_seconds(replica) - begun < 1


def test_cache_stays_within_its_bound() -> None:
    cache = Cache(limit=1000)
    for at in range(50):
        cache.keep(("trs", str(at)), Page(200, "text/html", b"x" * 100))
    assert cache.find(("trs", "49"))
    assert cache.find(("trs", "0")) is None
    assert sum(cache.find(("trs", str(at))) is not None for at in range(50)) == 10


def test_moving_and_failing_pages_are_never_not_modified() -> None:
    kept = Cache().keep(("trs", "x"), Page(404, "text/html", b"no", etag='"a"'))
    assert answer(kept, {"if-none-match": '"a"'}).status == 404


def test_truth_command_prints_one_json_object_per_document(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from crawler.cli.dev import truth

    truth(8123, documents=40, day=1, as_json=True)
    lines = capsys.readouterr().out.splitlines()
    found = [json.loads(line) for line in lines]
    assert len(found) > 40
    assert found[0]["url"].startswith(World(8123).origin(sites()[0]))
    assert {"aliases", "state", "seed_text", "title", "text", "attachments", "events"} <= set(
        found[0]
    )


@pytest.mark.parametrize("port", [-1, 65_536, 80_000])
def test_a_port_that_does_not_exist_is_a_usage_problem(port: int) -> None:
    with pytest.raises(Problem, match=f"There is no port {port}") as caught:
        listen(Replica(World(port)))
    assert caught.value.exit_code == 2


def test_a_taken_port_is_told_with_the_systems_reason(replica: RunningReplica) -> None:
    command = [sys.executable, "-P", "-m", "crawler", "dev", "replica", "serve"]
    done = subprocess.run(
        [*command, "--port", str(replica.port)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert f"Port {replica.port} cannot be used: 127.0.0.11: Address already in use" in done.stderr
    assert "Traceback" not in done.stderr
