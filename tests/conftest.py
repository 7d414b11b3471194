"""What tests of several packages share: archives on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import archive.database
import archive.doctor
from archive.database import default_url, open_database
from tests.databases import BACKENDS, DATABASES, EVERYWHERE

NewArchive = Callable[[Path], Path]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about SQLite's own files where the archive is on PostgreSQL."""
    unfit = [item for item in items if item.get_closest_marker("sqlite") and _on_server(item)]
    if unfit:
        config.hook.pytest_deselected(items=unfit)
        items[:] = [item for item in items if item not in set(unfit)]


def _on_server(item: pytest.Item) -> bool:
    called = getattr(item, "callspec", None)
    return EVERYWHERE or (called is not None and called.params.get("backend") == "postgresql")


@pytest.fixture(scope="session", autouse=True)
def _addresses() -> Iterator[None]:
    """Where an archive's own database is: as the tests placed it."""

    def address(folder: Path) -> str:
        return DATABASES.url_of(folder) or default_url(folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive.database, "default_url", address)
        patch.setattr(archive.doctor, "default_url", address)
        if EVERYWHERE:
            _address_environments(patch)
        yield
    DATABASES.close()


def _address_environments(patch: pytest.MonkeyPatch) -> None:
    """Let every Environment name its archive's database, as a user of a server does."""
    from crawler.environment import Environment

    plain = Environment.__init__

    def init(self: Environment, **values: object) -> None:
        plain(self, **values)
        if self.database_url is None:
            plain(self, **values, database_url=DATABASES.url_of(self.data))

    patch.setattr(Environment, "__init__", init)


@pytest.fixture(autouse=True)
def _given_back(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take the databases back that the test placed in its own folder."""
    yield
    folder = request.node.funcargs.get("tmp_path")
    if folder is not None:
        DATABASES.release(folder)


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """What the archive of a test is kept in: ``sqlite`` or ``postgresql``."""
    return str(request.param)


@pytest.fixture(scope="session")
def _empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty") / "archive"
    open_database(folder).close()
    return folder


@pytest.fixture(scope="session")
def new_archive(backend: str, request: pytest.FixtureRequest) -> NewArchive:
    """Makes a folder an empty archive, by a copy: migrations take longer than most tests."""

    def make(folder: Path) -> Path:
        if backend == "postgresql":
            folder.mkdir(parents=True, exist_ok=True)
            DATABASES.place(folder)
            return folder
        empty = request.getfixturevalue("_empty_archive")
        return Path(shutil.copytree(empty, folder, dirs_exist_ok=True))

    return make


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """The URL of a database without tables on the server that GONGWEN_TEST_POSTGRESQL names.

    Without a server the test is skipped on a user's machine, and fails in CI.
    """
    url = DATABASES.server.empty()
    yield url
    DATABASES.server.take_back(url)
