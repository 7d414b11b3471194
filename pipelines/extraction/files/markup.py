"""HTML and MHTML that pose as office documents, and plain XML: what a browser would print."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import Message

from pipelines.extraction.files.formats import Format
from pipelines.extraction.files.limits import Unread
from pipelines.extraction.files.trees import parse_xml
from pipelines.extraction.page import parse
from pipelines.extraction.text import lines

TOO_DEEP = "markup nested too deep to be read as it is"


def read(body: bytes, found: Format, until: float) -> Iterator[str]:
    """The printed lines of a whole page; of XML, the text of each element that has one."""
    if found.name == "xml":
        yield from _texts(body)
        return
    source, content_type = _page_in(body) if found.name == "mhtml" else (body, None)
    page = parse(source, content_type)
    for line in lines(page.tree):
        yield line.text
    if not page.complete:
        raise Unread(TOO_DEEP)


def _page_in(body: bytes) -> tuple[bytes, str]:
    """The first HTML part of a page saved as mail, and its content type."""
    message: Message = email.message_from_bytes(body, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return content, part.get("Content-Type", "")
    raise Unread("broken: a saved page without a page in it")


def _texts(body: bytes) -> Iterator[str]:
    for element in parse_xml(body).iter():
        for text in (element.text if isinstance(element.tag, str) else None, element.tail):
            folded = " ".join((text or "").split())
            if folded:
                yield folded
