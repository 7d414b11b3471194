"""Old bytes and texts come back exactly, and damage is named."""

from __future__ import annotations

import shutil
import sqlite3
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive import queries
from archive.database import open_database
from crawler.replica.sites import World
from crawler.replica.truth import rows as truth_rows
from tests.e2e.agreement import flat
from tests.e2e.conftest import DOCUMENTS, Gongwen

SEED = "replica-trs"


def edited_document(gongwen: Gongwen) -> dict[str, Any]:
    rows = truth_rows(World(gongwen.replica.port, DOCUMENTS, 1))
    return next(
        row
        for row in rows
        if row["seed"] == SEED and row["events"][-1]["change_class"] == "substantive"
    )


def documents(gongwen: Gongwen) -> list[dict[str, Any]]:
    with closing(open_database(gongwen.folder)) as database, database.read() as session:
        return [queries.document(session, row["id"]) for row in queries.documents(session)]


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url) as response:
        return bytes(response.read())


def test_old_bytes_and_text_come_back_exactly(gongwen: Gongwen) -> None:
    url = edited_document(gongwen)["url"]
    first = fetch(url)
    gongwen.run("crawl", SEED)
    old_text = gongwen.raw("show", url, "--text")
    gongwen.replica.set_day(1)
    second = fetch(url)
    gongwen.run("crawl", SEED)
    assert first != second
    assert gongwen.raw("show", url, "--version", "1", "--raw") == first
    assert gongwen.raw("show", url, "--version", "2", "--raw") == second
    assert gongwen.raw("show", url, "--raw") == second
    assert gongwen.raw("show", url, "--version", "1", "--text") == old_text
    assert flat(gongwen.raw("show", url, "--text").decode()) == flat(
        edited_document(gongwen)["text"]
    )

    log = gongwen.rows("log", url)
    between = next(row["at"] for row in log if row["what"] == "new")
    as_of = gongwen.one("show", url, "--as-of", between)
    assert as_of["version"]["number"] == 1
    assert as_of["as_of"]["certainty"] in ("exact", "bracketed")
    assert gongwen.raw("show", url, "--as-of", between, "--raw") == first


def test_images_of_a_text_are_captured_and_shown_at_their_place(gongwen: Gongwen) -> None:
    gongwen.run("crawl", SEED)
    records = documents(gongwen)
    shown = next(record for record in records if record["images"])
    (image,) = shown["images"]
    assert gongwen.raw("show", image["capture"], "--raw") == fetch(image["url"])
    markdown = gongwen.raw("show", shown["id"], "--markdown").decode()
    assert markdown == shown["markdown"] + "\n"
    assert f"]({image['url']})\n\n" in markdown
    assert image["url"] not in {file["url"] for file in shown["attachments"]}


def test_a_seed_that_wants_no_images_asks_for_none(gongwen: Gongwen) -> None:
    seed = Path(gongwen.replica.seeds_dir) / f"{SEED}.toml"
    text = seed.read_text("utf-8")
    assert "[crawl]\n" in text
    seed.write_text(text.replace("[crawl]\n", "[crawl]\nimages = false\n"), "utf-8")
    (run,) = gongwen.rows("crawl", SEED)
    assert run["state"] == "done"
    records = documents(gongwen)
    named = [image for record in records for image in record["images"]]
    assert named
    assert all(image["capture"] is None for image in named)
    assert any(file["capture"] for record in records for file in record["attachments"])


@pytest.fixture
def kept(gongwen: Gongwen) -> Gongwen:
    gongwen.run("crawl", SEED)
    gongwen.run("verify")
    return gongwen


def findings(gongwen: Gongwen) -> str:
    return gongwen.run("verify", "--json", expect=1)


def test_verify_names_each_kind_of_damage(kept: Gongwen, tmp_path: Path) -> None:
    sound = tmp_path / "sound"
    shutil.copytree(kept.folder, sound)

    file = next((kept.folder / "warc").glob("*.warc.gz"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert file.name in findings(kept)

    restore(sound, kept.folder)
    version, url = change_a_row(kept.folder)
    assert version in findings(kept) or url in findings(kept)

    restore(sound, kept.folder)
    version, _ = remove_last_version(kept.folder, chain_too=False)
    assert version in findings(kept)

    restore(sound, kept.folder)
    _, url = remove_last_version(kept.folder, chain_too=True)
    named = findings(kept)
    assert url in named
    assert "head" in named

    restore(sound, kept.folder)
    kept.run("verify")


def restore(sound: Path, folder: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(sound, folder)


def change_a_row(folder: Path) -> tuple[str, str]:
    with sqlite3.connect(folder / "gongwen.sqlite") as connection:
        found: tuple[str, str, int] = connection.execute(
            "select v.public_id, r.url, v.derivation_key from versions v"
            " join resources r on r.key = v.resource_key order by v.key limit 1"
        ).fetchone()
        connection.execute("update derivations set text = text || '。' where key = ?", (found[2],))
    connection.close()
    return found[:2]


def remove_last_version(folder: Path, *, chain_too: bool) -> tuple[str, str]:
    """Remove every trace of the last version from the database; its id and address."""
    with sqlite3.connect(folder / "gongwen.sqlite") as connection:
        key, name, url = connection.execute(
            "select v.key, v.public_id, r.url from versions v"
            " join resources r on r.key = v.resource_key order by v.key desc limit 1"
        ).fetchone()
        for table in ("observations", "events"):
            connection.execute(
                f"update {table} set version_key = null where version_key = ?", (key,)
            )
        connection.execute("delete from attachments where version_key = ?", (key,))
        connection.execute("delete from versions where key = ?", (key,))
        if chain_too:
            connection.execute(
                "delete from chain where number >= (select number from chain where subject = ?)",
                (name,),
            )
    connection.close()
    return str(name), str(url)
