"""Documents of a university office: calls, overviews, rules, short notices, lists."""

from __future__ import annotations

from collections.abc import Callable

from crawler.replica.drafts import (
    Draft,
    attached,
    finish,
    heading,
    items,
    paragraph,
    salutation,
    signature,
    table,
)
from crawler.replica.facts import Block, BlockKind, Facts


def write(draft: Draft) -> Facts:
    """One document of the kind that is due."""
    writers: dict[str, Callable[[Draft], Facts]] = {
        "call": _call,
        "overview": _overview,
        "rules": _rules,
        "brief": _brief,
        "list": _list,
    }
    return writers[draft.kind.name](draft)


def _fields(draft: Draft, *, signed: bool) -> dict[str, str | None]:
    date_signed = draft.signed.isoformat() if signed else None
    return {"publisher": draft.prose.pick("units"), "date_signed": date_signed}


def _call(draft: Draft) -> Facts:
    prose = draft.prose
    title = f"关于转发{draft.published.year}年度{prose.pick('topics')}项目申报指南的通知"
    links, files = attached(draft, title)
    blocks = [
        salutation("各学院、各科研机构："),
        paragraph(prose.say("purposes") + "，现将有关申报事项通知如下。"),
        heading(0, "申报条件"),
        *[paragraph(prose.fill(line)) for line in prose.words["requirements"][:3]],
        heading(1, "材料报送"),
        paragraph(prose.fill(prose.words["requirements"][3])),
        *signature(draft, "科研处"),
        *links,
    ]
    return finish(draft, title, _fields(draft, signed=True), blocks, files)


def _overview(draft: Draft) -> Facts:
    prose = draft.prose
    title = f"{draft.published.year}年{prose.pick('topics')}工作要点"
    starts = ("一是", "二是", "三是", "四是", "五是")
    blocks = [
        paragraph(prose.sentences(2, 3)),
        *[paragraph(start + prose.pick("plans") + prose.sentences(2, 4)) for start in starts],
    ]
    return finish(draft, title, _fields(draft, signed=False), blocks)


def _rules(draft: Draft) -> Facts:
    prose = draft.prose
    topic = prose.pick("topics")
    title = f"关于印发《{topic}科研平台管理细则》的通知"
    doc_no = f"云理工科〔{draft.published.year}〕{draft.index + 1}号"
    blocks = [
        Block(BlockKind.MASTHEAD, doc_no),
        salutation("校内各单位："),
        paragraph(f"《{topic}科研平台管理细则》已经校长办公会审议通过，现予印发，请认真执行。"),
        items(prose.fill(line) for line in prose.words["requirements"][:3]),
        *signature(draft, "云江理工大学"),
    ]
    return finish(draft, title, _fields(draft, signed=True) | {"doc_no": doc_no}, blocks)


def _brief(draft: Draft) -> Facts:
    title = f"关于{draft.prose.pick('topics')}相关事项的通知"
    blocks = [
        paragraph(draft.prose.say("briefs")),
        paragraph("请相互转告。"),
        *signature(draft, "科研处"),
    ]
    return finish(draft, title, _fields(draft, signed=True), blocks)


def _list(draft: Draft) -> Facts:
    prose = draft.prose
    title = f"{draft.published.year}年度校级{prose.pick('topics')}项目立项名单"
    links, files = attached(draft, title)
    rows = [
        (str(at + 1), prose.fill("{topic}机理研究"), prose.fill("{person}"))
        for at in range(prose.rng.randint(3, 6))
    ]
    blocks = [
        paragraph(prose.fill("经个人申报、学院推荐、专家评审，共有{m}个项目获准立项，现予公布。")),
        table(("序号", "项目名称", "负责人"), rows),
        *links,
    ]
    return finish(draft, title, _fields(draft, signed=False), blocks, files)
