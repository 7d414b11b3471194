"""Printed labels and their values: ``发布者:发展规划处发布时间:2024-03-05浏览次数:191``.

Known labels cut a line into pairs, with or without separators between them. Text is matched on a
folded copy of the same length, values are cut from the original.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from pipelines.extraction.folding import plain, squeeze
from pipelines.extraction.remembered import remembered
from pipelines.extraction.vocabulary import fields_of_label, vocabulary

_TRIM = " |/、;；,，。\t\u00a0\u3000\u2003\u2002\u200b\ufeff"
_OPENERS = "【[（(〔"
_CLOSERS = {"】": "【", "]": "[", "）": "（", ")": "(", "〕": "〔"}
_WORD_BEFORE = re.compile(r"(?<![\d ][日时分秒次人])(?<=[\u3400-\u9fffA-Za-z])\Z")
_MAYBE_LABELLED = re.compile(r"[:：﹕︓\]】〕］﹞︺︼﹈]")
_LONGEST_LABEL = 14
_PLACEHOLDER = re.compile(r"(?:无|暂无|空|未知|不详|null|none|[-—–_/\\.*·]+)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pair:
    """A label as labels are compared, the fields it may stand for, and its exact value."""

    label: str
    fields: tuple[str, ...]
    value: str


@lru_cache(maxsize=4096)
def split_pairs(text: str) -> tuple[Pair, ...]:
    """The known labels of a line with their values, in order; empty values are kept."""
    if not _MAYBE_LABELLED.search(text):
        return ()
    flat = plain(text)
    found = [match for match in _labels().finditer(flat) if _stands_alone(flat, match)]
    found = _run_on(flat, [_behind_blank(flat, match) for match in found])
    pairs = []
    for at, match in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        label = squeeze(match["label"])
        pairs.append(Pair(label, fields_of_label(label), trim(text[match.end() : end])))
    return tuple(pairs)


@remembered
def leading_text(text: str) -> str:
    """What a line prints before its first label."""
    flat = plain(text)
    for match in _labels().finditer(flat):
        if _stands_alone(flat, match):
            return trim(text[: match.start()])
    return trim(text)


@remembered
def is_label(text: str) -> bool:
    """Whether a whole cell or line is a known label and nothing else."""
    return 0 < len(text) <= 2 * _LONGEST_LABEL and bool(fields_of_label(text))


def trim(value: str) -> str:
    """A value without separators around it and without half of a bracket pair."""
    value = value.strip(_TRIM)
    while value and value[-1] in _OPENERS:
        value = value[:-1].rstrip(_TRIM)
    while value and value[-1] in _CLOSERS and _CLOSERS[value[-1]] not in value:
        value = value[:-1].rstrip(_TRIM)
    return value


def is_placeholder(value: str) -> bool:
    """Whether a value says that there is none."""
    short = squeeze(value)
    return not short or bool(_PLACEHOLDER.match(short))


@cache
def _labels() -> re.Pattern[str]:
    fields: Mapping[str, Sequence[str]] = vocabulary()["labels"]["fields"]
    variants = {squeeze(plain(variant)) for listed in fields.values() for variant in listed}
    ordered = sorted(variants, key=len, reverse=True)
    spaced = "|".join(" *".join(re.escape(mark) for mark in variant) for variant in ordered)
    return re.compile(
        rf"(?P<open>[\[【〔(] *)?(?P<label>{spaced}) *(?:(?P<close>[\]】〕]) *:?|:) *"
    )


def _stands_alone(flat: str, match: re.Match[str]) -> bool:
    """A label in brackets must open and close; one without must have its colon."""
    return bool(match["open"]) or not match["close"]


def _behind_blank(flat: str, match: re.Match[str]) -> re.Match[str]:
    """The shorter label behind a blank, where the longer one would take a value's end with it.

    来源：东河发布 时间：… names a medium that is called 发布, and then a 时间.
    """
    blank = match["label"].rfind(" ")
    if blank < 0 or match["open"] or not _WORD_BEFORE.search(flat[: match.start()]):
        return match
    shorter = _labels().match(flat, match.start("label") + blank + 1)
    return shorter if shorter is not None and len(squeeze(shorter["label"])) > 1 else match


def _run_on(flat: str, found: list[re.Match[str]]) -> list[re.Match[str]]:
    """Drop labels that end a longer, unknown one: 竞价日期 is no 日期.

    After another pair a label may follow its value without a separator (发展规划处发布时间),
    which only a label of four characters or more makes clear.
    """
    kept: list[re.Match[str]] = []
    for match in found:
        glued = not match["open"] and _WORD_BEFORE.search(flat[: match.start()])
        if not glued or (kept and len(squeeze(match["label"])) >= 4):
            kept.append(match)
    return kept
