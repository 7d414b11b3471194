"""The signature block (落款) of the issuing notice: who signed, and the date below it.

It is not always at the end, because an annexed text may follow, and not every organ with a date
signs: the imprint line (XX办公室 2023年7月26日印发) and the rows of a table do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import chain, islice

from archive.records import Precision
from pipelines.extraction.dates import ParsedDate, find_dates, parse_date
from pipelines.extraction.folding import fold
from pipelines.extraction.organs import organs, signing_person, without_seal

_MAYBE_DATED = re.compile(r"年|\d{4}\s?[-./—–]")
_GAP = re.compile(r"\s{2,}")
_TELLING = re.compile(r"[。;；!！?？]|[:：]\s*$|\S{60}")
_SENTENCE_END = re.compile(r"[。;；:：!！?？)”]\s*")
_IMPRINT = re.compile(r"\s*印")
_NOTE = re.compile(
    r"\(.*\)|公开方式.*|抄\s?送.*|附\s{0,4}件.*|附\s?:.*|联\s{0,4}系.*|主动公开|主题词.*|[-—–·\s]*"
)
_AFTER_INLINE = re.compile(r"\s*$|\s*\(|\s+(?:联\s*系|抄\s*送|附|电\s*话|公开|主题词)")
_LONGEST_LINE = 240
_INLINE_WINDOW = 200
_LONGEST_SEARCHED = 20_000
_MOST_PARTS = 200
_LINES_OF_SIGNERS = 60
_LAST_LINES = 5
_MANY = 3
_MOST_BLOCKS = 500


class _Kind(Enum):
    SIGNER = "signer"
    DATE = "date"
    NOTE = "note"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class _Cell:
    """A line, or a part of one between wide gaps, and what it can be in a signature."""

    kind: _Kind
    line: int
    text: str
    names: tuple[str, ...] = ()
    person: str | None = None
    date: ParsedDate | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Lines ``start`` up to but not including ``end``, with the organs or persons that signed.

    ``issuers`` are organs; a person who signs an order is in ``persons``, with the post. Both are
    empty when a date alone closes the text. ``date`` has offsets into its own raw text.
    """

    issuers: tuple[str, ...]
    date: ParsedDate | None
    start: int
    end: int
    persons: tuple[str, ...] = ()


def find_signature(lines: Sequence[str]) -> Signature | None:
    """The first signature block in the lines of a body, or None.

    Something must be signed: a block before any sentence is a heading and does not count.
    """
    opening = next((n for n, line in enumerate(lines) if _TELLING.search(line)), len(lines))
    blocks = [*islice(_blocks(lines, opening), _MOST_BLOCKS)]
    if len(blocks) >= _MANY:  # rows of organs and dates are a table, unless text leads up to one
        blocks = [(signature, above) for signature, above in blocks if _leads_up(above)]
    return blocks[0][0] if blocks else _at_the_end(lines, opening)


def _blocks(lines: Sequence[str], opening: int) -> Iterator[tuple[Signature, _Cell]]:
    """Signers with a date below or beside them, each with the cell above."""
    for index in range(opening, len(lines)):
        if not _MAYBE_DATED.search(lines[index]):
            continue
        cells = [*_cells(lines[index], index)]
        for place, cell in enumerate(cells):
            if cell.kind is not _Kind.DATE or _is_imprint(cells[place + 1 :]):
                continue
            signers, above = _signers_above(lines, index, cells[:place])
            if signers and above is not None and above.line >= opening:
                yield _signature(signers, cell), above


def _signers_above(
    lines: Sequence[str], index: int, before: Sequence[_Cell]
) -> tuple[list[_Cell], _Cell | None]:
    """The signers that stand right above a date, in reading order, and the cell above them."""
    signers: list[_Cell] = []
    for cell in chain(reversed(before), _cells_above(lines, index)):
        if cell.kind is _Kind.SIGNER:
            signers.insert(0, cell)
        elif without_seal(cell.text):
            return signers, cell
    return signers, None


def _cells_above(lines: Sequence[str], index: int) -> Iterator[_Cell]:
    for above in range(index - 1, max(-1, index - _LINES_OF_SIGNERS), -1):
        yield from reversed([*_cells(lines[above], above)])


def _signature(signers: Sequence[_Cell], date: _Cell) -> Signature:
    names = tuple(dict.fromkeys(name for cell in signers for name in cell.names))
    ends = [cell.line for cell in (*signers, date)]
    persons = tuple(cell.person for cell in signers if cell.person)
    return Signature(names, date.date, min(ends), max(ends) + 1, persons)


def _at_the_end(lines: Sequence[str], opening: int) -> Signature | None:
    """A date that closes the text, with its signers below it or with none."""
    last = [n for n in range(opening, len(lines)) if lines[n].strip()][-_LAST_LINES:]
    cells = [cell for index in last for cell in _cells(lines[index], index)]
    while cells and cells[-1].kind is _Kind.NOTE:
        cells.pop()
    signers: list[_Cell] = []
    while cells and cells[-1].kind is _Kind.SIGNER:
        signers.insert(0, cells.pop())
    if len(cells) < 2 or cells[-1].kind is not _Kind.DATE or not _leads_up(cells[-2]):
        return None
    date = cells[-1].date
    if date is None or date.precision is not Precision.DAY:
        return None
    return _signature(signers, cells[-1])


def _leads_up(cell: _Cell) -> bool:
    return cell.kind is _Kind.NOTE or _TELLING.search(cell.text) is not None


def _is_imprint(following: Sequence[_Cell]) -> bool:
    return bool(following) and _IMPRINT.match(following[0].text) is not None


def _cells(line: str, index: int) -> Iterator[_Cell]:
    if not line.strip():
        return
    whole = _cell(line, index)
    if whole.kind is not _Kind.TEXT:
        yield whole
        return
    parts = _GAP.split(fold(line[-_LONGEST_SEARCHED:]).strip())
    for part in parts[-_MOST_PARTS:]:
        yield from _inline(part, index)


def _inline(part: str, index: int) -> Iterator[_Cell]:
    """A part of a line, cut where signers and a date end it: ``…改进工作。某局 2016年4月21日``."""
    for date in find_dates(part) if _MAYBE_DATED.search(part) else ():
        if date.has_time or not _AFTER_INLINE.match(part, date.end):
            continue
        begin = max(0, date.start - _INLINE_WINDOW)
        sentence_ends = [*_SENTENCE_END.finditer(part, begin, date.start)]
        cut = sentence_ends[-1].end() if sentence_ends else begin
        signer, dated = _cell(part[cut : date.start], index), _cell(date.raw, index)
        alone = date.start == 0  # a note may follow: 2023年4月12日（此件公开发布）
        if (signer.kind is _Kind.SIGNER or alone) and dated.kind is _Kind.DATE:
            pieces = (_other(part[:cut], index), signer, dated, _other(part[date.end :], index))
            yield from (piece for piece in pieces if piece.text.strip())
            return
    yield _cell(part, index)


def _other(text: str, index: int) -> _Cell:
    kind = _Kind.NOTE if _NOTE.fullmatch(fold(text).strip()) else _Kind.TEXT
    return _Cell(kind, index, text)


def _cell(text: str, index: int) -> _Cell:
    """What a text is when it is nothing else besides."""
    if len(text) > _LONGEST_LINE:
        return _Cell(_Kind.TEXT, index, text)
    date = _whole_date(text)
    if date:
        return _Cell(_Kind.DATE, index, text, date=date)
    names = organs(text)
    person = None if names else signing_person(text)
    if names or person:
        return _Cell(_Kind.SIGNER, index, text, names, person)
    return _other(text, index)


def _whole_date(text: str) -> ParsedDate | None:
    """The date that is all a line says, blanks and a seal apart; to the month at least."""
    bare = without_seal(text)
    date = parse_date(bare)
    if date is None or not date.value or date.has_time or date.precision is Precision.YEAR:
        return None
    if (date.start, date.end) != (0, len(bare)):
        return None
    return replace(date, raw=text.strip(), start=0, end=len(text.strip()))
