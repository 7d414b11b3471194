"""The decision over a history: first content, returns, and the order of the classes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.records import FIELDS, AttachmentState, ChangeClass, Content, Observation
from archive.versioning import compare, content_hash, decide

patient = settings(deadline=None)


def content(text: str = "正文", digest: str | None = None, **fields: str | None) -> Content:
    values = {name: fields.get(name) for name in FIELDS}
    files = (AttachmentState("表", "/a.pdf", digest),) if digest else ()
    return Content(text, values, files)


A, B, C = content("甲"), content("乙"), content("丙")


def test_first_content_is_new() -> None:
    decision = decide((), A)
    assert (decision.observation, decision.change_class) == (Observation.NEW, ChangeClass.NEW)
    assert decision.makes_version
    assert decision.fields == ()


@pytest.mark.parametrize(
    ("history", "new", "change_class", "reverts_to"),
    [
        ([A, B], A, "reverted", 1),
        ([A, B, C], B, "reverted", 2),
        ([A, B, A], B, "reverted", 2),
        ([A, B, A, B], A, "reverted", 1),
        ([A, B], B, "none", None),
        ([A, B], C, "substantive", None),
        ([A], A, "none", None),
    ],
)
def test_history_is_looked_through_for_returns(
    history: list[Content], new: Content, change_class: str, reverts_to: int | None
) -> None:
    decision = decide(history, new)
    assert (decision.change_class, decision.reverts_to) == (change_class, reverts_to)


def test_return_lists_what_changed_against_the_latest() -> None:
    first, second = content("甲", title="一"), content("乙", title="一", issuer="局")
    assert decide([first, second], first).fields == ("text", "issuer")


def test_return_ignores_noise() -> None:
    assert decide([A, B], content(" 甲\n浏览次数：5")).change_class == "reverted"


def test_text_back_under_another_number_is_no_return() -> None:
    first, second = content("甲", doc_no="1号"), content("乙", doc_no="1号")
    decision = decide([first, second], content("甲", doc_no="2号"))
    assert (decision.change_class, decision.fields) == ("substantive", ("text", "doc_no"))


def test_other_bytes_are_no_return() -> None:
    history = [content("甲", "sha256:1"), content("乙", "sha256:1")]
    assert decide(history, content("甲", "sha256:2")).change_class == "substantive"
    assert decide(history, content("甲", "sha256:1")).change_class == "reverted"


def test_compare_never_gives_reverted() -> None:
    assert compare(A, B).change_class == "substantive"
    assert compare(B, A).reverts_to is None


def test_every_field_counts_once() -> None:
    for name in FIELDS:
        decision = compare(content(), content(**{name: "值"}))
        expected = "substantive" if name == "title" else "metadata"
        assert (decision.change_class, decision.fields) == (expected, (name,))


WORDS = st.lists(
    st.sampled_from(["甲", "乙。", "乙，", "1", "2", " ", "\n", "浏览次数：7\n", "\u200b", "，"])
)
CONTENTS = st.builds(
    lambda words, title, number, digest: content(
        "".join(words), digest, title=title, doc_no=number
    ),
    WORDS,
    st.sampled_from([None, "", "题", " 题", "目"]),
    st.sampled_from([None, "〔2023〕1号", "[2023]1号", "〔2023〕2号"]),
    st.sampled_from([None, "sha256:1", "sha256:2"]),
)


@patient
@given(CONTENTS, CONTENTS)
def test_hash_is_equal_exactly_when_nothing_is_decided(old: Content, new: Content) -> None:
    equal = content_hash(old) == content_hash(new)
    assert equal is not compare(old, new).makes_version


@patient
@given(CONTENTS, CONTENTS)
def test_same_fields_change_both_ways(old: Content, new: Content) -> None:
    assert compare(old, new).fields == compare(new, old).fields


@patient
@given(CONTENTS)
def test_content_equals_itself(one: Content) -> None:
    decision = compare(one, replace(one))
    assert (decision.observation, decision.change_class) == (Observation.NOISE, ChangeClass.NONE)


@patient
@given(st.lists(CONTENTS, min_size=1, max_size=4), CONTENTS)
def test_result_follows_from_the_history_alone(history: list[Content], new: Content) -> None:
    decision = decide(history, new)
    same = [content_hash(one) == content_hash(new) for one in history]
    if same[-1]:
        assert decision.observation is Observation.NOISE
    else:
        assert (decision.change_class is ChangeClass.REVERTED) is any(same)
