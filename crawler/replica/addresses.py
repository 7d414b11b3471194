"""The URL dialects of the four families: paths from facts, and back again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from posixpath import dirname

# First serial and step of generated documents: CMS numbers have gaps.
NUMBERING = {
    "trs": (10_100_000, 37),
    "sudy": (1_001, 3),
    "municipal": (3_000, 7),
    "founder": (120_000, 11),
}

# Folder or column of a document, before and after an editor moves it.
PLACES = {
    "trs": ("fdzdgknr", "zcwj"),
    "sudy": ("c327", "c1408"),
    "municipal": ("zwgk", "zcfg"),
    "founder": ("html", "html"),
}

_ARTICLES: dict[str, Callable[[str, date, int], str]] = {
    "trs": lambda place, day, serial: f"/zwgk/{place}/{day:%Y%m}/t{day:%Y%m%d}_{serial}.html",
    "sudy": lambda place, day, serial: f"/{day:%Y}/{day:%m%d}/{place}a{serial}/page.htm",
    "municipal": lambda place, day, serial: f"/Html/{place}/{day.year}-{day.month}/{serial}.htm",
    "founder": lambda place, day, serial: f"/{place}/{day:%Y-%m}/{day:%d}/content_{serial}.htm",
}
_SERIALS = {
    "trs": re.compile(r"/t\d{8}_(\d+)\.html$"),
    "sudy": re.compile(r"/c\d+a(\d+)/page\.htm$"),
    "municipal": re.compile(r"/Html/\w+/\d+-\d+/(\d+)\.htm$"),
    "founder": re.compile(r"/content_(\d+)\.htm$"),
}
_FILES = {
    "trs": re.compile(r"/P0\d{8}(?P<serial>\d{10})(?P<at>\d\d)\.\w+$"),
    "sudy": re.compile(
        r"/_upload/article/files/.*/(?P<hex>[0-9a-f]{8})-[0-9a-f-]{15}(?P<at>\d{12})\.\w+$"
    ),
    "municipal": re.compile(r"/UploadFiles/\d+-\d+/(?P<serial>\d{7})(?P<at>\d)\.\w+$"),
}
_IMAGES = {
    "trs": re.compile(r"/W0\d{8}(?P<serial>\d{10})(?P<at>\d\d)\.png$"),
    "sudy": re.compile(
        r"/_upload/article/images/.*/(?P<hex>[0-9a-f]{8})-[0-9a-f-]{15}(?P<at>\d{12})\.png$"
    ),
}
_LISTS = {
    "trs": re.compile(r"^/zwgk/fdzdgknr/(?:index(?:_(?P<number>\d+))?\.html)?$"),
    "sudy": re.compile(r"^/jyzc/list(?P<number>\d+)?\.htm$"),
    "municipal": re.compile(r"^/Html/zwgk/list\.aspx(?:\?page=(?P<number>\d+))?$"),
}


def serial_of(family: str, document: int) -> int:
    """The CMS number of a generated document."""
    first, step = NUMBERING[family]
    return first + document * step


def document_of(family: str, serial: int) -> int | None:
    """The generated document behind a CMS number; None for the gaps between them."""
    first, step = NUMBERING[family]
    document, rest = divmod(serial - first, step)
    return document if rest == 0 and document >= 0 else None


def article_path(family: str, serial: int, published: date, *, moved: bool = False) -> str:
    """The path of an article page."""
    return _ARTICLES[family](PLACES[family][moved], published, serial)


def article_serial(family: str, path: str) -> int | None:
    """The CMS number in an article path."""
    found = _SERIALS[family].search(path)
    return int(found[1]) if found else None


def file_path(
    family: str, article: str, serial: int, published: date, at: int, extension: str
) -> str:
    """The path of an article's file number ``at``."""
    if family == "trs":
        return f"{dirname(article)}/P0{published:%Y%m%d}{serial:010d}{at:02d}.{extension}"
    if family == "sudy":
        code = f"{serial:08x}"
        folder = f"/_upload/article/files/{code[-2:]}/{code[-4:-2]}/{code}4c1eb0d7"
        return f"{folder}/{code}-4c1e-b0d7-93f2-{at:012d}.{extension}"
    return f"/UploadFiles/{published.year}-{published.month}/{serial:07d}{at}.{extension}"


def file_serial(family: str, path: str) -> tuple[int, int] | None:
    """CMS number of the article and number of the file in a file path."""
    return _numbers(_FILES, family, path)


def image_path(family: str, article: str, serial: int, published: date, at: int) -> str:
    """The path of an article's image number ``at``."""
    if family == "trs":
        return f"{dirname(article)}/W0{published:%Y%m%d}{serial:010d}{at:02d}.png"
    return file_path(family, article, serial, published, at, "png").replace("/files/", "/images/")


def image_serial(family: str, path: str) -> tuple[int, int] | None:
    """CMS number of the article and number of the image in an image path."""
    return _numbers(_IMAGES, family, path)


def _numbers(
    patterns: dict[str, re.Pattern[str]], family: str, path: str
) -> tuple[int, int] | None:
    found = patterns[family].search(path) if family in patterns else None
    if not found:
        return None
    groups = found.groupdict()
    serial = int(groups["hex"], 16) if "hex" in groups else int(groups["serial"])
    return serial, int(groups["at"])


def list_path(family: str, page: int) -> str:
    """The path of list page ``page``, counted from 1."""
    if family == "trs":
        return "/zwgk/fdzdgknr/index.html" if page == 1 else f"/zwgk/fdzdgknr/index_{page - 1}.html"
    if family == "sudy":
        return "/jyzc/list.htm" if page == 1 else f"/jyzc/list{page}.htm"
    return "/Html/zwgk/list.aspx" if page == 1 else f"/Html/zwgk/list.aspx?page={page}"


def list_page(family: str, target: str) -> int | None:
    """The list page, counted from 1, that a path with query names."""
    found = _LISTS[family].match(target) if family in _LISTS else None
    if not found:
        return None
    number = found["number"]
    if number is None:
        return 1
    return int(number) + (family == "trs")


def start_path(family: str) -> str:
    """Where a visitor of the site begins."""
    return "/" if family == "founder" else list_path(family, 1)
