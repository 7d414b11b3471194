"""Text cut into the units that people compare: words, whole numbers, whole dates, characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

DATE = r"\d{4}\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}(?:\s?日)?|\d{4}\s?年\s?\d{1,2}\s?月"
NUMBER = r"(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．]\d+)?(?:[十百千万亿]+|[%％‰])?"

_ATTACHED = r"[\u0300-\u036f\u20e3\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]|\u200d."

_TOKEN = re.compile(
    rf"(?P<han>[\u3400-\u4dbf\u4e00-\u9fff]+)|{DATE}|{NUMBER}"
    rf"|(?:[^\W\d_\u2e80-\uffff][\u0300-\u036f]*)+|\r\n|.(?:{_ATTACHED})*",
    re.S,
)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SENTENCE = re.compile(r"[^。！？；!?;\n]*[。！？；!?;\n]+|[^。！？；!?;\n]+")


def lines(text: str) -> list[str]:
    """Lines with their ends; joined they give the text again."""
    return _LINE.findall(text)


def sentences(text: str) -> list[str]:
    """Sentences with their closing marks; joined they give the text again."""
    return _SENTENCE.findall(text)


def words(text: str) -> list[str]:
    """Chinese words, numbers, dates, other words and single characters; joined they give the text.

    Words follow rjieba's dictionary without its guessing of new words, so that an edit does not
    change how its surroundings are cut.
    """
    return list(_words(text))


def _words(text: str) -> Iterator[str]:
    import rjieba  # loads its dictionary when imported

    for match in _TOKEN.finditer(text):
        if match["han"]:
            yield from rjieba.cut(match["han"], hmm=False)
        else:
            yield match[0]
