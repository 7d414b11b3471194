"""The difference of two texts: exact, readable and fast."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.diff import Piece, PieceKind, abridged, changed_figures, diff, hunks, plain
from archive.diff import pieces as pieces_module
from archive.diff.tokens import lines, sentences, words

patient = settings(deadline=None)

TEXTS = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            [
                "市",
                "科技局",
                "。",
                "，",
                "\n",
                "\r\n",
                "2023年5月18日",
                "12.5%",
                " ",
                "abc",
                "不",
                "👨‍👩‍👧",
                "\ud800",
            ]
        )
    ).map("".join),
)


@patient
@given(TEXTS, TEXTS)
def test_pieces_lead_from_old_to_new(old: str, new: str) -> None:
    pieces = diff(old, new)
    assert "".join(p.text for p in pieces if p.kind is not PieceKind.INSERT) == old
    assert "".join(p.text for p in pieces if p.kind is not PieceKind.DELETE) == new


@patient
@given(TEXTS, TEXTS)
def test_pieces_alternate_and_are_never_empty(old: str, new: str) -> None:
    pieces = diff(old, new)
    assert all(piece.text for piece in pieces)
    kinds = [piece.kind for piece in pieces]
    assert all(a != b and (a, b) != ("insert", "delete") for a, b in pairwise(kinds))


@patient
@given(TEXTS)
def test_cutting_loses_nothing(text: str) -> None:
    assert "".join(words(text)) == "".join(sentences(text)) == "".join(lines(text)) == text


@patient
@given(TEXTS)
def test_equal_texts_have_no_change(text: str) -> None:
    assert diff(text, text) == ((Piece(PieceKind.EQUAL, text),) if text else ())


def marked(old: str, new: str) -> str:
    signs = {PieceKind.EQUAL: "{}", PieceKind.DELETE: "[{}]", PieceKind.INSERT: "<{}>"}
    return "".join(signs[piece.kind].format(piece.text) for piece in diff(old, new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "完成1,286部",
            "完成1,288部",
            "完成[1,286部]<1,288部>".replace("部]", "]").replace("部>", ">部"),
        ),
        ("2023年5月18日印发", "2023年6月18日印发", "[2023年5月18日]<2023年6月18日>印发"),
        ("不再给予补助", "给予补助", "[不再]给予补助"),
        ("投资3.2万元", "投资3.2亿元", "投资[3.2万]<3.2亿>元"),
        ("重庆市科学技术局", "重庆市经济和信息化委员会", None),
        ("甲。\n乙。\n丙。", "甲。\n丙。", "甲。\n[乙。\n]丙。"),
        ("", "甲", "<甲>"),
        ("家👨‍👩‍👧园", "家👨‍👩‍👦园", "家[👨‍👩‍👧]<👨‍👩‍👦>园"),
    ],
)
def test_changes_follow_words_and_figures(old: str, new: str, expected: str | None) -> None:
    if expected is None:
        assert marked(old, new).startswith("重庆市[科学技术局]<")
    else:
        assert marked(old, new) == expected


def _edited(base: str, edits: int, rng: random.Random) -> str:
    characters = list(base)
    for _ in range(edits):
        at = rng.randrange(len(characters))
        characters[at] = rng.choice(["", "改", "增补", "９", "。"])
    return "".join(characters)


@pytest.mark.parametrize("separator", ["\n", "", "。"])
def test_fifty_thousand_characters_with_200_edits_take_a_second(separator: str) -> None:
    rng = random.Random(7)
    alphabet = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动"
    paragraphs = ["".join(rng.choices(alphabet, k=100)) for _ in range(500)]
    old = separator.join(paragraphs)
    new = _edited(old, 200, rng)
    words("预热")
    started = time.perf_counter()
    pieces = diff(old, new)
    assert time.perf_counter() - started < 1
    changed = sum(len(p.text) for p in pieces if p.kind is not PieceKind.EQUAL)
    assert changed < 4_000


def test_sixty_thousand_lines_with_edits_at_both_ends_stay_precise() -> None:
    old = [f"第{number}行\n" for number in range(60_000)]
    new = ["新增\n", *old[:30_000], "改动\n", *old[30_001:], "末行\n"]
    started = time.perf_counter()
    pieces = diff("".join(old), "".join(new))
    assert time.perf_counter() - started < 3
    changed = [piece.text for piece in pieces if piece.kind is not PieceKind.EQUAL]
    assert changed == ["新增\n", "第30000行", "改动", "末行\n"]


@patient
@given(TEXTS, TEXTS)
def test_blocks_change_nothing_about_the_law(old: str, new: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces_module, "_LARGEST_TABLE", 3)
        pieces = diff(old, new)
    assert "".join(p.text for p in pieces if p.kind is not PieceKind.INSERT) == old
    assert "".join(p.text for p in pieces if p.kind is not PieceKind.DELETE) == new


def test_unrelated_large_texts_end_soon() -> None:
    rng = random.Random(3)
    old = "".join(chr(rng.randrange(0x4E00, 0x9FFF)) for _ in range(30_000))
    new = "".join(chr(rng.randrange(0x4E00, 0x9FFF)) for _ in range(30_000))
    started = time.perf_counter()
    diff(old, new)
    assert time.perf_counter() - started < 3


def test_figures_are_called_out_in_reading_order() -> None:
    old = "完成投资12.86亿元，同比增长15.7%。\n2023年5月18日"
    new = "完成投资13.86亿元，同比增长15.7%，新增3个。\n2023年5月19日"
    found = [(f.kind, f.old, f.new) for f in changed_figures(diff(old, new))]
    assert found == [
        ("number", "12.86亿", "13.86亿"),
        ("number", None, "3"),
        ("date", "2023年5月18日", "2023年5月19日"),
    ]
    assert changed_figures(diff(old, new))[0].before == "完成投资"


def test_words_alone_call_out_no_figure() -> None:
    assert changed_figures(diff("共3项，由张伟负责", "共3项，由李强负责")) == ()


def test_only_changed_paragraphs_and_neighbours_are_laid_out() -> None:
    row = [f"第{n}段。" for n in range(10)]
    new = [*row[:4], "第4段改。", *row[5:8], "新段。", *row[8:]]
    result = hunks(diff("\n".join(row), "\n".join(new)))
    assert [hunk.skipped for hunk in result] == [3, 1]
    assert plain(result).splitlines() == [
        "… 3",
        "  第3段。",
        "~ 第4段{+改+}。",
        "  第5段。",
        "… 1",
        "  第7段。",
        "+ 新段。",
        "  第8段。",
    ]
    assert hunks(diff("甲\n乙", "甲\n乙")) == ()


def test_abridged_paragraph_keeps_the_change_and_its_neighbourhood() -> None:
    old, new = (
        "甲" * 50 + "1" + "乙" * 50 + "2" + "丙" * 50,
        "甲" * 50 + "3" + "乙" * 50 + "4" + "丙" * 50,
    )
    [hunk] = hunks(diff(old, new))
    short = "".join(piece.text for piece in abridged(hunk.paragraphs[0], keep=3).pieces)
    assert short == "…甲甲甲13乙乙乙…乙乙乙24丙丙丙…"
    [_, same] = hunks(diff("一二三四五六\n甲", "一二三四五六\n乙"))[0].paragraphs[::-1]
    assert abridged(same, keep=3).pieces[0].text == "一二三…"


@patient
@given(TEXTS, TEXTS)
def test_every_changed_character_is_laid_out(old: str, new: str) -> None:
    pieces = diff(old, new)
    for kind in (PieceKind.INSERT, PieceKind.DELETE):
        shown = "".join(
            piece.text
            for hunk in hunks(pieces)
            for paragraph in hunk.paragraphs
            for piece in paragraph.pieces
            if piece.kind is kind
        )
        assert shown == "".join(p.text for p in pieces if p.kind is kind).replace("\n", "")
