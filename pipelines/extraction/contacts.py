"""Contact data in a text, as spans: who is to be asked, telephones, e-mail, postal addresses.

Only what a label, a column or its own form makes sure is marked: a number too many would hide a
figure of the document. People in their public role, such as a deputy who is answered or whoever
signs, are never contacts; numbers of documents, indexes and organisations are never telephones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archive.records import Contact, ContactKind
from pipelines.extraction.contact_columns import in_columns
from pipelines.extraction.contact_labels import (
    ends_at,
    person_label,
    person_without_colon,
    phone_label,
    spaced,
)
from pipelines.extraction.contact_people import is_titled, person_at, unit_at
from pipelines.extraction.folding import fold
from pipelines.extraction.identity import find_accounts, find_identities
from pipelines.extraction.numbers import find_doc_nos
from pipelines.extraction.phones import CLEAR, EMAIL, HIDDEN_EMAIL, LABELLED, SHORT
from pipelines.extraction.postal import address_in, find_addresses, find_postcodes
from pipelines.extraction.vocabulary import words

Span = tuple[int, int]

_LONGEST_ZONE = 160
_BETWEEN = re.compile(r"[\s,、;:/()及和或与]{0,12}")
_NEXT_LABEL = re.compile(r"\s{0,4}[:]")
_CONTACT_WORD = re.compile(r"电\s?话|手\s?机|联\s?系|咨询|传真|热线|微信|先生|女士|老师")
_NAMED_BEFORE = re.compile(
    r"(?:(?<![\u3400-\u9fff])|联系|[与找和向由请])(?P<who>(?:(?!联系)[\u3400-\u9fff·]){2,6})"
    r"(?:联系)?\s?[(:,]?\s?\Z"
)
_NEW_LINE = re.compile(r" *\n *")
_MOBILE = re.compile(r"(?:\(?\+?86\)?[-\s]?)?1[3-9]\d")
_WIDTH = 16
_AROUND = 160
_SHORTEST = 5


def find_contacts(text: str) -> tuple[Contact, ...]:
    """The spans of contact data in a text, in order, none overlapping another."""
    folded = fold(text)
    found = [
        *((ContactKind.EMAIL, span) for span in _emails(folded)),
        *((ContactKind.IDENTITY, span) for span in find_identities(folded)),
        *((ContactKind.ACCOUNT, span) for span in find_accounts(folded)),
        *_labelled(folded),
        *in_columns(folded),
        *_unlabelled(folded),
        *((ContactKind.ADDRESS, span) for span in find_postcodes(folded)),
    ]
    kept = _apart(_without_numbers(folded, found))
    for start, end in find_addresses(folded):
        inside = [each.start for each in kept if start < each.end and each.start < end]
        span = address_in(folded, start, min(inside)) if inside else (start, end)
        if span:
            kept.append(Contact(ContactKind.ADDRESS, *span))
    return tuple(sorted(kept, key=lambda each: each.start))


def _labelled(folded: str) -> Iterator[tuple[ContactKind, Span]]:
    for match in person_label().finditer(folded):
        people, phones = _zone(folded, match.end())
        yield from ((ContactKind.PERSON, span) for span in people)
        yield from ((ContactKind.PHONE, span) for span in phones)
    for match in person_without_colon().finditer(folded):
        named = person_at(folded, match.end())
        if named and named[1] == match.end("run"):
            yield ContactKind.PERSON, named
    own = re.compile(rf"(?:{spaced(words('contacts', 'own_phone_labels'))})")
    for match in phone_label().finditer(folded):
        people, phones = _zone(folded, match.end())
        yield from ((ContactKind.PHONE, span) for span in phones)
        # A switchboard's list names places as it would people: 石柱 023-…
        sure = own.match(match["label"]) is not None
        for start, end in people if phones else ():
            if sure or is_titled(folded[start:end]):
                yield ContactKind.PERSON, (start, end)


def _zone(folded: str, start: int) -> tuple[list[Span], list[Span]]:
    """The names and the numbers that follow a label one after another, units between them."""
    people: list[Span] = []
    phones: list[Span] = []
    below = _NEW_LINE.match(folded, start)
    at = below.end() if below else start
    end, skipped, long = ends_at(folded, at, _LONGEST_ZONE), False, False
    while at < end:
        between = _BETWEEN.match(folded, at, end)
        at = between.end() if between else at
        number = LABELLED.match(folded, at, end)
        if number is None and not people and not long:
            number = SHORT.match(folded, at, end)
        if number:
            phones.append(number.span())
            long = long or len(number.group()) > _SHORTEST
            at, skipped = number.end(), False
            continue
        named = person_at(folded, at)
        if named and named[1] <= end and not _is_label(folded, named[1]):
            people.append(named)
            at, skipped = named[1], False
            continue
        unit = unit_at(folded, at)
        if unit is None or unit > end or skipped:
            break
        at, skipped = unit, True
    return people, phones


def _is_label(folded: str, end: int) -> bool:
    """Whether what ends here is a label of something else than a number: ``时间:``."""
    colon = _NEXT_LABEL.match(folded, end)
    if colon is None:
        return False
    behind = _BETWEEN.match(folded, colon.end())
    return LABELLED.match(folded, behind.end() if behind else colon.end()) is None


def _emails(folded: str) -> Iterator[Span]:
    yield from (match.span() for match in EMAIL.finditer(folded))
    if "@" not in folded and "at" not in folded.lower() and "#" not in folded:
        return
    labels = re.compile(rf"(?:{spaced(words('contacts', 'mail_labels'))})[^\n。]{{0,12}}\Z", re.I)
    for match in HIDDEN_EMAIL.finditer(folded):
        if labels.search(folded, max(0, match.start() - 24), match.start()):
            yield match.span()


def _unlabelled(folded: str) -> Iterator[tuple[ContactKind, Span]]:
    """Numbers whose form says enough, and a person whom the words around one name as contact."""
    for match in CLEAR.finditer(folded):
        start, end = match.span()
        before = folded[max(0, start - _AROUND) : start].rpartition("\n")[2]
        around = before + folded[end : end + _AROUND].partition("\n")[0]
        if any(word in before[-_WIDTH:] for word in words("contacts", "number_labels")):
            continue
        mobile = _MOBILE.match(match.group()) is not None
        who = _named_before(before[-_WIDTH:], mobile)
        if mobile and who is None and not _CONTACT_WORD.search(around):
            continue
        yield ContactKind.PHONE, (start, end)
        if who is not None:
            offset = start - len(before[-_WIDTH:])
            yield ContactKind.PERSON, (offset + who[0], offset + who[1])


def _named_before(before: str, mobile: bool) -> Span | None:
    """Who is named right before a number: with a title, or by name alone before a mobile's."""
    for at in range(len(before) - 1):
        named = _NAMED_BEFORE.match(before, at)
        if named:
            who = named["who"]
            if is_titled(who) or (mobile and person_at(who, 0) == (0, len(who))):
                return named.span("who")
    return None


def _without_numbers(
    folded: str, found: Iterable[tuple[ContactKind, Span]]
) -> Iterator[tuple[ContactKind, Span]]:
    """Leave out what is a part of a document's number."""
    for kind, (start, end) in found:
        first = max(0, start - 40)
        window = folded[first : end + 20] if kind is ContactKind.PHONE else ""
        numbers = find_doc_nos(window) if "号" in window else ()
        if not any(n.start + first < end and start < n.end + first for n in numbers):
            yield kind, (start, end)


def _apart(found: Iterable[tuple[ContactKind, Span]]) -> list[Contact]:
    """The findings that overlap none before them."""
    kept: list[Contact] = []
    taken: set[int] = set()
    for kind, (start, end) in found:
        places = range(start, end)
        if end > start and taken.isdisjoint(places):
            taken.update(places)
            kept.append(Contact(kind, start, end))
    return kept
