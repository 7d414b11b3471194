"""Templates as files: one file per family and variant, cut into named parts by ``=== name ===``.

Values are escaped unless they are :class:`Html`, so that facts cannot break a page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from string import Template

from crawler.replica import data

_PART = re.compile(r"^=== (\w+) ===\n", re.MULTILINE)


class Html(str):
    """Text that already is markup."""

    __slots__ = ()


def escaped(value: object) -> str:
    """Markup that shows a value as it is."""
    return value if isinstance(value, Html) else html.escape(str(value))


def lines(parts: list[Html]) -> Html:
    """Pieces of markup, one per line."""
    return Html("\n".join(parts))


@dataclass(frozen=True, slots=True)
class Parts:
    """The named parts of one template file."""

    templates: Mapping[str, Template]

    def has(self, name: str) -> bool:
        """Whether the variant has such a part."""
        return name in self.templates

    def fill(self, name: str, /, **values: object) -> Html:
        """A part with its values; a missing part or value is a KeyError."""
        shown = {key: escaped(value) for key, value in values.items()}
        return Html(self.templates[name].substitute(shown))

    def maybe(self, name: str, value: object, /, **values: object) -> Html:
        """A part about ``value``, under its own name; nothing when there is no value or no part."""
        if value is None or name not in self.templates:
            return Html("")
        return self.fill(name, **{name: value}, **values)

    def pairs(self, name: str) -> dict[str, str]:
        """A part of ``key=value`` lines."""
        rows = self.templates[name].template.splitlines()
        return dict(row.split("=", 1) for row in rows if row)


@cache
def load(family: str, variant: str) -> Parts:
    """The template file of a variant."""
    pieces = _PART.split(data.text("templates", family, f"{variant}.html"))
    named = zip(pieces[1::2], pieces[2::2], strict=True)
    return Parts({name: Template(body.rstrip("\n")) for name, body in named})
