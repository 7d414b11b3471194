"""CSS selection over one tree, with an index for the simple selectors that hooks consist of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import cast

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

_SIMPLE = re.compile(r"(?P<tag>[\w-]+)?(?P<rest>(?:[.#][\w-]+)+)\Z")
_PART = re.compile(r"([.#])([\w-]+)")


_NAMED = etree.XPath("descendant-or-self::*[@id or @class]")


class Index:
    """The elements of a tree by class and by id. Build it once; it does not follow changes."""

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree
        self._named: dict[str, list[HtmlElement]] = {}
        for element in named(tree):
            identity = element.get("id")
            if identity:
                self._named.setdefault("#" + identity.strip(), []).append(element)
            for name in (element.get("class") or "").split():
                self._named.setdefault("." + name, []).append(element)

    def select(self, selector: str) -> list[HtmlElement]:
        """Elements that a CSS selector names, in page order."""
        simple = _SIMPLE.match(selector)
        if simple is None:
            return cast("list[HtmlElement]", _compiled(selector)(self.tree))
        names = {kind + name for kind, name in _PART.findall(simple["rest"])}
        found = min((self._named.get(name, []) for name in names), key=len)
        return [element for element in found if _matches(element, simple["tag"], names)]

    def first(self, selectors: Iterable[str]) -> tuple[HtmlElement, str] | None:
        """The first element that the first matching selector names, and that selector."""
        for selector in selectors:
            found = self.select(selector)
            if found:
                return found[0], selector
        return None


def named(tree: HtmlElement) -> list[HtmlElement]:
    """The elements of a tree that have a class or an id, in page order."""
    return cast("list[HtmlElement]", _NAMED(tree))


def outermost(elements: Iterable[HtmlElement]) -> list[HtmlElement]:
    """The elements that stand in no other of them."""
    chosen: list[HtmlElement] = []
    seen: set[HtmlElement] = set()
    for element in elements:
        if not any(above in seen for above in element.iterancestors()):
            chosen.append(element)
            seen.add(element)
    return chosen


@lru_cache(maxsize=512)
def _compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


def _matches(element: HtmlElement, tag: str | None, names: set[str]) -> bool:
    if tag and element.tag != tag:
        return False
    own = {"." + name for name in (element.get("class") or "").split()}
    own.add("#" + (element.get("id") or "").strip())
    return names <= own
