"""Values as people type them, made what the extraction would have made of them."""

from __future__ import annotations

import re
from datetime import date

from archive.problems import Problem
from archive.records import DATE_FIELDS
from pipelines.extraction.folding import squeeze
from pipelines.extraction.numbers import normalise_index_no, parse_doc_no
from pipelines.extraction.text import tidy

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONGEST = 300
_LONGEST_NUMBER = {"doc_no": 40, "index_no": 80}


def checked_value(field: str, value: str) -> str:
    """A field's value in its canonical form: dates by the day, numbers with 〔〕, one line of text.

    Raises Problem (exit code 2) for a value that the field cannot have.
    """
    line = tidy(value)
    if not line:
        raise _unfit(field, value, "it is empty", "Say that the page states none with --unset")
    if field in DATE_FIELDS:
        return _date(field, line)
    if field in _LONGEST_NUMBER:
        return _number(field, line)
    if len(line) > _LONGEST:
        raise _unfit(field, value, f"it has more than {_LONGEST} characters", "Shorten it")
    return line


def _date(field: str, value: str) -> str:
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value).isoformat()
        why = "a day is needed"
    except ValueError as error:
        why = str(error)
    raise _unfit(field, value, why, "Write it like 2023-07-26")


def _number(field: str, value: str) -> str:
    """A number that follows no known form is kept as it is, as the extraction does."""
    parsed = parse_doc_no(value) if field == "doc_no" else None
    plain = normalise_index_no(value) if field == "index_no" else squeeze(value)
    if parsed is not None:
        return parsed.canonical
    if not re.search(r"\d", plain) or len(plain) > _LONGEST_NUMBER[field]:
        raise _unfit(field, value, "it is no number", "Write it like 国发〔2023〕1号")
    return plain


def _unfit(field: str, value: str, why: str, next_step: str) -> Problem:
    shown = value if len(value) <= 60 else value[:60] + "…"
    return Problem(f"{shown!r} cannot be {field}", why, next_step, exit_code=2)
