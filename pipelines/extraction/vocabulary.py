"""The packaged words: metadata labels, organ endings, lead-ins, signs of blocked pages.

Data with its origin lives in ``data/*.json``; it is read once, when first asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from pipelines.extraction.folding import plain

_WRAPPERS = "[]【】〔〕:："
_FILES = ("labels", "organs", "numbers", "guard", "people", "contacts", "rights")


@cache
def vocabulary() -> Mapping[str, Any]:
    """All packaged data by the name of its file: ``labels``, ``organs``, ``numbers`` and more."""
    folder = resources.files("pipelines.extraction") / "data"
    loaded = {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in _FILES}
    return MappingProxyType(loaded)


@cache
def words(file: str, name: str) -> tuple[str, ...]:
    """One list of words, longest first, so that a joined pattern finds the longest."""
    listed: Sequence[str] = vocabulary()[file][name]
    return tuple(sorted(listed, key=len, reverse=True))


def fields_of_label(label: str) -> tuple[str, ...]:
    """The fields a printed label may stand for; empty when unknown, several when ambiguous.

    White space, width, and the wrappers ``[]【】〔〕:：`` make no difference: ``[ 索 引 号 ]``.
    """
    return _fields_by_label().get(_label_key(label), ())


@cache
def _fields_by_label() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    labels: Mapping[str, Sequence[str]] = vocabulary()["labels"]["fields"]
    for field, variants in labels.items():
        for variant in variants:
            key = _label_key(variant)
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), field)))
    return found


def _label_key(label: str) -> str:
    return "".join(plain(label).split()).translate(_WITHOUT_WRAPPERS)


_WITHOUT_WRAPPERS = dict.fromkeys(map(ord, _WRAPPERS))
