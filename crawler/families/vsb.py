"""西安博达 VSB SiteBuilder: most universities, some governments."""

from __future__ import annotations

from crawler.families.family import Family
from crawler.families.list_hooks import ListHooks
from pipelines.extraction.hooks import ArticleHooks

VSB = Family(
    name="vsb",
    evidence=(
        r"v_news_content",
        r"vsb_(?:content|newscontent)",
        r"_showDynClick|dynclicks",
        r"/system/(?:_content|resource)/",
        r"_newscontent_fromname|urltype=news\.",
        r"/info/\d{4}/\d+\.htm",
    ),
    article=ArticleHooks(
        body=(".v_news_content", "[id^=vsb_content]"),
        title=("[class^=titlestyle]",),
        volatile=("[id^=dynclicks]", "[id^=nattach]"),
    ),
    lists=ListHooks(next_page=(".p_next a",)),
)
