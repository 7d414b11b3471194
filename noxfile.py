"""The task file: `nox -s check` is what CI runs, `nox -s nightly` runs the long forms."""

from __future__ import annotations

import json
import time
from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["check"]
# Most tests wait for processes and pages: several at once fill two cores.
SIDE_BY_SIDE = ("-n", "3", "--dist", "worksteal")
DEMO_SECONDS = 60
SEEDS = {"000_bc794e7ec96f70d4", "001_5e48ca996d2b9a04", "002_96f4727d25e70a64"} | {
    "003_d6c6b1012aeb5bc6",
    "004_6d581c0dd9f637d5",
}


def _install(session: nox.Session) -> None:
    session.install("--require-hashes", "-r", "requirements.lock")
    session.install("--no-deps", "-e", ".")


@nox.session
def check(session: nox.Session) -> None:
    """Run everything a change must pass: style, types, imports, tests, and the built wheel."""
    _install(session)
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("mypy")
    session.run("lint-imports")
    session.run("pytest", "-m", "not nightly", *SIDE_BY_SIDE, *session.posargs)
    session.notify("wheel")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests alone; arguments after `--` go to pytest."""
    _install(session)
    session.run("pytest", "-m", "not nightly", *SIDE_BY_SIDE, *session.posargs)


@nox.session
def nightly(session: nox.Session) -> None:
    """Run the long forms that `check` leaves out, the benchmarks, and all on a server."""
    _install(session)
    session.run("pytest", "-m", "nightly", "--timeout", "3600", *session.posargs)
    session.run("python", "-m", "tests.bench")
    session.notify("postgresql")


@nox.session
def postgresql(session: nox.Session) -> None:
    """Run every test with its archive on the server that GONGWEN_TEST_POSTGRESQL names."""
    _install(session)
    everywhere = {"GONGWEN_TEST_DATABASE": "postgresql"}
    session.run("pytest", "-m", "not nightly and not sqlite", *session.posargs, env=everywhere)


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel, install it alone, and run the demo among folders with our names."""
    folder = Path(session.create_tmp()).resolve()
    built, pins = folder / "dist", folder / "pins.txt"
    session.run("pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(built), ".")
    # The lock's versions without its hashes: pip wants all or none, and the wheel has none.
    locked = Path("requirements.lock").read_text("utf-8").splitlines()
    pins.write_text("\n".join(line.rstrip(" \\") for line in locked if "==" in line[:80]), "utf-8")
    newest = max(built.glob("gongwen-*.whl"), key=lambda path: path.stat().st_mtime)
    session.install("-c", str(pins), str(newest))
    decoys = folder / "decoys"
    for name in ("archive", "crawler", "pipelines", "seeds"):
        (decoys / name).mkdir(parents=True, exist_ok=True)
        (decoys / name / "__init__.py").write_text("raise ImportError('a decoy was imported')\n")
    session.chdir(decoys)
    started = time.monotonic()
    printed = session.run("gongwen", "demo", "--json", silent=True)
    seconds = time.monotonic() - started
    report = json.loads(str(printed).strip().splitlines()[-1])
    shown = {row["seed_text"] for row in report["seed_documents"]}
    if shown != SEEDS or not report["changed"]:
        session.error(f"the demo of the wheel shows {sorted(shown)} and {report['changed']}")
    if seconds > DEMO_SECONDS:
        session.error(f"the demo took {seconds:.0f} s, and may take {DEMO_SECONDS}")
    held = f"{report['documents']} documents, {report['versions']} versions"
    session.log(f"wheel demo: {held} in {seconds:.0f} s")


@nox.session
def lock(session: nox.Session) -> None:
    """Write requirements.lock anew from pyproject.toml."""
    session.install("uv")
    session.run(
        *("uv", "pip", "compile", "pyproject.toml", "--quiet", "--group", "dev", "--all-extras"),
        *("--generate-hashes", "--no-emit-index-url", "--python-version", "3.11"),
        *("--custom-compile-command", "nox -s lock", "--upgrade", "-o", "requirements.lock"),
    )
