"""An archive that this user may only read: reading works, writing says why it does not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from scenario import Scenario, page

from archive import access
from archive.database import open_database
from archive.problems import Problem
from tests.least_rights import only_readable, run_python

LOOK = """
import json, sys
from contextlib import closing
from pathlib import Path
from archive.database import open_database
from archive.doctor import examine
from archive.migrating import upgrade_database
from archive.problems import Problem
from tests.least_rights import only_readable, run_python
from archive.queries import stats
from archive.verify import verify

folder, url = Path(sys.argv[1]), sys.argv[2]
told = {"upgraded": upgrade_database(folder, url).copy is not None}
with closing(open_database(folder, url)) as database:
    with database.read() as session:
        told["versions"] = stats(session)["versions"]
    told["clean"] = verify(database).is_clean
    try:
        with database.write():
            pass
    except Problem as problem:
        told["write"] = problem.what
told["signs"] = {sign.name: str(sign.state) for sign in examine(folder, url)}
print(json.dumps(told))
"""


def look(scenario: Scenario) -> dict[str, object]:
    place = (str(scenario.folder), scenario.database.url)
    done = run_python("-c", LOOK, *place, environment=dict(os.environ))
    assert done.stderr == ""
    told: dict[str, object] = json.loads(done.stdout)
    return told


def test_who_may_only_read_an_archive_can_read_all_of_it(scenario: Scenario) -> None:
    scenario.commit(scenario.article(page("a")))
    scenario.close()
    with only_readable(scenario.folder):
        told = look(scenario)
    assert (told["versions"], told["clean"], told["upgraded"]) == (1, True, False)
    assert told["write"] == f"The archive in {scenario.folder} cannot be written"


def test_the_doctor_names_a_folder_that_may_only_be_read(scenario: Scenario) -> None:
    scenario.commit(scenario.article(page("a")))
    scenario.close()
    with only_readable(scenario.folder):
        signs = look(scenario)["signs"]
    assert isinstance(signs, dict)
    assert signs["folder"] == "fail"
    assert {signs[name] for name in ("schema", "chain", "warc")} == {"ok"}
    assert signs["database"] != "fail"


@pytest.mark.sqlite
def test_a_reader_sees_the_log_of_a_writer_that_is_still_there(scenario: Scenario) -> None:
    scenario.commit(scenario.article(page("a")))
    assert Path(f"{scenario.database.file}-wal").stat().st_size > 0
    with only_readable(scenario.folder):
        told = look(scenario)
    assert told["versions"] == 1


def test_nothing_is_made_where_nothing_was_fetched(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="gongwen crawl SEED"):
        open_database(tmp_path / "none", create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sqlite
def test_an_empty_database_is_no_archive_to_read(tmp_path: Path) -> None:
    (tmp_path / "gongwen.sqlite").touch()
    with pytest.raises(Problem, match="empty"):
        open_database(tmp_path, create=False)


@pytest.mark.parametrize("create", [True, False])
def test_a_file_in_place_of_the_folder_is_called_a_file(tmp_path: Path, create: bool) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Problem, match="it is a file"):
        open_database(tmp_path / "file", create=create)


@pytest.mark.sqlite
def test_a_lock_of_another_user_makes_an_archive_read_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = os.access
    monkeypatch.setattr(
        access.os, "access", lambda path, mode: allowed(path, mode) and Path(path).suffix != ".lock"
    )
    database = open_database(folder)
    with pytest.raises(Problem, match="cannot be written"), database.write():
        pass
    database.close()
