"""Where the archives of tests have their databases: in their folders, or on a server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.server import Server

SERVER = "GONGWEN_TEST_POSTGRESQL"
EVERYWHERE = os.environ.get("GONGWEN_TEST_DATABASE") == "postgresql"
BACKENDS = ["postgresql"] if EVERYWHERE else ["sqlite", "postgresql"]
"""What tests of the archive run on; GONGWEN_TEST_DATABASE=postgresql leaves SQLite out."""


class Databases:
    """The databases on the server by the folders of their archives."""

    def __init__(self) -> None:
        self._server: Server | None = None
        self._by_folder: dict[Path, str] = {}

    @property
    def server(self) -> Server:
        """The server; without one the test is skipped on a user's machine, and fails in CI."""
        if self._server is None:
            named = os.environ.get(SERVER)
            if named is None:
                if os.environ.get("CI") or EVERYWHERE:
                    pytest.fail(f"{SERVER} names no server, and CI skips nothing")
                pytest.skip(f"{SERVER} names no server; start one with .ci/postgresql start DIR")
            # The driver is an extra, and not everybody who runs the tests has it.
            pytest.importorskip("psycopg")
            from tests.server import Server

            self._server = Server(named)
        return self._server

    def place(self, folder: Path) -> str:
        """Let the archive of a folder be an empty one on the server; the URL of its database."""
        url = self._by_folder[folder.resolve()] = self.server.archive()
        return url

    def url_of(self, folder: Path) -> str | None:
        """The URL of the database of a folder, None for SQLite in the folder itself."""
        place = folder.resolve()
        if EVERYWHERE and place not in self._by_folder:
            self._by_folder[place] = self.server.empty()
        return self._by_folder.get(place)

    def release(self, below: Path) -> None:
        """Take the databases of the archives at or below a folder back."""
        root = below.resolve()
        for folder in [one for one in self._by_folder if one.is_relative_to(root)]:
            self.server.take_back(self._by_folder.pop(folder))

    def close(self) -> None:
        if self._server is not None:
            self._server.close()


DATABASES = Databases()
