"""Blocks one below the other, those of lists behind their markers."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

_NUMBER = re.compile(r"\s*(\d{1,9})\s*\Z")
_DEEPEST = 8
_OTHER = {"-": "*", "*": "-", ".": ")", ")": "."}


class Lists:
    """Puts blocks below each other; those inside list items are indented as Markdown asks.

    Items of one list follow without a blank line. Two lists in a row get different markers, or
    they would be read as one.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._items: tuple[HtmlElement, ...] = ()
        self._widths: list[int] = []
        self._signs: dict[HtmlElement | None, str] = {}
        self._numbers: dict[HtmlElement, int] = {}
        self._closed = False

    @property
    def text(self) -> str:
        """Everything put so far."""
        return "".join(self._parts)

    def put(self, block: str, items: tuple[HtmlElement, ...], *, closed: bool = False) -> None:
        """Put a block inside list items, from the outside in. ``closed`` asks for a blank line."""
        if not block:
            return
        items = items[:_DEEPEST]
        shared = _shared(items, self._items)
        same_list = bool(items[shared:]) and self._continues(items[shared], shared)
        if self._parts:
            self._parts.append("\n" if same_list and not self._closed else "\n\n")
        lead = self._open(items, shared)
        first, *rest = block.split("\n")
        indent = " " * sum(self._widths)
        lines = [" " * (len(indent) - len(lead)) + lead + first, *(indent + line for line in rest)]
        self._parts.append("\n".join(lines))
        self._closed = closed

    def _continues(self, item: HtmlElement, depth: int) -> bool:
        """Whether the last block stood in an item of the same list."""
        return len(self._items) > depth and _list_of(item) is _list_of(self._items[depth])

    def _open(self, items: tuple[HtmlElement, ...], shared: int) -> str:
        """Begin the items that the last block did not stand in; returns their markers."""
        del self._widths[shared:]
        lead = ""
        for depth in range(shared, len(items)):
            before = self._items[depth] if depth == shared and len(self._items) > depth else None
            marker = self._marker(items[depth], before)
            self._widths.append(len(marker))
            lead += marker
        self._items = items
        return lead

    def _marker(self, item: HtmlElement, before: HtmlElement | None) -> str:
        around = _list_of(item)
        sign = self._signs.get(around)
        if sign is None:
            ordered = around is not None and around.tag == "ol"
            sign = "." if ordered else "-"
            last = self._signs.get(_list_of(before)) if before is not None else None
            if last in (sign, _OTHER[sign]):
                sign = _OTHER[last]
            self._signs[around] = sign
            if around is not None and ordered:
                self._count(around)
        return f"{self._numbers.get(item, 1)}{sign} " if sign in ".)" else f"{sign} "

    def _count(self, around: HtmlElement) -> None:
        number = _given(around, "start")
        for item in around.iterchildren("li"):
            number = _given(item, "value", number)
            self._numbers[item] = min(number, 999_999_999)
            number += 1


def _list_of(item: HtmlElement | None) -> HtmlElement | None:
    return item.getparent() if item is not None else None


def _shared(items: tuple[HtmlElement, ...], others: tuple[HtmlElement, ...]) -> int:
    """How many items two chains have in common, from the outside in."""
    shared = 0
    for one, other in zip(items, others, strict=False):
        if one is not other:
            break
        shared += 1
    return shared


def _given(element: HtmlElement, name: str, otherwise: int = 1) -> int:
    stated = _NUMBER.match(element.get(name) or "")
    return int(stated[1]) if stated else otherwise
