"""Official metadata tables: 索引号, 发文字号, 发布机构 … found, read, and taken out of the text.

A table counts as official by its labels, whatever its markup. Pages print it twice (for wide and
for narrow screens), in rows of one pair or of two; walking the cells in order reads both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from pipelines.extraction.folding import plain, squeeze
from pipelines.extraction.pairs import Pair, is_label, split_pairs, trim
from pipelines.extraction.text import SEAM, Line, text_of, tidy
from pipelines.extraction.vocabulary import fields_of_label

_STRONG_NAMES = (
    "index_no doc_no issuer joint_issuers date_written date_effective date_expiry theme "
    "genre category validity validity_period audience responsible_dept disclosure_mode "
    "disclosure_limit disclosure_scope disclosure_procedure normative_unified_no "
    "effect_level"
)
STRONG = frozenset(_STRONG_NAMES.split())
_PLAIN_NAMES = (
    "编号 字号 状态 时间 日期 名称 文 标题 分类 主题 栏目 附件 主办单位 承办单位 截止日期"
)
_PLAIN = frozenset(_PLAIN_NAMES.split())
_LONGEST_LABEL = 10
_LONGEST_OTHER = 60
_SENTENCES = 2
_LONGEST_CELL = 300
_LONGEST_LINE = 200
_MOST_ROWS = 60
_FEWEST_ACROSS = 3


@dataclass(frozen=True, slots=True)
class Record:
    """An official table: its pairs in printed order, and the elements that print nothing else."""

    pairs: tuple[Pair, ...]
    elements: tuple[HtmlElement, ...]


def is_official(pairs: Iterable[Pair]) -> bool:
    """Whether labels are those of a metadata record and not of a form or of a date line."""
    sure = [pair for pair in pairs if pair.label not in _PLAIN and len(pair.fields) == 1]
    fields = {pair.fields[0] for pair in sure}
    strong = fields & STRONG
    # The head of a table that lists other documents has the labels and none of the values.
    if not any(pair.value for pair in sure if pair.fields[0] in STRONG):
        return False
    return len(strong) >= 2 or (len(strong) == 1 and len(fields) >= 3)


def find_tables(tree: HtmlElement) -> list[Record]:
    """The official tables of a page, in page order."""
    innermost = [table for table in tree.iter("table") if _is_small(table)]
    found = [record for record in map(_read_table, innermost) if record is not None]
    if not found:
        return found
    # A record goes on in tables that would be too small to be told on their own.
    taken = {element for record in found for element in record.elements}
    parts = (_read_part(table) for table in innermost if table not in taken)
    return [*found, *(part for part in parts if part is not None)]


def _is_small(table: HtmlElement) -> bool:
    """Whether a table holds no other and no more rows than a metadata record ever has."""
    rows = islice(table.iter("tr"), _MOST_ROWS + 1)
    return table.find(".//table") is None and sum(1 for _ in rows) <= _MOST_ROWS


def find_runs(printed: Sequence[Line]) -> list[tuple[int, int, tuple[Pair, ...]]]:
    """Official records printed as lines (lists, definition lists, rows of spans).

    Each is (first line, line after the last, pairs). A line is a pair, several pairs, or a label
    whose value is the next line.
    """
    runs: list[tuple[int, int, tuple[Pair, ...]]] = []
    at = 0
    while at < len(printed):
        end, pairs = _run(printed, at)
        if is_official(pairs):
            runs.append((at, end, tuple(pairs)))
        at = max(end, at + 1)
    return runs


def _run(printed: Sequence[Line], start: int) -> tuple[int, list[Pair]]:
    pairs: list[Pair] = []
    at = start
    while at < len(printed):
        taken, found = pairs_at(printed, at)
        if not taken:
            break
        pairs += found
        at += taken
    return at, pairs


def pairs_at(printed: Sequence[Line], at: int) -> tuple[int, tuple[Pair, ...]]:
    """How many lines the pairs at a place take up (0: there are none), and the pairs."""
    text = printed[at].text
    if len(text) > _LONGEST_LINE:
        return 0, ()
    if is_label(text):
        label = squeeze(text).strip("[]【】〔〕:")
        value = printed[at + 1].text if _are_neighbours(printed, at) else ""
        if value and len(value) <= _LONGEST_LINE and not is_label(value) and not split_pairs(value):
            return 2, (Pair(label, fields_of_label(label), trim(value)),)
        return 1, (Pair(label, fields_of_label(label), ""),)
    cells = [cell for cell in text.split(" | ") if cell]
    if printed[at].row and is_label(cells[0]):
        return 1, tuple(pair_cells(cells))
    parts = [part for part in map(tidy, printed[at].parted.split(SEAM)) if part]
    if len(parts) > 1 and is_label(parts[0]):
        # 索引号 in one node and its number in the next: no colon is printed between them.
        return 1, tuple(pair_cells(parts))
    pairs = split_pairs(text)
    starts = bool(pairs) and squeeze(plain(text)).strip("[]【】〔〕").startswith(pairs[0].label)
    return (1, pairs) if starts else (0, ())


def _are_neighbours(printed: Sequence[Line], at: int) -> bool:
    """Whether a line and the next stand side by side, as a label and its value do."""
    if at + 1 >= len(printed):
        return False
    one, other = printed[at].element, printed[at + 1].element
    if one is other or one is other.getparent():
        return True
    return one.getparent() is other.getparent() and one.tag != "li"


def pair_cells(cells: Sequence[str]) -> list[Pair]:
    """Pair each label cell with the cell after it, unless that is a label too."""
    pairs: list[Pair] = []
    at = 0
    while at < len(cells):
        cell = cells[at]
        at += 1
        if is_label(cell):
            label = squeeze(cell).strip("[]【】〔〕:")
            value = ""
            if at < len(cells) and not is_label(cells[at]):
                value = trim(cells[at])
                at += 1
            pairs.append(Pair(label, fields_of_label(label), value))
        elif len(cell) <= _LONGEST_CELL:
            pairs += split_pairs(cell)
    return pairs


def _read_table(table: HtmlElement) -> Record | None:
    rows = [
        (row, [text_of(cell) for cell in row if cell.tag in ("td", "th")])
        for row in table.iter("tr")
    ]
    headed = _under_labels([cells for _, cells in rows if any(cells)])
    if headed and is_official(headed):
        return Record(headed, (table,))
    read = [
        (row, cells, [] if _holds_text(cells) and not is_label(cells[0]) else pair_cells(cells))
        for row, cells in rows
    ]
    pairs = [pair for _, _, found in read for pair in found]
    if not is_official(pairs):
        if not _is_notice(pairs, rows):
            return None
        # The text itself may stand in the last row of the form: 正文 | …
        short = tuple(row for row, cells in rows if not _holds_text(cells))
        return Record(tuple(pairs), (table,) if len(short) == len(rows) else short)
    official = [row for row, cells, found in read if found and _is_short(cells)]
    others = [cells for _, cells, found in read if not found and any(cells)]
    if others and len(others) <= len(official) and all(map(_is_labelled, others)):
        others = []
    if not others and len(official) == sum(1 for _, _, found in read if found):
        return Record(tuple(pairs), (table,))
    return Record(tuple(pairs), tuple(official))


def _under_labels(rows: Sequence[Sequence[str]]) -> tuple[Pair, ...]:
    """The pairs of a table that prints its values in a row below their labels, and no more rows.

    With a second row of values it lists documents instead.
    """
    pairs: list[Pair] = []
    for labels, values in zip(rows[::2], rows[1::2], strict=False):
        if len(labels) < _FEWEST_ACROSS or len(labels) != len(values):
            return ()
        if not all(map(is_label, labels)) or any(map(is_label, values)):
            return ()
        labelled = [squeeze(label).strip("[]【】〔〕:") for label in labels]
        pairs += [
            Pair(label, fields_of_label(label), trim(value))
            for label, value in zip(labelled, values, strict=True)
        ]
    return () if len(rows) % 2 else tuple(pairs)


def _is_labelled(cells: Sequence[str]) -> bool:
    """Whether a record's row has the form of labels and values, though no known label."""
    labels = cells[::2]
    if len(cells) % 2 or any(len(cell) > _LONGEST_OTHER for cell in cells):
        return False
    return all(len(squeeze(label)) <= _LONGEST_LABEL for label in labels)


def _read_part(table: HtmlElement) -> Record | None:
    """A table of nothing but unmistakable labels with their values."""
    cells = [text_of(cell) for cell in table.iter("td", "th")]
    pairs = pair_cells(cells)
    printed = sum(1 for cell in cells if cell)
    used = sum(1 + bool(pair.value) for pair in pairs)
    sure = all(pair.label not in _PLAIN for pair in pairs)
    return Record(tuple(pairs), (table,)) if pairs and sure and used == printed else None


def _is_notice(pairs: Sequence[Pair], rows: Sequence[tuple[HtmlElement, list[str]]]) -> bool:
    """Whether a form of labels and values states when the page itself was published."""
    dated = any(pair.fields == ("date_published",) and pair.label not in _PLAIN for pair in pairs)
    filled = [cells for _, cells in rows if any(cells)]
    labelled = [
        cells for cells in filled if len(cells) in (1, 2, 4) and len(squeeze(cells[0])) <= 40
    ]
    least = 3 if any(map(_holds_text, filled)) else 4
    return dated and len(filled) >= least and len(labelled) == len(filled)


def _holds_text(cells: Sequence[str]) -> bool:
    return any(len(cell) > _LONGEST_CELL or cell.count("。") >= _SENTENCES for cell in cells)


def _is_short(cells: Sequence[str]) -> bool:
    return all(len(cell) <= _LONGEST_CELL for cell in cells)
