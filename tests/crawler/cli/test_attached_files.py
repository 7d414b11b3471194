"""How an attached file is told in one line: what it is, how much was read, or why nothing."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.cli.attached import file_line

READ = {"format": "pdf", "characters": 1234, "reason": None, "digest": "sha256:0"}
SCAN = READ | {"characters": 0, "reason": "needs_ocr: no text layer"}
CUT = READ | {"reason": "cut after 5,000 of 10,000 pages"}
UNREAD = {"format": None, "characters": None, "reason": None, "digest": "sha256:0"}


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (READ, "附件.pdf (pdf, 1,234 characters)"),
        (SCAN, "附件.pdf (pdf, needs_ocr: no text layer)"),
        (CUT, "附件.pdf (pdf, 1,234 characters, cut after 5,000 of 10,000 pages)"),
        (UNREAD, "附件.pdf (not read)"),
        (UNREAD | {"digest": None}, "附件.pdf (not fetched)"),
    ],
)
def test_a_file_is_told_in_one_line(row: dict[str, Any], line: str) -> None:
    assert file_line({"name": "附件.pdf"} | row) == line
