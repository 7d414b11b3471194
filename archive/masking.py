"""Contact data made unreadable for views and exports; what is stored stays as it was.

A masked text is as long as the text it came from, each masked character having become ``＊``. So
spans hold in it as before, and masking it again changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import compress
from typing import Any

from archive.records import DATE_FIELDS, FIELDS, Contact, ContactKind

MARK = "＊"
_DIRECT = (ContactKind.PHONE, ContactKind.EMAIL, ContactKind.IDENTITY, ContactKind.ACCOUNT)
# A document's own numbers and days are what it is known by, whoever has a telephone of that number.
_NEVER = ("doc_no", "index_no", *DATE_FIELDS)
# Outside of its place in the text a shorter number, such as 119, is as well any other one.
_SHORT = re.compile(r"(?:\W*\d){1,6}\W*")
# Lines kept as evidence may stand outside of the text, where nobody looked for contact data.
_SURE = re.compile(
    r"(?<![0-9A-Za-z])(?:[(（]0\d{2,3}[)）]|0\d{2,3}[-—–－])\s?\d{7,8}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])"
    r"|[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,10}"
)
_PARTS = {
    "attachments": ("name",),
    "images": ("name",),
    "unlisted": ("name",),
    "relations": ("title",),
    "corrections": ("value", "replaced", "reads", "why"),
}
# What Markdown may put between two characters that the text prints side by side.
_BETWEEN = r"[\\*_`\s]{0,4}"
_MARKS = re.compile(r"[\W_]+")
_LETTER = re.compile(r"[^\W\d]")
_WORD = 4
_BEFORE = 24


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
    a value too many is better than one that stays. Of a number as short as 119 only those are
    masked then that stand behind the same word.
    """
    spans: dict[str, set[int]] = {}
    for each in _chosen(contacts, kinds):
        spans.setdefault(text[each.start : each.end], set()).add(each.start)
    # The longest first: a name may be a part of an address.
    for value in sorted(spans, key=len, reverse=True):
        printed, found = ([*_loosely(value).finditer(each)] for each in (text, markdown))
        meant = [each.start() in spans[value] for each in printed]
        if len(found) == len(printed):
            hidden = meant
        elif _is_short(value):
            words = {_word_before(each) for each in compress(printed, meant)}
            hidden = [_word_before(each) in words for each in found]
        else:
            meant, hidden = [True] * len(printed), [True] * len(found)
        text = _replaced(text, compress(printed, meant))
        markdown = _replaced(markdown, compress(found, hidden))
    return markdown


def mask_values(
    value: str,
    text: str,
    contacts: Iterable[Contact],
    kinds: Collection[ContactKind] | None = None,
) -> str:
    """A value, such as a line kept as evidence, without the numbers and e-mails of a text.

    Names and addresses stay: a person named as contact may also be the author of a text. Numbers of
    less than seven digits stay too, and so does what is a piece of a longer number.
    """
    return _direct(text, contacts, kinds).sub(_marks, value)


def _direct(
    text: str, contacts: Iterable[Contact], kinds: Collection[ContactKind] | None = None
) -> re.Pattern[str]:
    """What finds the numbers and e-mails of a text in another line, whole ones only."""
    direct = [each for each in _chosen(contacts, kinds) if each.kind in _DIRECT]
    values = {text[each.start : each.end].strip() for each in direct}
    long = sorted((each for each in values if each and not _is_short(each)), key=len, reverse=True)
    return re.compile("|".join(map(_whole, long)) or r"(?!)")


def _whole(value: str) -> str:
    """A pattern of a value that no digit touches where it begins or ends with one."""
    first = r"(?<!\d)" if value[:1].isdigit() else ""
    return first + re.escape(value) + (r"(?!\d)" if value[-1:].isdigit() else "")


def _is_short(value: str) -> bool:
    return _SHORT.fullmatch(value) is not None


def _marks(match: re.Match[str]) -> str:
    return MARK * len(match.group())


def _word_before(match: re.Match[str]) -> str:
    """The last characters before a match, marks of Markdown and punctuation left out."""
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    return _MARKS.sub("", before)[-_WORD:]


def _chosen(
    contacts: Iterable[Contact], kinds: Collection[ContactKind] | None
) -> Iterator[Contact]:
    return (each for each in contacts if kinds is None or each.kind in kinds)


def _loosely(value: str) -> re.Pattern[str]:
    letters = [re.escape(letter) for letter in value if not letter.isspace()]
    if not letters:
        return re.compile(r"(?!)")
    pattern = _BETWEEN.join(letters)
    # No piece of a longer number; an address may have been cut within one.
    return re.compile(pattern if _LETTER.search(value) else rf"(?<!\d){pattern}(?!\d)")


def _replaced(text: str, matches: Iterable[re.Match[str]]) -> str:
    for match in matches:
        text = text[: match.start()] + MARK * len(match.group()) + text[match.end() :]
    return text


def mask_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A printed row of a document with its ``contacts`` masked, in values and evidence too.

    The spans stay, and hold as before: a masked text is as long as it was. Numbers of documents,
    index numbers, dates, ids and addresses of pages are never touched, and None stays None.
    """
    text, contacts = row["text"], contacts_from(row["contacts"])
    direct = _direct(text, contacts)

    def hide(value: Any) -> Any:
        return direct.sub(_marks, value) if isinstance(value, str) else value

    masked = dict(row)
    masked |= {name: hide(row[name]) for name in FIELDS if name in row and name not in _NEVER}
    masked |= {
        key: [_masked_part(part, names, hide) for part in row[key]]
        for key, names in _PARTS.items()
        if row.get(key)
    }
    masked["text"] = mask(text, contacts)
    if row.get("markdown"):
        masked["markdown"] = mask_markdown(row["markdown"], text, contacts)
    masked["assertions"] = [_masked_assertion(each, hide) for each in row["assertions"]]
    if row.get("conflicts"):
        masked["conflicts"] = [_masked_conflict(each, hide) for each in row["conflicts"]]
    if row.get("rights"):
        masked["rights"] = row["rights"] | {"evidence": _masked_line(row["rights"], hide)}
    return masked


def _masked_part(
    part: Mapping[str, Any], names: Iterable[str], hide: Callable[[Any], Any]
) -> dict[str, Any]:
    """A part of a row with the named values hidden; the values of a field never hidden stay."""
    own = part.get("field") in _NEVER
    kept = ("value", "replaced", "reads") if own else ()
    return dict(part) | {
        each: hide(part[each]) for each in names if each in part and each not in kept
    }


def _masked_assertion(assertion: Mapping[str, Any], hide: Callable[[Any], Any]) -> dict[str, Any]:
    shown = dict(assertion)
    if "locator" in shown:
        shown["locator"] = hide(shown["locator"])
    if assertion["field"] not in _NEVER:
        shown |= {"value": hide(shown["value"]), "raw": _sure(hide(shown["raw"]))}
    return shown


def _masked_conflict(conflict: Mapping[str, Any], hide: Callable[[Any], Any]) -> dict[str, Any]:
    """A conflict with its values hidden, unless one may be a number or a day of the document."""
    shown = dict(conflict) | {"reason": hide(conflict.get("reason"))}
    if not any(name in _NEVER for name in conflict["fields"]):
        shown["values"] = [hide(value) for value in conflict["values"]]
    return shown


def _masked_line(rights: Mapping[str, Any], hide: Callable[[Any], Any]) -> Any:
    return _sure(hide(rights.get("evidence")))


def _sure(line: Any) -> Any:
    """A line without what is contact data by its form alone."""
    return _SURE.sub(_marks, line) if isinstance(line, str) else line
