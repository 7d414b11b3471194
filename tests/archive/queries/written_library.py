"""Three documents that every filter tells apart, and which of them each filter finds."""

from __future__ import annotations

from written_archive import SITE, WrittenArchive, content


def fill_library(written: WrittenArchive) -> None:
    """Write them; their addresses end in 1.html, 2.html and 3.html."""
    first = written.page("1.html")
    written.check(
        first,
        "2023-08-01",
        "new",
        content(
            title="科技创新 工作重点",
            issuer="市科技局",
            doc_no="渝科局函〔2023〕278号",
            date_published="2023-07-26",
            theme="科技、教育",
        ),
        conflicts=[{"fields": ["date_written", "date_signed"], "values": [], "reason": "differ"}],
    )
    second = written.page("2.html", seed="cq-jw")
    written.check(
        second,
        "2023-09-01",
        "new",
        content(
            title="100%落实[教育]通知", issuer="市教委", date_published="2022-12-31", genre="通知"
        ),
    )
    written.set(second, lifecycle="delisted")
    third = written.page("3.html", seed="cq-jw")
    written.check(third, "2023-09-02", "new", content(issuer="市教委"))
    written.check(
        third, "2023-10-01", "changed", content(issuer="市教育委"), change_class="metadata"
    )


FOUND = {
    "": "321",
    "seed:cq-jw": "32",
    "issuer:市科技局": "1",
    "issuer:市教*": "32",
    "issuer:市教": "32",
    "issuer:科技局": "1",
    "issuer:*教委": "2",
    "doc_no:渝科局函[2023]278号": "1",
    "theme:*教育*": "1",
    "theme:科技": "1",
    "doc_no:278": "",
    "doc_no:*278号": "1",
    "genre:通知": "2",
    "创新": "1",
    "科技 重点": "1",
    "科技 教育": "",
    '"科技创新 工作"': "1",
    "title:教育": "2",
    "科技创新工作": "1",
    "100%落": "2",
    "1_0": "",
    "published:2023": "1",
    "published:2023-07": "1",
    "published:2023-08..": "",
    "published:..2022": "2",
    "published:2022-12-31..2023-07-26": "21",
    "published:2022-02..2022-12": "2",
    "written:2023": "",
    "lifecycle:delisted": "2",
    "changed:2023-09": "2",
    "changed:2023-09..": "32",
    "changed:..2023-08-01": "1",
    "class:metadata": "3",
    "conflict:yes": "1",
    "conflict:no": "32",
    "conflict:date_signed": "1",
    "conflict:title": "",
    "rights:unknown": "321",
    "seed:cq-jw issuer:市教委 教育": "2",
    SITE + "2": "2",
}
"""Filters, and the numbers of the documents they find, the last changed first."""
