"""Labelled pairs of contents: what an editor, a CMS or an export really does to a page.

Each pair is a base content and the edits that lead to its old and its new side. A key of ``edits``
is a field name, ``text`` or ``attachments``; a ``(find, replace)`` tuple edits the base text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archive.records import FIELDS, AttachmentState, Content

REPLY = """关于市政协五届三次会议第0345号提案的复函
李建国委员：
您提出的《关于加快推进老旧小区加装电梯的建议》（第0345号）收悉。经与市财政局、市规划局共同研究，现答复如下。
一、总体情况
2022年，全市完成老旧小区加装电梯1,286部，惠及居民3.2万户，完成投资12.86亿元，同比增长15.7%。
对符合条件的项目，市级财政不再给予每部10万元补助。
二、下一步打算
（一）简化审批流程，审批时限由30个工作日压缩至15个工作日。
（二）加强资金保障，由张伟同志牵头负责，电话：023-67512345。
区县 | 完成数 | 计划数
渝中区 | 213 | 220
江北区 | 187 | 200
此复函已经王芳局长审签。
市住房和城乡建设委员会
2023年5月18日"""

REPLY_FIELDS = {
    "title": "关于市政协五届三次会议第0345号提案的复函",
    "index_no": "11500000009275780L/2023-00121",
    "doc_no": "渝建函〔2023〕345号",
    "issuer": "市住房城乡建委",
    "theme": "城乡建设、环境保护",
    "genre": "建议提案办理",
    "source": "市住房城乡建委",
    "author": "陈静、赵磊",
    "date_written": "2023-05-18",
    "date_signed": "2023-05-18",
    "date_published": "2023-05-22",
    "validity": "有效",
    "keywords": "老旧小区;加装电梯;财政补助",
}
PLAN = AttachmentState(
    "附件1：工作计划.docx", "https://zjw.example.cn/files/P02305.docx", "sha256:aa"
)
TABLE = AttachmentState(
    "附件2：任务表.xlsx", "https://zjw.example.cn/files/P02306.xlsx", "sha256:bb"
)
UNREAD = AttachmentState("附件1：工作计划.docx", "https://zjw.example.cn/files/P02305.docx")


@dataclass(frozen=True)
class Pair:
    """Two contents and what comparing them must give."""

    name: str
    change_class: str
    fields: tuple[str, ...] = ()
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)

    @property
    def observation(self) -> str:
        return "noise" if self.change_class in ("none", "formatting") else "changed"

    @property
    def contents(self) -> tuple[Content, Content]:
        return _content(self.old), _content(self.new)


def _content(edits: Mapping[str, Any]) -> Content:
    text = edits.get("text", REPLY)
    if isinstance(text, tuple):
        find, replace = text
        assert find in REPLY, find
        text = REPLY.replace(find, replace)
    fields = {name: edits.get(name, REPLY_FIELDS.get(name)) for name in FIELDS}
    return Content(text, fields, tuple(edits.get("attachments", (PLAN, TABLE))))


def _text(name: str, find: str, replace: str) -> Pair:
    return Pair(name, "substantive", ("text",), new={"text": (find, replace)})


def _respelled(name: str, find: str, replace: str) -> Pair:
    return Pair(name, "formatting", new={"text": (find, replace)})


def _field(name: str, value: str | None, change_class: str = "metadata", old: str = "") -> Pair:
    before = {name: old} if old else {}
    return Pair(f"{name} becomes {value}", change_class, (name,), old=before, new={name: value})


def _same_field(name: str, value: str | None, change_class: str, **old: str | None) -> Pair:
    return Pair(f"{name} is still {value!r}", change_class, old=old, new={name: value})


def _line(old: str, new: str, after: str = "二、下一步打算") -> Pair:
    before, later = {"text": (after, f"{old}\n{after}")}, {"text": (after, f"{new}\n{after}")}
    return Pair(f"moving line {new!r}", "none", old=before, new=later)


def _files(name: str, old: tuple[AttachmentState, ...], new: tuple[AttachmentState, ...]) -> Pair:
    return Pair(name, "attachment", ("attachments",), {"attachments": old}, {"attachments": new})


def _same_files(
    name: str, old: tuple[AttachmentState, ...], new: tuple[AttachmentState, ...]
) -> Pair:
    return Pair(name, "none", (), {"attachments": old}, {"attachments": new})


def _file(url: str | None, digest: str | None = None, name: str = "任务表.xlsx") -> AttachmentState:
    return AttachmentState(name, url, digest)


REAL = (
    _text("one digit", "1,286部", "1,288部"),
    _text("a decimal point", "12.86亿元", "128.6亿元"),
    _text("a lost negation", "不再给予", "再给予"),
    _text("a new negation", "共同研究，", "未共同研究，"),
    _text("one name", "张伟同志", "张炜同志"),
    _text("a table cell", "渝中区 | 213 | 220", "渝中区 | 212 | 220"),
    _text("an added row", "江北区 | 187 | 200", "江北区 | 187 | 200\n南岸区 | 90 | 120"),
    _text("a removed paragraph", "此复函已经王芳局长审签。\n", ""),
    _text("a comma becomes a full stop", "（一）简化审批流程，", "（一）简化审批流程。"),
    _text("a unit", "10万元补助", "10亿元补助"),
    _text("a percent sign dropped", "15.7%", "15.7"),
    _text("a heading is renumbered", "一、总体情况\n", "三、总体情况\n"),
    _text("a phone number", "67512345", "67512354"),
    _text("the date of the signature", "2023年5月18日", "2023年5月19日"),
    _text("a link to a file gets a new name", "此复函", "附件：工作计划（修订）.docx\n此复函"),
    Pair(
        "ten squared is not a hundred and two",
        "substantive",
        ("text",),
        {"text": ("3.2万户", "10²户")},
        {"text": ("3.2万户", "102户")},
    ),
    Pair(
        "numbers joined by a lost blank",
        "substantive",
        ("text",),
        {"text": ("213 | 220", "21 3220")},
        {"text": ("213 | 220", "213 220")},
    ),
    Pair(
        "a counter inside a sentence is text",
        "substantive",
        ("text",),
        {"text": ("二、下一步打算", "该平台上线以来，浏览次数：1203次，受到群众好评。")},
        {"text": ("二、下一步打算", "该平台上线以来，浏览次数：1204次，受到群众好评。")},
    ),
    Pair(
        "a site statistic is text",
        "substantive",
        ("text",),
        {"text": ("二、下一步打算", "网站总访问量：120300次")},
        {"text": ("二、下一步打算", "网站总访问量：120400次")},
    ),
    Pair(
        "a memorial day is text",
        "substantive",
        ("text",),
        {"text": ("二、下一步打算", "今天是我国第23个全民国防教育日。")},
        {"text": ("二、下一步打算", "今天是我国第24个全民国防教育日。")},
    ),
    Pair("the text is gone", "substantive", ("text",), new={"text": ""}),
    _field("title", "关于市政协五届三次会议第0346号提案的复函", "substantive"),
    _field("title", None, "substantive"),
    Pair(
        "title and number",
        "substantive",
        ("title", "doc_no"),
        new={"title": "关于第0345号提案的复函", "doc_no": "渝建函〔2023〕346号"},
    ),
    Pair(
        "text, number and files at once",
        "substantive",
        ("text", "doc_no", "attachments"),
        new={"text": ("张伟", "张炜"), "doc_no": "渝建函〔2023〕346号", "attachments": (PLAN,)},
    ),
    _field("doc_no", "渝建发〔2023〕345号"),
    _field("index_no", "11500000009275780L/2023-00122"),
    _field("issuer", "市住房和城乡建设委员会"),
    _field("date_written", "2023-05-19"),
    _field("date_published", None),
    _field("date_expiry", "2028-05-18"),
    _field("validity", "失效"),
    _field("subtitle", "——附办理情况说明"),
    _field("keywords", "老旧小区;加装电梯"),
    _field("author", "赵磊"),
    _field("theme", "城乡建设"),
    Pair(
        "a number and a file",
        "metadata",
        ("doc_no", "attachments"),
        new={"doc_no": "渝建函〔2023〕346号", "attachments": (PLAN,)},
    ),
    _files("a file is removed", (PLAN, TABLE), (PLAN,)),
    _files("a file is added", (PLAN,), (PLAN, TABLE)),
    _files("new bytes at the same address", (PLAN,), (_file(PLAN.url, "sha256:cc"),)),
    _files("another file number", (_file("/d?fileid=7"),), (_file("/d?fileid=8"),)),
    _files("another file by name", (_file(None),), (_file(None, name="任务表二.xlsx"),)),
    _files("all files are gone", (PLAN, TABLE), ()),
)

NOISE = (
    _respelled("full-width comma to half width", "，", ","),
    _respelled("full-width brackets to half width", "（第0345号）", "(第0345号)"),
    _respelled("full-width digits", "2022年", "２０２２年"),
    _respelled("blanks around a number", "2022年", " 2022 年"),
    _respelled("no-break and ideographic blanks", "现答复如下", "\u3000\xa0现答复如下"),
    _respelled("zero-width characters and soft hyphens", "现答复", "现\u200b答\xad复"),
    _respelled("a byte order mark", "关于市政协", "\ufeff关于市政协"),
    _respelled("paragraphs joined", "现答复如下。\n", "现答复如下。"),
    _respelled("paragraphs split", "（二）加强", "（二）\n\n  加强"),
    _respelled("direction marks", "12.86亿元", "\u200e12.86\u200f亿元"),
    _respelled("a compatibility ideograph", "不再", "\uf967再"),
    Pair(
        "a square unit",
        "formatting",
        (),
        {"text": ("3.2万户", "3.2万m2")},
        {"text": ("3.2万户", "3.2万㎡")},
    ),
    _same_field("title", "关于市政协五届三次会议 第0345号提案的复函", "formatting"),
    _same_field("doc_no", "渝建函 〔２０２３〕 345 号", "formatting"),
    _same_field("issuer", "市住房城乡建委\u3000", "formatting"),
    _same_field("subtitle", "", "none", subtitle=None),
    _same_field("keywords", "财政补助，老旧小区，加装电梯", "none"),
    _same_field("author", "陈静 赵磊", "none"),
    _same_field("doc_no", "渝建函[2023]345号", "none"),
    _line("浏览次数：123", "浏览次数：124"),
    _line("【浏览：9,999次】", "【浏览：1.0万次】"),
    _line("浏览次数：", "浏览次数：5"),
    _line(
        "来源：市住建委  时间：2023-05-22  点击：81", "来源：市住建委  时间：2023-05-22  点击：95"
    ),
    _line("今天是2023年5月22日 星期一", "今天是2023年5月23日 星期二"),
    _line("当前时间：10:00:01", "当前时间：11:20:59"),
    _line("您是第 10023 位访客", "您是第 10024 位访客"),
    _line("上一篇：关于第0344号提案的复函", "上一篇：关于第0399号提案的复函"),
    _line("附件【计划.docx】已下载12次", "附件【计划.docx】已下载40次"),
    _line(
        "发布者:发展规划处发布时间:2024-03-05浏览次数:191",
        "发布者:发展规划处发布时间:2024-03-05浏览次数:192",
    ),
    Pair("a counter appears", "none", new={"text": ("二、下", "阅读 31 次\n二、下")}),
    Pair("nothing at all", "none"),
    Pair(
        "a counter moves and blanks change",
        "formatting",
        (),
        {"text": ("二、下一步打算", "浏览：1\n二、下一步打算")},
        {"text": ("二、下一步打算", "浏览：2\n二、  下一步打算")},
    ),
    _same_files(
        "a token in the address", (_file("/d?id=7&token=a1"),), (_file("/d?token=z9&id=7"),)
    ),
    _same_files(
        "a session in the path",
        (_file("http://x.cn/a;jsessionid=AA11?id=7"),),
        (_file("http://x.cn/a;jsessionid=BB22?id=7"),),
    ),
    _same_files("a cache buster", (_file("/a.pdf?t=1690000000000"),), (_file("/a.pdf"),)),
    _same_files(
        "https instead of http", (_file("http://x.cn/a.pdf"),), (_file("https://X.cn/a.pdf"),)
    ),
    _same_files("bytes not read yet", (PLAN, TABLE), (UNREAD, TABLE)),
    _same_files("bytes read at last", (UNREAD,), (PLAN,)),
    _same_files("other order", (PLAN, TABLE), (TABLE, PLAN)),
    _same_files("same bytes at a new address", (PLAN,), (_file("/new/1.docx", "sha256:aa"),)),
    _same_files("a file linked twice", (PLAN,), (PLAN, PLAN)),
)

PAIRS = REAL + NOISE
