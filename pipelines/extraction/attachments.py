"""The files that belong to a document: real ones, with the name the page gives them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qs, unquote, urlsplit

from lxml.html import HtmlElement

from archive.records import AttachmentLink
from pipelines.extraction.folding import squeeze
from pipelines.extraction.page import Page
from pipelines.extraction.remembered import remembered
from pipelines.extraction.text import text_of, tidy

_FILES = (
    "pdf|docx?|xlsx?|xlsm|pptx?|wps|wpt|et|dps|ofd|cebx?|txt|rtf|csv|zip|rar|7z|tar|gz|tiff?|dwg"
)
_FILE = re.compile(rf"\.(?:{_FILES})\Z", re.IGNORECASE)
_NAMED_FILE = re.compile(rf"\.(?:{_FILES}|jpe?g|png|gif|bmp)\b", re.IGNORECASE)
_PAGE = re.compile(r"(?:^|/|\.(?:[sx]?html?|jpe?g|png|gif|bmp))\Z", re.IGNORECASE)
_IMAGE = re.compile(r"\.(?:jpe?g|png|bmp|tiff?)\Z", re.IGNORECASE)
_HANDLER = re.compile(
    r"/(?:module/download/down(?:file|load)?\.jsp|system/_content/download\.jsp|_content/download\.jsp|"
    r"(?:attach(?:ment)?|file|down(?:load)?)/(?:down(?:load)?|get|file)\b|downloadAttach|DownloadAttachUrl)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"""["'](?P<url>[^"'\s]{3,400})["']""")
_SUDY_TITLE = re.compile(r"""['"]title['"]\s*:\s*['"](?P<title>[^'"]+)""")
_LABEL = re.compile(r"附\s*件|附\s*表|附\s*图")
_NOT_HTTP = re.compile(r"(?:javascript|mailto|tel|data|blob):", re.IGNORECASE)
_GENERIC = re.compile(r"(?:点击)?(?:下载|查看|打开|附件下载|点击此处|这里|预览)\Z")
_NAMING = ("showname", "filename", "name", "file_name", "title")


def find_attachments(
    page: Page, places: Iterable[HtmlElement], written: Iterable[HtmlElement] = ()
) -> tuple[AttachmentLink, ...]:
    """The files linked in the given parts of a page and by its scripts, each address once."""
    found: dict[str, AttachmentLink] = {}
    for element in (*_linking(places), *written):
        address = address_of(element)
        if address is None:
            continue
        link = AttachmentLink(_name(element, address), page.link(address))
        known = found.get(link.url or link.name)
        if known is None or (not known.name and link.name):
            found[link.url or link.name] = link
    return tuple(found.values())


def embedded(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Viewers that show a file inside the page: nothing but its document is shown like that."""
    for element in tree.iter("iframe", "embed", "object"):
        if is_attachment(element):
            yield element


def is_attachment(element: HtmlElement) -> bool:
    """Whether an element links a file of the document."""
    return address_of(element) is not None


def _linking(places: Iterable[HtmlElement]) -> Iterator[HtmlElement]:
    seen: set[HtmlElement] = set()
    for place in places:
        for element in place.iter("a", "iframe", "embed", "object", "div", "span", "img"):
            if element not in seen:
                seen.add(element)
                yield element


def address_of(element: HtmlElement) -> str | None:
    """The address of the file an element links, as written; None when it links none."""
    if element.tag == "a":
        return _anchor(element)
    if element.get("pdfsrc"):
        return str(element.get("pdfsrc"))
    if element.tag in ("iframe", "embed", "object"):
        address = element.get("src") or element.get("data") or ""
        inner = (
            parse_qs(urlsplit(address).query).get("file", [address])[0]
            if "?" in address
            else address
        )
        return inner if _is_file(inner) else None
    return None


def _anchor(element: HtmlElement) -> str | None:
    for name in ("href", "data-href", "data-url"):
        address = (element.get(name) or "").strip()
        if address and not _NOT_HTTP.match(address) and _belongs(element, address):
            return address
    for match in _QUOTED.finditer(element.get("onclick") or element.get("href") or ""):
        if _is_file(match["url"]):
            return match["url"]
    return None


def _belongs(element: HtmlElement, address: str) -> bool:
    if _is_file(address) or element.get("sudyfile-attr"):
        return True
    path = _path(address)
    if not _PAGE.search(path) and _FILE.search(tidy(element.text_content())):
        return True
    if _IMAGE.search(path):
        text = text_of(element)
        return bool(text) and bool(_LABEL.search(text) or _NAMED_FILE.search(text))
    return False


def _is_file(address: str) -> bool:
    return bool(_FILE.search(_path(address)) or _HANDLER.search(address))


@remembered
def _path(address: str) -> str:
    try:
        return urlsplit(address).path.strip()
    except ValueError:
        return address


def _name(element: HtmlElement, address: str) -> str:
    """Link text, else its title, else what the address says."""
    text = tidy(text_of(element))
    sudy = _SUDY_TITLE.search(element.get("sudyfile-attr") or "")
    titled = tidy(
        element.get("title") or element.get("textvalue") or (sudy["title"] if sudy else "")
    )
    if text and not _GENERIC.match(squeeze(text)):
        return text
    return titled or text or _address_name(address)


def _address_name(address: str) -> str:
    parts = urlsplit(address) if _path(address) != address or "?" in address else None
    if parts is not None:
        given = parse_qs(parts.query)
        for name in _NAMING:
            if given.get(name):
                return unquote(given[name][0])
    return unquote(_path(address).rsplit("/", 1)[-1])
