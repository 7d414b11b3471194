"""Contact data made unreadable for views and exports; what is stored stays as it was.

A masked text is as long as the text it came from, each masked character having become ``＊``. So
spans hold in it as before, and masking it again changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import compress
from typing import Any

from archive.records import FIELDS, Contact, ContactKind

MARK = "＊"
_DIRECT = (ContactKind.PHONE, ContactKind.EMAIL, ContactKind.IDENTITY, ContactKind.ACCOUNT)
# What Markdown may put between two characters that the text prints side by side.
_BETWEEN = r"[\\*_`\s]{0,4}"


def contacts_from(stored: Iterable[Mapping[str, Any]]) -> tuple[Contact, ...]:
    """The spans of a stored derivation or a printed row: ``{kind, start, end}`` each."""
    return tuple(Contact(ContactKind(each["kind"]), each["start"], each["end"]) for each in stored)


def mask(
    text: str, contacts: Iterable[Contact], kinds: Collection[ContactKind] | None = None
) -> str:
    """The text with the given spans masked, of the same length; ``kinds`` chooses among them."""
    characters = list(text)
    for each in _chosen(contacts, kinds):
        characters[each.start : each.end] = MARK * len(characters[each.start : each.end])
    return "".join(characters)


def mask_markdown(
    markdown: str,
    text: str,
    contacts: Iterable[Contact],
    kinds: Collection[ContactKind] | None = None,
) -> str:
    """The Markdown of a text with the same contact data masked.

    What is printed as often in both is masked at the same occurrences; else at all of them, since
    a value too many is better than one that stays.
    """
    spans: dict[str, set[int]] = {}
    for each in _chosen(contacts, kinds):
        spans.setdefault(text[each.start : each.end], set()).add(each.start)
    # The longest first: a name may be a part of an address.
    for value in sorted(spans, key=len, reverse=True):
        printed, found = ([*_loosely(value).finditer(each)] for each in (text, markdown))
        meant = [each.start() in spans[value] for each in printed]
        if len(found) != len(printed):
            meant = [True] * max(len(found), len(printed))
        text = _replaced(text, compress(printed, meant))
        markdown = _replaced(markdown, compress(found, meant))
    return markdown


def mask_values(
    value: str,
    text: str,
    contacts: Iterable[Contact],
    kinds: Collection[ContactKind] | None = None,
) -> str:
    """A value, such as a line kept as evidence, without the numbers and e-mails of a text.

    Names and addresses stay: a person named as contact may also be the author of a text.
    """
    for each in _chosen(contacts, kinds):
        if each.kind in _DIRECT:
            value = value.replace(text[each.start : each.end], MARK * (each.end - each.start))
    return value


def _chosen(
    contacts: Iterable[Contact], kinds: Collection[ContactKind] | None
) -> Iterator[Contact]:
    return (each for each in contacts if kinds is None or each.kind in kinds)


def _loosely(value: str) -> re.Pattern[str]:
    letters = [re.escape(letter) for letter in value if not letter.isspace()]
    return re.compile(_BETWEEN.join(letters)) if letters else re.compile(r"(?!)")


def _replaced(text: str, matches: Iterable[re.Match[str]]) -> str:
    for match in matches:
        text = text[: match.start()] + MARK * len(match.group()) + text[match.end() :]
    return text


def mask_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A printed row of a document with its ``contacts`` masked, in values and evidence too.

    The spans stay, and hold as before: a masked text is as long as it was.
    """
    text, contacts = row["text"], contacts_from(row["contacts"])
    fields = {name: row[name] for name in FIELDS if isinstance(row.get(name), str)}
    masked = dict(row) | {
        name: mask_values(value, text, contacts) for name, value in fields.items()
    }
    masked["text"] = mask(text, contacts)
    if row.get("markdown"):
        masked["markdown"] = mask_markdown(row["markdown"], text, contacts)
    masked["assertions"] = [
        each | {name: mask_values(each[name] or "", text, contacts) for name in ("value", "raw")}
        for each in row["assertions"]
    ]
    return masked
