"""Telling the page's own graphics from the images of a document: by name, size and place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from pipelines.extraction.attachments import is_attachment
from pipelines.extraction.folding import squeeze
from pipelines.extraction.text import ancestors

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
FORMAT = re.compile(r"\.(?:jpe?g|png|gif|bmp|webp|tiff?|jfif)\Z", re.IGNORECASE)
_GRAPHIC = re.compile(
    r"(?:^|[-_.])(?:icons?|ico|logos?|spacer|blank|transparent|loading|lazy(?:load)?|placeholder|nopic|"
    r"emojis?|emoticons?|emotion|smil(?:ey|ies)|beian|gongan|jiucuo|qr|ewm|filetypes?|file_?icons?)\d*"
    r"(?:$|[-_.])",
    re.IGNORECASE,
)
"""Words in the name of a file that no scan, chart or photograph has."""

_PERHAPS = re.compile(
    r"(?:^|[-_.])(?:space|pixel|dot|line|arrows?|btn|button|bullet|default|avatar|share|print|close|"
    r"search|banner|top|footer|header|bg|weibo|wechat|weixin|wx|wb)\d*(?:$|[-_.])",
    re.IGNORECASE,
)
"""Words that uploaded images have too: a ``top10.png`` may be a chart, a ``bg2024.jpg`` a photo."""

_GRAPHICS = re.compile(
    r"(?:icons?|ico|logos?|emojis?|emoticons?|emotion|smil(?:ey|ies)|filetypes?|filetypeimages|"
    r"file_?icons?)\d*",
    re.IGNORECASE,
)
_LOOKS = re.compile(
    r"images?|imgs?|static|assets|css|skins?|themes?|templates?|styles?|public", re.I
)
_UPLOADED = re.compile(r"/(?:up_?loads?|upload_?(?:files?|images?)|user_?files?)/", re.IGNORECASE)
_WORDED = re.compile(
    r"qr_?code|erweima|ewm|saoma|1x1|/dialogs/emotion/|/themes/default/images/|"
    r"/system/resource/images/|fileTypeImages|icon_?\w{1,6}\.(?:gif|png|jpg)\Z",
    re.IGNORECASE,
)
"""Among them the folders in which widespread editors and content systems ship their own images:
emoticons and file types of UEditor and KindEditor, file types of VSB."""

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
_PIXELS = re.compile(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*(?:!important)?\s*\Z", re.IGNORECASE)
_STYLED = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*([^;]+)", re.IGNORECASE)
_LONGEST_WORDS = 80
_SMALL = 48
_MODEST = 120
_THIN = 12
_NEAR = 3


def shown(image: HtmlElement, *, repeated: bool = False) -> str | None:
    """The address, as written, of an image that may belong to a document; None of all others.

    ``repeated`` tells that the page shows the same address more than once.
    """
    address = source_of(image)
    if address is None or _is_graphic(image, address, repeated) or _is_small(image):
        return None
    said = squeeze(f"{image.get('alt') or ''} {image.get('title') or ''}")
    if len(said) <= _LONGEST_WORDS and _SAID.search(said):
        return None
    for around, _ in zip(ancestors(image), range(_NEAR), strict=False):
        if _FRAME.search(f"{around.get('class') or ''} {around.get('id') or ''}"):
            return None
    return None if _stands_for_file(image) else address


def source_of(image: HtmlElement) -> str | None:
    """Where an image is fetched from: its lazy address before its ``src``, never inline data."""
    for name in _LAZY:
        address = str(image.get(name) or "").strip()
        if _is_address(address) and ("/" in address or FORMAT.search(path_of(address))):
            return address
    for address in (image.get("src"), *_sized(image.get("srcset") or image.get("data-srcset"))):
        if address and _is_address(address.strip()):
            return str(address.strip())
    return None


def _is_graphic(image: HtmlElement, address: str, repeated: bool) -> bool:
    """Whether the name of an image, with its folder or its size, is that of a graphic."""
    path = unquote(path_of(address))
    if _WORDED.search(path):
        return True
    folders, _, name = path.rpartition("/")
    folder = folders.rpartition("/")[2]
    if _GRAPHIC.search(name):
        return True
    if _GRAPHICS.fullmatch(folder) and not _UPLOADED.search(path):
        return True
    return bool(_PERHAPS.search(name)) and _is_furnishing(image, folder, repeated)


def _is_furnishing(image: HtmlElement, folder: str, repeated: bool) -> bool:
    """Whether an image is of the page's looks: by its folder, its size, or how often it stands."""
    sizes = _sizes(image)
    if _LOOKS.fullmatch(folder) or (sizes and max(sizes) <= _MODEST):
        return True
    return repeated and not sizes


def _is_small(image: HtmlElement) -> bool:
    """Whether a stated size is that of an icon, a rule or a counter; an unstated one is not."""
    sizes = _sizes(image)
    if len(sizes) == 2 and max(sizes) <= _SMALL:
        return True
    return bool(sizes) and min(sizes) <= _THIN


def _sizes(image: HtmlElement) -> list[int]:
    both = (size_of(image, "width"), size_of(image, "height"))
    return [size for size in both if size is not None]


def size_of(image: HtmlElement, side: str) -> int | None:
    """The ``width`` or ``height`` of an image in pixels, where its markup states it."""
    styled = {name.lower(): value for name, value in _STYLED.findall(image.get("style") or "")}
    for value in (styled.get(side), image.get(side)):
        pixels = _PIXELS.match(value or "")
        if pixels is not None:
            return int(pixels[1])
    return None


def _stands_for_file(image: HtmlElement) -> bool:
    """Whether an image is the sign of a file's type, inside its link or right before it."""
    around = image.getparent()
    if around is not None and around.tag == "a" and is_attachment(around):
        return not FORMAT.search(path_of(around.get("href") or ""))
    after = image.getnext()
    if after is None or after.tag != "a" or (image.tail or "").strip():
        return False
    return is_attachment(after)


def _is_address(address: str) -> bool:
    if not address or _NOT_FETCHED.match(address):
        return False
    return not _NOT_IMAGE.search(path_of(address))


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


def path_of(address: str) -> str:
    """The path of an address; what cannot be taken apart is all path."""
    try:
        return urlsplit(address).path
    except ValueError:
        return address
