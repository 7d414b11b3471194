"""Changed field values and files follow the rule that decides versions."""

from __future__ import annotations

from archive.diff import fields_diff, files_diff
from archive.records import AttachmentState


def test_only_changed_values_are_listed_with_their_names() -> None:
    old = {
        "doc_no": "渝函〔2023〕1号",
        "issuer": "市科技局 ",
        "date_published": "2023-01-01",
        "author": None,
    }
    new = {"doc_no": "渝函〔2023〕2号", "issuer": "市科技局", "date_published": None, "author": ""}
    changes = [(c.field, c.label, c.old, c.new) for c in fields_diff(old, new)]
    assert changes == [
        ("doc_no", "发文字号", "渝函〔2023〕1号", "渝函〔2023〕2号"),
        ("date_published", "发布日期", "2023-01-01", None),
    ]


def test_files_come_go_and_change() -> None:
    def file(name: str, digest: str | None, url: str | None = None) -> AttachmentState:
        return AttachmentState(name, url or f"/{name}?token=1", digest)

    old = [file("a", "1"), file("b", "2"), file("c", None), file("e", "5", "/old/e")]
    new = [file("a", "9"), file("c", "3"), file("d", None), file("e", "5", "/new/e")]
    assert [(c.kind, c.name) for c in files_diff(old, new)] == [
        ("changed", "a"),
        ("removed", "b"),
        ("added", "d"),
    ]
    assert files_diff(old, old) == ()
