"""Values that a page writes with inline scripts: headline, state, number, files, whole texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from archive.records import Assertion, Source
from pipelines.extraction.page import Page, parse_html
from pipelines.extraction.pairs import Pair
from pipelines.extraction.text import text_of, tidy
from pipelines.extraction.values import Place, assertions_of

# A pattern that begins with one sure character is found many times faster.
_ASSIGNED = re.compile(
    r"""=\s*(?P<quote>["'])(?P<value>(?:(?!(?P=quote))[^\\\n]|\\.){1,600})(?P=quote)"""
)
_NAME = re.compile(r"(?:\b(?:var|let|const)\s{1,20}|\.)(?P<name>[A-Za-z_]\w{1,30})\s{0,20}\Z")
_LONGEST_NAME = 60
_WRITTEN = re.compile(
    r"""\s*document\.write(?:ln)?\(\s*(?P<quote>["'])(?P<value>[^"'<>\\]{1,60})(?P=quote)\s*\);?\s*"""
)
_WRITES_VARIABLE = re.compile(
    r"(?:\A|[;\s])document\.write(?:ln)?\(\s*(?P<name>[A-Za-z_]\w{0,30})\s*\);?\s*(?:-->)?\s*\Z"
)
_LONGEST_WRITTEN = 160
_NAMES = (
    (re.compile(r"(?:doc|article|art|news|info|content|xx)_?title\Z", re.IGNORECASE), "title"),
    (re.compile(r"(?:doc|article|news)?_?sub_?title\Z", re.IGNORECASE), "subtitle"),
    (
        re.compile(r"(?:file|doc)_?(?:status|state)|validity|wj_?zt|yxx\Z", re.IGNORECASE),
        "validity",
    ),
    (re.compile(r"(?:file|doc)_?(?:num|no|number)|wen_?hao|fwzh\Z", re.IGNORECASE), "doc_no"),
    (
        re.compile(r"(?:doc)?_?(?:pub|release|publish)_?(?:date|time)\Z", re.IGNORECASE),
        "date_published",
    ),
)
_STATE = re.compile(r".{0,6}(?:有效|失效|废止|生效|修订|修改).{0,12}\Z")
_LABELS = {"title": "标题", "validity": "有效性", "doc_no": "文号", "date_published": "发布时间"}
_BODY = re.compile(
    r'["\']?(?:content|txt|body|articleContent|contentHtml|detailContent)["\']?\s*:\s*"(?P<json>(?:[^"\\]|\\.){200,})"'
)
_SHORTEST_AREA = 100
_TAGGED = re.compile(r"<(?:p|div|span|br)\b", re.IGNORECASE)


def script_assertions(page: Page, day_first: bool | None) -> list[Assertion]:
    """What string variables of inline scripts assert, when their names and values are telling."""
    found: list[Assertion] = []
    for name, value in _variables(page.tree):
        field = next((field for pattern, field in _NAMES if pattern.match(name)), None)
        text = tidy(text_of(parse_html(value)[0])) if "<" in value else tidy(value)
        if field is None or not text or (field == "validity" and not _STATE.match(text)):
            continue
        if field == "subtitle":
            found.append(Assertion(field, text, value, Source.SCRIPT, name))
            continue
        pair = Pair(_LABELS[field], (field,), text)
        found += assertions_of(pair, Place(Source.SCRIPT, name, day_first))
    return found


def show_written(tree: HtmlElement) -> None:
    """Put what a script only writes in its place, plain and short, where a reader sees it."""
    variables: dict[str, str] | None = None
    for script in tree.iter("script"):
        text = script.text or ""
        written = _WRITTEN.fullmatch(text) if "document.write" in text else None
        named = _WRITES_VARIABLE.search(text) if "document.write" in text else None
        if written:
            script.tag, script.text = "span", written["value"]
        elif named:
            variables = dict(_variables(tree)) if variables is None else variables
            value = variables.get(named["name"], "")
            if 0 < len(value) <= _LONGEST_WRITTEN and "<" not in value:
                script.tag, script.text = "span", value


def script_links(page: Page) -> Iterator[HtmlElement]:
    """Links inside the strings of inline scripts."""
    for _, value in _variables(page.tree, holding="<a"):
        if "<a" in value:
            yield from parse_html(value)[0].iter("a")


def script_body(page: Page) -> HtmlElement | None:
    """The longest text that a page holds as a string of markup, for a script to show."""
    best = ""
    for script in page.tree.iter("script"):
        for match in _BODY.finditer(script.text or ""):
            markup = _unescape(match["json"])
            if len(markup) > len(best) and _TAGGED.search(markup):
                best = markup
    for area in page.tree.iter("textarea"):
        markup = area.text_content()
        if len(markup) > max(len(best), _SHORTEST_AREA) and _TAGGED.search(markup):
            best = markup
    return parse_html(f"<html><body><div>{best}</div></body></html>")[0] if best else None


def _variables(tree: HtmlElement, holding: str = "=") -> Iterator[tuple[str, str]]:
    """Names and values of string variables, of the scripts that hold some text."""
    for script in tree.iter("script"):
        text = script.text or ""
        for match in _ASSIGNED.finditer(text) if holding in text else ():
            start = match.start()
            named = _NAME.search(text, max(0, start - _LONGEST_NAME), start)
            if named is None:
                continue
            value = match["value"].replace("\\'", "'").replace('\\"', '"').replace("\\/", "/")
            yield named["name"], value


def _unescape(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return ""
