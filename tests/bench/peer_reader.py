"""Read saved pages with another extractor, in the environment of that extractor alone.

`PYTHON peer_reader.py {trafilatura|gne|newspaper4k} MANIFEST` prints one JSON line per page with
what the extractor gives under gongwen's names: `path, title, date_published, author, text`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def trafilatura(body: bytes, url: str | None) -> Mapping[str, Any]:
    from trafilatura import bare_extraction

    found = bare_extraction(body, url=url, with_metadata=True)
    if found is None:
        return {}
    names = {"title": found.title, "date_published": found.date, "author": found.author}
    return names | {"text": found.text, "source": found.sitename}


def gne(body: bytes, url: str | None) -> Mapping[str, Any]:
    from gne import GeneralNewsExtractor

    found = GeneralNewsExtractor().extract(_decoded(body), host=url or "")
    text, date = found.get("content"), _day(found.get("publish_time"))
    return {**found, "text": text, "date_published": date}


def newspaper4k(body: bytes, url: str | None) -> Mapping[str, Any]:
    from newspaper import Article

    article = Article(url or "http://page.invalid/", language="zh")
    article.download(input_html=_decoded(body))
    article.parse()
    date = article.publish_date.strftime("%Y-%m-%d") if article.publish_date else None
    names = {"title": article.title, "date_published": date, "author": article.authors}
    return names | {"text": article.text}


READERS: Mapping[str, Callable[[bytes, str | None], Mapping[str, Any]]] = {
    "trafilatura": trafilatura,
    "gne": gne,
    "newspaper4k": newspaper4k,
}
KEPT = ("title", "date_published", "source", "author", "text")


def _decoded(body: bytes) -> str:
    """A page as text: by its meta tag, as a user of an extractor that wants text would do."""
    named = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", body[:4096])
    codec = named.group(1).decode("ascii") if named else "utf-8"
    try:
        return body.decode("gb18030" if codec.lower().startswith("gb") else codec, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _day(value: str | None) -> str | None:
    parts = re.match(r"\s*(\d{4})\D+(\d{1,2})\D+(\d{1,2})", value or "")
    return "{}-{:0>2}-{:0>2}".format(*parts.groups()) if parts else value


def main() -> None:
    """Read every page of a manifest; one that the extractor fails on is told and has no values."""
    reader, manifest = READERS[sys.argv[1]], Path(sys.argv[2])
    for line in manifest.read_text("utf-8").splitlines():
        row = json.loads(line)
        try:
            found = reader((manifest.parent / row["path"]).read_bytes(), row.get("url"))
        except Exception as error:
            found = {}
            print(row["path"], repr(error)[:200], file=sys.stderr)  # noqa: T201
        values = {name: found.get(name) for name in KEPT}
        print(json.dumps({"path": row["path"], **values}, ensure_ascii=False))  # noqa: T201


if __name__ == "__main__":
    main()
