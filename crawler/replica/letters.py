"""Documents of an old municipal portal: whole letters in one block, notices, news."""

from __future__ import annotations

from collections.abc import Callable

from crawler.replica.drafts import Draft, attached, finish, paragraph, salutation, signature
from crawler.replica.facts import Facts
from crawler.replica.numbering import arabic_date
from crawler.replica.prose import NUMERALS

MARK = "   "
"""How the portal's editor turned a paragraph break into spaces."""


def write(draft: Draft) -> Facts:
    """One document of the kind that is due."""
    writers: dict[str, Callable[[Draft], Facts]] = {
        "letter": _letter,
        "numbered_letter": _numbered_letter,
        "notice": _notice,
        "news": _news,
    }
    return writers[draft.kind.name](draft)


def _letter(draft: Draft) -> Facts:
    prose, number = draft.prose, f"第{draft.prose.rng.randint(1, 1200):04d}号"
    title = f"关于市四届人大{prose.rng.choice('一二三四')}次会议{number}建议的复函"
    parts = [
        prose.fill("{person}代表："),
        f"您提出的《关于加强{prose.pick('topics')}的建议》（{number}建议）收悉。"
        + prose.fill("经我委与{organ}、{organ}共同研究办理，现答复如下："),
        "一、工作开展情况",
        *[f" {NUMERALS[at]}是{prose.pick('leads')} {prose.sentences(2, 3)}" for at in range(3)],
        "二、下一步的工作考虑",
        *prose.points("plans", 2),
        prose.fill(
            "此复函已经{person}主任审签。对以上答复您有什么意见，请反馈在回执上，以便我们进一步改进工作。"
        ),
        f"    {draft.site.publisher}    {arabic_date(draft.signed)}",
        prose.fill("联 系 人：{person}    联系电话：67510{n}    邮 编：401147"),
    ]
    block = paragraph("  " + MARK.join(parts))
    return finish(draft, title, {"date_signed": draft.signed.isoformat()}, [block])


def _numbered_letter(draft: Draft) -> Facts:
    prose, number = draft.prose, f"第{draft.prose.rng.randint(1, 900):04d}号"
    title = f"关于市政协四届{prose.rng.choice('二三四')}次会议{number}提案的复函"
    blocks = [
        salutation(prose.fill("{person}委员：")),
        paragraph(f"　　您提出的关于{prose.pick('topics')}的提案（{number}）收悉，现答复如下："),
        *[paragraph(f"　　{point}") for point in prose.points("leads", 3)],
        paragraph("　　感谢您对我市科技工作的关心和支持！"),
        *signature(draft, draft.site.publisher),
    ]
    fields = {
        "doc_no": f"云科委函〔{draft.published.year}〕{draft.index + 1}号",
        "date_signed": draft.signed.isoformat(),
    }
    return finish(draft, title, fields, blocks)


def _notice(draft: Draft) -> Facts:
    prose = draft.prose
    title = f"关于开展{draft.published.year}年{prose.pick('topics')}检查工作的通知"
    links, files = attached(draft, title)
    blocks = [
        salutation("各区县科委："),
        paragraph("　　" + prose.say("purposes") + "，现将有关事项通知如下。"),
        *[paragraph("　　" + prose.fill(line)) for line in prose.words["requirements"][:3]],
        *signature(draft, draft.site.publisher),
        *links,
    ]
    fields = {"source": prose.pick("sources"), "date_signed": draft.signed.isoformat()}
    return finish(draft, title, fields, blocks, files)


def _news(draft: Draft) -> Facts:
    prose = draft.prose
    title = prose.fill("{district}扎实推进{topic}")
    blocks = [paragraph(f"　　{prose.sentences(2, 4)}") for _ in range(prose.rng.randint(2, 5))]
    return finish(draft, title, {"source": prose.pick("sources")}, blocks)
