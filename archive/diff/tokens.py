"""Text cut into the units that people compare: words, whole numbers, whole dates, characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from zlib import crc32

DATE = r"\d{4}\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}(?:\s?日)?|\d{4}\s?年\s?\d{1,2}\s?月"
NUMBER = r"(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．]\d+)?(?:[十百千万亿]+|[%％‰])?"

_ATTACHED = r"[\u0300-\u036f\u20e3\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]|\u200d."

_TOKEN = re.compile(
    rf"(?P<han>[\u3400-\u4dbf\u4e00-\u9fff]+)|{DATE}|{NUMBER}"
    rf"|(?:[^\W\d_\u2e80-\uffff][\u0300-\u036f]*)+|\r\n|.(?:{_ATTACHED})*",
    re.S,
)
_LONG = 2_000
_WINDOW = 4
_STRETCH = 64

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SENTENCE = re.compile(r"[^。！？；!?;\n]*[。！？；!?;\n]+|[^。！？；!?;\n]+")


def lines(text: str) -> list[str]:
    """Lines with their ends; joined they give the text again."""
    return _LINE.findall(text)


def sentences(text: str) -> list[str]:
    """Sentences with their closing marks; joined they give the text again."""
    return _SENTENCE.findall(text)


def stretches(text: str) -> list[str]:
    """Runs of some sixty characters, cut where the characters themselves say so.

    For long text without line ends or punctuation: an edit moves only the cuts next to it.
    """
    if len(text) <= _LONG:
        return [text]
    cuts = [at for at in range(_WINDOW, len(text)) if _is_cut(text, at)]
    return [text[start:end] for start, end in pairwise((0, *cuts, len(text)))]


def _is_cut(text: str, at: int) -> bool:
    # Between two ideographs only, so that no number is torn.
    if not ("\u4e00" <= text[at - 1] <= "\u9fff" and "\u4e00" <= text[at] <= "\u9fff"):
        return False
    window = text[at - _WINDOW : at].encode("utf-8", "surrogatepass")
    return crc32(window) % _STRETCH == 0


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
