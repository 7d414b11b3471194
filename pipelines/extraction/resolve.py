"""From all assertions to one value per field, and the disagreements between sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from archive.records import DATE_FIELDS, FIELDS, Assertion, Conflict, Precision, Source
from pipelines.extraction.folding import squeeze

_ORDER: Mapping[str, tuple[Source, ...]] = {
    "title": (
        Source.HEADING,
        Source.TABLE,
        Source.COMMENT,
        Source.META,
        Source.HEADER,
        Source.SCRIPT,
        Source.LIST,
    ),
    "doc_no": (
        Source.TABLE,
        Source.HEADER,
        Source.COMMENT,
        Source.MASTHEAD,
        Source.HEADING,
        Source.SCRIPT,
        Source.LIST,
    ),
    "date_signed": (Source.SIGNATURE,),
    "issuer": (Source.TABLE, Source.HEADER, Source.COMMENT, Source.SCRIPT, Source.LIST),
    "source": (Source.HEADER, Source.TABLE, Source.BODY, Source.COMMENT, Source.META, Source.LIST),
    "author": (Source.HEADER, Source.TABLE, Source.BODY, Source.COMMENT, Source.META, Source.LIST),
}
_DEFAULT = (
    Source.TABLE,
    Source.HEADER,
    Source.HEADING,
    Source.COMMENT,
    Source.META,
    Source.SCRIPT,
    Source.BODY,
    Source.LIST,
)
_LABELS: Mapping[str, tuple[str, ...]] = {
    "date_written": ("成文", "生成", "产生"),
    "issuer": ("发文机关", "发文机构", "发文单位", "制发机关", "制定机关", "发布机关", "发布机构"),
    "doc_no": ("发文字号", "文号", "发文文号", "文件编号"),
    "date_published": ("发布", "公开", "公布", "发表", "上网"),
}
_LAST = ("更新", "修改", "最后", "编号", "字号", "bracketed", "unit")
_STATED = frozenset((Source.TABLE, Source.HEADER, Source.COMMENT, Source.META))
_COMPARED = (
    "date_published",
    "date_written",
    "doc_no",
    "index_no",
    "date_effective",
    "date_expiry",
)


def choose(assertions: Sequence[Assertion]) -> dict[str, str | None]:
    """One value per field, None where nothing states it. A date counts with a whole day only."""
    return {field: _value(field, assertions) for field in FIELDS}


def _value(field: str, assertions: Sequence[Assertion]) -> str | None:
    order = _ORDER.get(field, _DEFAULT)
    able = [
        (_rank(field, each, order), at, each)
        for at, each in enumerate(assertions)
        if each.field == field and each.value and each.source in order and _is_whole(each)
    ]
    return min(able, key=lambda entry: entry[:2])[2].value if able else None


def _rank(field: str, assertion: Assertion, order: Sequence[Source]) -> tuple[int, int, int]:
    labels = _LABELS.get(field, ())
    place = next(
        (at for at, label in enumerate(labels) if assertion.locator.startswith(label)), len(labels)
    )
    last = assertion.locator.startswith(_LAST)
    return int(last), order.index(assertion.source), place


def _is_whole(assertion: Assertion) -> bool:
    if assertion.field not in DATE_FIELDS:
        return True
    return assertion.precision not in (None, Precision.YEAR, Precision.MONTH)


def find_conflicts(
    assertions: Sequence[Assertion], fields: Mapping[str, str | None]
) -> tuple[Conflict, ...]:
    """Sources that state different values, and a written date unlike the signed one."""
    found = []
    for field in _COMPARED:
        values = _stated(field, assertions)
        if len(values) > 1:
            found.append(Conflict((field,), values, "sources on the page disagree"))
    written, signed = fields.get("date_written"), fields.get("date_signed")
    if written and signed and written != signed:
        reason = "the labelled date differs from the signature block"
        found.append(Conflict(("date_written", "date_signed"), (written, signed), reason))
    return tuple(found)


def _stated(field: str, assertions: Iterable[Assertion]) -> tuple[str, ...]:
    values: dict[str, str] = {}
    for each in assertions:
        stated = each.field == field and each.source in _STATED and each.value and _is_whole(each)
        if stated and not each.locator.startswith(_LAST):
            values.setdefault(
                squeeze(each.value)[:10] if field in DATE_FIELDS else squeeze(each.value),
                each.value,
            )
    return tuple(values.values())


def unique(assertions: Iterable[Assertion]) -> list[Assertion]:
    """Each statement once: tables printed for wide and narrow screens repeat every pair."""
    kept: dict[tuple[str, str, Source], Assertion] = {}
    for each in assertions:
        kept.setdefault((each.field, each.value or each.raw, each.source), each)
    return list(kept.values())
