"""Whole pages in the markup of many systems: what must come out, and what must not.

The pages are made up; their markup follows what each system prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.families.reader import read
from pipelines.reading import Job

PAGES = Path(__file__).parent / "pages"
SITE = "http://www.example.gov.cn"
PROSE = "为贯彻落实市委、市政府决策部署，进一步规范科技计划项目管理，提高财政资金使用效益"
MORE = "各单位要加强组织领导，明确责任分工，确保各项任务按期完成，重大情况及时向我局报告。"


@dataclass(frozen=True)
class Case:
    """A page, fields it must give, words its text has and lacks, and its files by path."""

    name: str
    expect: dict[str, str | None]
    has: tuple[str, ...] = (PROSE, MORE)
    lacks: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


CASES = (
    Case(
        "hanweb_comments",
        {
            "title": "关于开展项目申报的通知",
            "date_published": "2023-07-26",
            "source": "市科技局",
            "author": None,
        },
        lacks=(
            "发布日期",
            "版权所有",
            "浏览",
        ),
        files=("/module/download/downfile.jsp?classid=0&showname=申报表.docx&filename=ab12.docx",),
    ),
    Case(
        "gkmlpt_script_text",
        {
            "title": "关于印发管理办法的通知",
            "index_no": "11440100007482532C/2023-00012",
            "doc_no": "穗财规字〔2023〕2号",
            "issuer": "市财政局",
            "date_written": "2023-03-02",
            "date_published": "2023-03-09",
        },
        lacks=("索引号",),
    ),
    Case(
        "vsb_header_line",
        {
            "title": "学校召开科研工作会",
            "date_published": "2022-03-05",
            "author": "王晓明",
            "source": "科研处",
        },
        lacks=(
            "点击",
            "上一条",
            "放假",
            "已下载",
        ),
        files=("/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=77",),
    ),
    Case(
        "layout_tables",
        {
            "title": "某县人民政府关于表彰先进的决定",
            "doc_no": "某政发〔2011〕15号",
            "date_published": "2011-05-06",
            "date_signed": "2011-05-03",
            "source": "县政府办",
            "issuer": None,
        },
        lacks=(
            "发布时间",
            "主办",
            "首页",
        ),
    ),
    Case(
        "definition_list",
        {
            "title": "某省科学技术厅关于做好年报工作的通知",
            "index_no": "014349/2020-00001",
            "doc_no": "某科发〔2020〕1号",
            "issuer": "某省科学技术厅",
            "date_written": "2020-01-02",
            "date_published": None,
            "validity": "有效",
        },
        lacks=(
            "索引号",
            "有效性",
        ),
    ),
    Case(
        "list_without_colons",
        {
            "title": "某市关于加强管理的意见",
            "index_no": "X0001/2021-00007",
            "theme": "科技、教育",
            "issuer": "市科技局",
            "date_written": "2021-02-03",
            "doc_no": None,
        },
        lacks=(
            "索引号",
            "生成日期",
        ),
    ),
    Case(
        "heading_in_two_lines",
        {
            "title": "某市科学技术局 关于印发《某市科技计划项目管理办法》的通知",
            "date_published": "2023-07-26",
        },
        lacks=(
            "当前位置",
            "来源",
        ),
    ),
    Case(
        "update_time",
        {"date_published": "2023-08-01"},
    ),
    Case(
        "date_in_story",
        {"title": "某项工作的说明", "date_published": None, "date_signed": None},
        has=(PROSE,),
    ),
    Case(
        "no_headline",
        {"title": None, "date_published": None},
        lacks=(
            "主办单位",
            "首页",
        ),
    ),
    Case(
        "table_of_documents",
        {"title": "关于公布废止文件目录的公告", "doc_no": None, "issuer": None},
        has=(
            PROSE,
            MORE,
            "某科发〔2001〕3号",
            "发文字号",
        ),
    ),
    Case(
        "reporters_and_editors",
        {"author": "张三、李四光", "source": "重庆日报", "date_published": "2024-01-05"},
        lacks=("赵六",),
    ),
    Case(
        "files_only",
        {"title": "关于公布名单的通知", "date_published": "2022-01-02"},
        has=("名单.pdf",),
        files=("/a/b/P020220102400000000001.pdf",),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_page_gives_what_it_states_and_nothing_else(case: Case) -> None:
    body = (PAGES / f"{case.name}.html").read_bytes()
    reading = read(Job(f"{SITE}/a/b/c.html", body))
    assert reading.extraction is not None, reading.reason
    extraction = reading.extraction
    assert {name: extraction.fields[name] for name in case.expect} == case.expect
    assert [words for words in case.has if words not in extraction.text] == []
    assert [words for words in case.lacks if words in extraction.text] == []
    assert {each.url for each in extraction.attachments} == {SITE + path for path in case.files}
