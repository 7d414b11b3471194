"""Telling the name of an organ, or of a person signing with a post, from any other short line."""

from __future__ import annotations

import re
from functools import cache

from pipelines.extraction.folding import fold, squeeze
from pipelines.extraction.remembered import remembered
from pipelines.extraction.vocabulary import words

_LONGEST_ORGAN = 36
_LONGEST_LINE = 200
_SEAL = re.compile(
    r"\((?:加盖印章|加盖公章|印章|盖章|公章|签章|代章|章|印|盖印|签字|签名)\)|&[a-z]{1,6};"
)
_CHARACTERS = re.compile(r"[\u3400-\u9fffA-Za-z0-9·()“”\"-]{3,}")
_NUMBERED = re.compile(
    r"\d|\(?[一二三四五六七八九十]{1,3}[)、.]|第[一二三四五六七八九十百\d]+[条章节]"
)
_ALIAS = re.compile(r"(?P<name>[^()]{2,})\((?P<other>[^()]{2,})\)")
_CENTRAL = re.compile(r".{2,20}?(?:委员会|总局|[局部委厅署会行院])(?!办公|[室司])")


def without_seal(text: str) -> str:
    """The folded text without blanks and without notes of a seal, such as （盖章）."""
    return _SEAL.sub("", squeeze(text))


@remembered
def organs(text: str) -> tuple[str, ...]:
    """The organs that a line names and nothing else; empty when it says anything more.

    Joint organs may stand apart by blanks or 、, or be run together: 广州市民政局广州市财政局.
    """
    together = without_seal(text)
    if not 3 <= len(together) <= _LONGEST_LINE or _NUMBERED.match(together):
        return ()
    if not _unaliased(together).endswith(words("organs", "endings")):
        return ()
    parts = _SEAL.sub(" ", fold(text)).replace("、", " ").split()
    # Letters may be spaced out to fill a line, 重 庆 市 科 技 局: then only the whole is a name.
    for reading in (parts, [together.replace("、", "")]):
        names = tuple(name for part in reading for name in _apart(part))
        if names and all(map(is_organ, names)):
            return names
    return ()


def _unaliased(name: str) -> str:
    """A name without a second one in brackets behind it: 保卫处(党委保卫部)."""
    alias = _ALIAS.fullmatch(name)
    endings = words("organs", "endings")
    return alias["name"] if alias and alias["other"].endswith(endings) else name


def is_organ(name: str) -> bool:
    """Whether a name without blanks can be that of one organ, by its letters and its ending."""
    name = _unaliased(name)
    return (
        len(name) <= _LONGEST_ORGAN
        and _CHARACTERS.fullmatch(name) is not None
        and _NUMBERED.match(name) is None
        and name.endswith(words("organs", "endings"))
        and not any(word in name for word in words("organs", "never_in_name"))
    )


@remembered
def signing_person(text: str) -> str | None:
    """The line, blanks made single, when it is a post and a name: ``市长:某某``, ``总理 某某``."""
    bare = without_seal(text)
    return " ".join(fold(text).split()) if _person().fullmatch(bare) else None


def _apart(name: str) -> list[str]:
    """Names that were run together, parted where the place they share begins again."""
    starts = (name[:2], "国家", "中共", "中国")
    for place in range(4, len(name) - 2):
        whole = name.count("(", 0, place) == name.count(")", 0, place)
        if whole and name.startswith(starts, place) and is_organ(name[:place]):
            return [name[:place], *_apart(name[place:])]
    if len(name) > _LONGEST_ORGAN:
        parted: list[str] = _CENTRAL.findall(name)
        return parted if "".join(parted) == name else [name]
    return [name]


@cache
def _person() -> re.Pattern[str]:
    posts = "|".join(words("organs", "posts"))
    return re.compile(rf"[\u3400-\u9fff]{{0,20}}?(?:{posts})[:]?[\u3400-\u9fff·]{{2,12}}")
