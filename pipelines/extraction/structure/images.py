"""Which images belong to a document: its scans, charts and figures, not the page's own graphics."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from archive.records import AttachmentLink
from pipelines.extraction.attachments import is_attachment
from pipelines.extraction.folding import squeeze
from pipelines.extraction.structure.printed import Printed
from pipelines.extraction.text import ancestors, text_of, tidy

_LAZY = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-lazyload",
    "data-lazy",
    "data-actualsrc",
    "data-echo",
    "data-url",
    "data-real-src",
    "data-ks-lazyload",
    "lazy-src",
    "lazysrc",
    "lazyload",
    "original",
)
"""Where pages keep an image's address until it scrolls into view; ``src`` is a spacer then."""

_NOT_FETCHED = re.compile(r"(?!https?:)[a-z][a-z\d+.-]*:", re.IGNORECASE)
_NOT_IMAGE = re.compile(r"\.(?:s?html?|jsp|php|aspx?|js|css|svg|ico|cur)\Z", re.IGNORECASE)
_FORMAT = re.compile(r"\.(?:jpe?g|png|gif|bmp|webp|tiff?|jfif)\Z", re.IGNORECASE)
_GRAPHIC = re.compile(
    r"(?:^|[-_/.])(?:icons?|ico|logos?|spacer|blank|space|transparent|pixel|dot|line|arrows?|btn|button|"
    r"bullet|loading|lazy(?:load)?|placeholder|default|nopic|avatar|emojis?|emoticons?|emotion|smil(?:ey|ies)|"
    r"share|print|close|search|banner|top|footer|header|bg|beian|gongan|jiucuo|weibo|wechat|weixin|"
    r"qr|ewm|wx|wb|filetypes?|filetypeimages|file_?icons?)\d*(?:$|[-_/.])",
    re.IGNORECASE,
)
_WORDED = re.compile(
    r"qr_?code|erweima|ewm|saoma|1x1|/dialogs/emotion/|/themes/default/images/|"
    r"/system/resource/images/|fileTypeImages|icon_?\w{1,6}\.(?:gif|png|jpg)\Z",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"二维码|扫一扫|扫码|公众号|小程序|微信|微博|分享|打印|关闭|收藏|图标|logo|返回|更多|上一篇|下一篇|无障碍|"
    r"纠错|正在加载|首页\Z|客户端\Z|备案",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"(?:^|[-_ ])(?:icons?|ico|emoji|face|share|qr|qrcode|ewm|erweima|logo|avatar|toolbar|btn)"
    r"(?:$|[-_ \d])",
    re.IGNORECASE,
)
_SCAN_ME = re.compile(r"扫描?(?:一扫|码|下方|上方|二维码)|二维码|公众号|视频号|长按")
_CAPTION = re.compile(
    r"[▲△▼]|[(（\[【]?\s*(?:附\s*)?[图表]\s*[\d一二三四五六七八九十①-⑳]|图为|图[:：片]"
)
_FIGURE = re.compile(r"figure|fig(?:$|\d)", re.IGNORECASE)
_PIXELS = re.compile(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*(?:!important)?\s*\Z", re.IGNORECASE)
_STYLED = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*([^;]+)", re.IGNORECASE)
_LONGEST_CAPTION = 80
_SMALL = 48
_THIN = 12
_LARGE = 200
_NEAR = 3


def shown(image: HtmlElement) -> str | None:
    """The address, as written, of an image that may belong to a document; None of all others."""
    address = source_of(image)
    if address is None or _is_graphic(address) or _is_small(image):
        return None
    said = squeeze(f"{image.get('alt') or ''} {image.get('title') or ''}")
    if len(said) <= _LONGEST_CAPTION and _SAID.search(said):
        return None
    for around, _ in zip(ancestors(image), range(_NEAR), strict=False):
        if _FRAME.search(f"{around.get('class') or ''} {around.get('id') or ''}"):
            return None
    return None if _stands_for_file(image) else address


def source_of(image: HtmlElement) -> str | None:
    """Where an image is fetched from: its lazy address before its ``src``, never inline data."""
    for name in _LAZY:
        address = str(image.get(name) or "").strip()
        if _is_address(address) and ("/" in address or _FORMAT.search(_path(address))):
            return address
    for address in (image.get("src"), *_sized(image.get("srcset") or image.get("data-srcset"))):
        if address and _is_address(address.strip()):
            return str(address.strip())
    return None


def name_of(image: HtmlElement, address: str, caption: str) -> str:
    """What an image is called: by its own words, its caption, or else its file."""
    for said in (image.get("alt"), image.get("title")):
        name = tidy(said or "")
        if name and not _FORMAT.search(name) and squeeze(name).strip("0123456789_-."):
            return name
    return caption or unquote(_path(address).rstrip("/").rpartition("/")[2]) or address


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
    for at, each in enumerate(printed):
        if not any(piece.image is not None for piece in each.pieces):
            continue
        sure = kept[at] if each.line is not None else all(_beside(printed, kept, at))
        likely = each.line is None and (alone or any(_beside(printed, kept, at)))
        if not (sure or likely) or _invites(printed, at):
            continue
        for piece in each.pieces:
            address = shown(piece.image) if piece.image is not None else None
            if address is None or (_leads_away(piece.image) and not (sure or named)):
                continue
            name = name_of(piece.image, address, caption_of(printed, at))
            found[piece.image] = AttachmentLink(name, link(address))
    return found


def _beside(printed: Sequence[Printed], kept: Sequence[bool], at: int) -> tuple[bool, bool]:
    """Whether the printed lines before and after a place were kept."""
    before = next((i for i in range(at - 1, -1, -1) if printed[i].line is not None), None)
    after = next((i for i in range(at + 1, len(printed)) if printed[i].line is not None), None)
    return (before is not None and kept[before], after is not None and kept[after])


def _invites(printed: Sequence[Printed], at: int) -> bool:
    """Whether the line of an image, or the next one, asks the reader to scan it."""
    near = [printed[i].text for i in (at, at + 1) if i < len(printed)]
    return any(len(text) <= _LONGEST_CAPTION and _SCAN_ME.search(squeeze(text)) for text in near)


def _leads_away(image: HtmlElement | None) -> bool:
    """Whether an image is a link to another page: not to itself in large, nor to the next part.

    The parts of a picture story lie in one folder, and their pictures, which are large, lead from
    one to the next.
    """
    if image is None or min(_size(image, "width") or 0, _size(image, "height") or 0) >= _LARGE:
        return False
    for around in ancestors(image):
        if around.tag == "a":
            address = (around.get("href") or "").strip()
            return "/" in address.removeprefix("./") and not _FORMAT.search(_path(address))
    return False


def _stands_for_file(image: HtmlElement) -> bool:
    """Whether an image is the sign of a file's type, inside its link or right before it."""
    around = image.getparent()
    if around is not None and around.tag == "a" and is_attachment(around):
        return not _FORMAT.search(_path(around.get("href") or ""))
    after = image.getnext()
    if after is None or after.tag != "a" or (image.tail or "").strip():
        return False
    return is_attachment(after)


def _is_address(address: str) -> bool:
    if not address or _NOT_FETCHED.match(address):
        return False
    return not _NOT_IMAGE.search(_path(address))


def _is_graphic(address: str) -> bool:
    path = unquote(_path(address))
    if _WORDED.search(path):
        return True
    folders, _, name = path.rpartition("/")
    return bool(_GRAPHIC.search(name) or _GRAPHIC.search(folders.rpartition("/")[2]))


def _is_small(image: HtmlElement) -> bool:
    """Whether a stated size is that of an icon, a rule or a counter; an unstated one is not."""
    sizes = [size for size in (_size(image, "width"), _size(image, "height")) if size is not None]
    if len(sizes) == 2 and max(sizes) <= _SMALL:
        return True
    return bool(sizes) and min(sizes) <= _THIN


def _size(image: HtmlElement, side: str) -> int | None:
    styled = {name.lower(): value for name, value in _STYLED.findall(image.get("style") or "")}
    for value in (styled.get(side), image.get(side)):
        pixels = _PIXELS.match(value or "")
        if pixels is not None:
            return int(pixels[1])
    return None


def _sized(sources: str | None) -> list[str]:
    """The addresses of a ``srcset``, the largest first."""
    rows = [row.split() for row in (sources or "").split(", ") if row.strip()]
    return [row[0] for row in sorted(rows, key=_density, reverse=True)]


def _density(row: Sequence[str]) -> float:
    given = re.match(r"[\d.]+", row[1]) if len(row) > 1 else None
    try:
        return float(given[0]) if given else 1.0
    except ValueError:
        return 1.0


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return address
