"""Which images belong to a document: its scans, charts and figures, not the page's own graphics."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote

from lxml.html import HtmlElement

from archive.records import AttachmentLink
from pipelines.extraction.folding import squeeze
from pipelines.extraction.structure.graphics import FORMAT, path_of, shown, size_of, source_of
from pipelines.extraction.structure.printed import Printed
from pipelines.extraction.text import ancestors, text_of, tidy

_SCAN_ME = re.compile(r"扫描?(?:一扫|码|下方|上方|二维码)|二维码|公众号|视频号|长按")
_CAPTION = re.compile(
    r"[▲△▼]|[(（\[【]?\s*(?:附\s*)?[图表]\s*[\d一二三四五六七八九十①-⑳]|图为|图[:：片]"
)
_FIGURE = re.compile(r"figure|fig(?:$|\d)", re.IGNORECASE)
_LONGEST_CAPTION = 80
_LARGE = 200


def name_of(image: HtmlElement, address: str, caption: str) -> str:
    """What an image is called: by its own words, its caption, or else its file."""
    for said in (image.get("alt"), image.get("title")):
        name = tidy(said or "")
        if name and not FORMAT.search(name) and squeeze(name).strip("0123456789_-."):
            return name
    return caption or unquote(path_of(address).rstrip("/").rpartition("/")[2]) or address


def caption_of(printed: Sequence[Printed], at: int) -> str:
    """The caption of the image at a place: of its figure, or the line below or above it."""
    for around in ancestors(printed[at].block):
        if around.tag == "figure":
            caption = next(around.iter("figcaption"), None)
            return tidy(text_of(caption)) if caption is not None else ""
    for near in (at + 1, at - 1):
        if 0 <= near < len(printed) and is_caption(printed[near].text):
            return printed[near].text
    return ""


def is_caption(text: str) -> bool:
    """Whether a line tells what a figure shows: ``图1 …``, ``▲…``."""
    return 0 < len(text) <= _LONGEST_CAPTION and bool(_CAPTION.match(text))


def choose(
    printed: Sequence[Printed],
    kept: Sequence[bool],
    link: Callable[[str], str],
    *,
    named: bool = False,
) -> dict[object, AttachmentLink]:
    """The document's images by their elements, in page order.

    An image inside a kept line is the document's. One that stands alone belongs to the lines
    around it: it stays where one of them was kept, and goes with what was left out around it.
    One that leads to another page has to stand between kept lines, unless ``named`` tells that
    the markup itself says that all of this is the document.
    """
    found: dict[object, AttachmentLink] = {}
    alone = not any(kept)
    beside = _beside(printed, kept)
    often = _counted(printed)
    for at, each in enumerate(printed):
        if not any(piece.image is not None for piece in each.pieces):
            continue
        sure = kept[at] if each.line is not None else all(beside[at])
        likely = each.line is None and (alone or any(beside[at]))
        if not (sure or likely) or _invites(printed, at):
            continue
        for image in (piece.image for piece in each.pieces if piece.image is not None):
            address = shown(image, repeated=often[source_of(image)] > 1)
            if address is None or (_leads_away(image) and not (sure or named)):
                continue
            name = name_of(image, address, caption_of(printed, at))
            found[image] = AttachmentLink(name, link(address))
    return found


def _beside(printed: Sequence[Printed], kept: Sequence[bool]) -> list[tuple[bool, bool]]:
    """For each place, whether the printed lines before and after it were kept."""
    before = list(_last_kept(printed, kept))
    after = list(_last_kept(printed[::-1], kept[::-1]))[::-1]
    return list(zip(before, after, strict=True))


def _last_kept(printed: Sequence[Printed], kept: Sequence[bool]) -> Iterator[bool]:
    """For each place, whether the last line printed before it was kept."""
    last = False
    for each, is_kept in zip(printed, kept, strict=True):
        yield last
        last = is_kept if each.line is not None else last


def _counted(printed: Sequence[Printed]) -> Counter[str | None]:
    """How often each address of an image stands among what is printed."""
    images = (piece.image for each in printed for piece in each.pieces)
    return Counter(source_of(image) for image in images if image is not None)


def _invites(printed: Sequence[Printed], at: int) -> bool:
    """Whether the line of an image, or the next one, asks the reader to scan it."""
    near = [printed[i].text for i in (at, at + 1) if i < len(printed)]
    return any(len(text) <= _LONGEST_CAPTION and _SCAN_ME.search(squeeze(text)) for text in near)


def _leads_away(image: HtmlElement) -> bool:
    """Whether an image is a link to another page: not to itself in large, nor to the next part.

    The parts of a picture story lie in one folder, and their pictures, which are large, lead from
    one to the next.
    """
    if min(size_of(image, "width") or 0, size_of(image, "height") or 0) >= _LARGE:
        return False
    for around in ancestors(image):
        if around.tag == "a":
            address = (around.get("href") or "").strip()
            return "/" in address.removeprefix("./") and not FORMAT.search(path_of(address))
    return False
