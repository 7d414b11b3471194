"""Documents of a municipal bureau: replies, notices, results, measures, reports, short notices."""

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
from crawler.replica.facts import Block, Facts
from crawler.replica.numbering import arabic_date, index_no

STREAMS = {"reply": "云科局函", "notice": "云科局发", "measures": "云科局规"}


def write(draft: Draft) -> Facts:
    """One document of the kind that is due."""
    writers: dict[str, Callable[[Draft], Facts]] = {
        "reply": _reply,
        "notice": _notice,
        "result": _result,
        "measures": _measures,
        "report": _report,
        "brief": _brief,
    }
    return writers[draft.kind.name](draft)


def official(draft: Draft, genre: str, *, signed: bool = True) -> dict[str, str | None]:
    """The values of the metadata table; half the editors leave 成文日期 at its default."""
    year = draft.published.year
    written = draft.signed if signed and draft.index % 2 else draft.published
    code = STREAMS.get(draft.kind.name)
    return {
        "index_no": index_no(draft.site.region_code, draft.site.organ, year, draft.index + 1),
        "doc_no": f"{code}〔{year}〕{draft.index + 1}号" if code else None,
        "issuer": draft.site.short,
        "theme": draft.prose.pick("themes"),
        "genre": genre,
        "date_written": written.isoformat(),
        "date_signed": draft.signed.isoformat() if signed else None,
    }


def _reply(draft: Draft) -> Facts:
    prose, number = draft.prose, f"第{draft.prose.rng.randint(1, 1200):04d}号"
    topic = prose.pick("topics")
    session = f"市五届人大{prose.rng.choice('一二三四')}次会议"
    title = f"{draft.site.publisher}关于{session}{number}建议办理情况的答复函"
    opening = f"您提出的《关于加快推进{topic}的建议》（{number}）收悉。经与" + prose.fill(
        "{organ}、{organ}共同研究办理，现将办理情况答复如下。"
    )
    blocks = [
        salutation(prose.fill("{person}代表：")),
        paragraph(opening),
        heading(0, f"{topic}总体情况"),
        *map(paragraph, prose.points("leads", 3)),
        heading(1, "下一步工作打算"),
        *map(paragraph, prose.points("plans", 2)),
        paragraph(
            prose.fill(
                "此答复函已经{person}局长审签。对以上答复您有什么意见，请通过填写回执及时反馈。"
            )
        ),
        *signature(draft, draft.site.publisher),
    ]
    return finish(draft, title, official(draft, "人大建议办理"), blocks)


def _notice(draft: Draft) -> Facts:
    prose, year = draft.prose, draft.published.year
    title = f"关于组织申报{year}年度{prose.pick('topics')}专项项目的通知"
    links, files = attached(draft, title)
    blocks = [
        salutation("各区县（自治县）科技局，各有关单位："),
        paragraph(
            prose.say("purposes") + prose.fill("，根据{cited}有关规定，现就有关事项通知如下。")
        ),
        heading(0, "支持方向"),
        items(prose.fill("{topic}关键技术研究与应用；") for _ in range(4)),
        heading(1, "有关要求"),
        *[paragraph(prose.fill(line)) for line in prose.words["requirements"]],
        *signature(draft, draft.site.publisher),
        paragraph("（此件公开发布）"),
        *links,
    ]
    return finish(draft, title, official(draft, "通知"), blocks, files)


def _result(draft: Draft) -> Facts:
    prose, year = draft.prose, draft.published.year
    title = f"{draft.site.publisher}关于{year}年{prose.pick('topics')}拟立项项目的公示"
    links, files = attached(draft, title)
    rows = [
        (str(at + 1), prose.fill("{topic}研究"), prose.pick("firms"), prose.fill("{n}"))
        for at in range(prose.rng.randint(3, 7))
    ]
    blocks = [
        paragraph(prose.fill("根据{cited}，经形式审查、专家评审等程序，现将拟立项项目予以公示。")),
        paragraph("公示期为5个工作日。如有异议，请在公示期内以书面形式反映，并提供相关佐证材料。"),
        table(("序号", "项目名称", "承担单位", "资助金额（万元）"), rows),
        *signature(draft, draft.site.publisher),
        *links,
    ]
    return finish(draft, title, official(draft, "公示公告"), blocks, files)


def _measures(draft: Draft) -> Facts:
    prose, year = draft.prose, draft.published.year
    topic = prose.pick("topics")
    title = f"{draft.site.publisher}关于印发《{topic}项目管理办法》的通知"
    start, end = draft.published.replace(month=12, day=1), draft.published.replace(month=11, day=30)
    end = end.replace(year=year + 5)
    articles = [f"第{number}条　{prose.sentences(1, 2)}" for number in "一二三四五六"]
    blocks: list[Block] = [
        salutation("各有关单位："),
        paragraph(f"现将《{topic}项目管理办法》印发给你们，请遵照执行。"),
        *signature(draft, draft.site.publisher),
        paragraph(f"{topic}项目管理办法"),
        *map(paragraph, articles),
        paragraph(f"第七条　本办法自{arabic_date(start)}起施行，有效期至{arabic_date(end)}。"),
    ]
    dates: dict[str, str | None] = {
        "date_effective": start.isoformat(),
        "date_expiry": end.isoformat(),
        "validity": "有效",
    }
    return finish(draft, title, official(draft, "规范性文件") | dates, blocks)


def _report(draft: Draft) -> Facts:
    prose, year = draft.prose, draft.published.year - 1
    topic = prose.pick("topics")
    title = f"{year}年全市{topic}工作情况报告"
    blocks = [
        paragraph(
            f"{year}年，全市上下认真贯彻落实各项决策部署，扎实推进{topic}。{prose.sentences(2, 3)}"
        ),
        heading(0, "主要工作成效"),
        *map(paragraph, prose.points("leads", 4)),
        heading(1, "存在的困难和问题"),
        paragraph(prose.sentences(2, 3)),
        heading(2, "下一步工作安排"),
        *map(paragraph, prose.points("plans", 3)),
    ]
    extra: dict[str, str | None] = {
        "source": prose.pick("sources"),
        "keywords": f"{topic};工作报告",
    }
    return finish(draft, title, official(draft, "工作报告", signed=False) | extra, blocks)


def _brief(draft: Draft) -> Facts:
    title = f"{draft.site.publisher}关于{draft.prose.pick('topics')}有关工作安排的通告"
    blocks = [
        paragraph(draft.prose.say("briefs")),
        paragraph("特此通告。"),
        *signature(draft, draft.site.publisher),
    ]
    return finish(draft, title, official(draft, "通告"), blocks)
