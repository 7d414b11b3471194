"""西安博达 VSB SiteBuilder: most universities, some governments."""

from __future__ import annotations

from crawler.families.family import Family, Sign, literal
from crawler.families.list_hooks import ListHooks
from pipelines.extraction.hooks import ArticleHooks

VSB = Family(
    name="vsb",
    evidence=(
        literal("v_news_content"),
        Sign(r"vsb_(?:content|newscontent)", ("vsb_",)),
        Sign("_showDynClick|dynclicks", ("dynclick",)),
        Sign(r"/system/(?:_content|resource)/", ("/system/",)),
        Sign(r"_newscontent_fromname|urltype=news\.", ("_newscontent_fromname", "urltype=news.")),
        Sign(r"/info/\d{4}/\d+\.htm", ("/info/",)),
    ),
    article=ArticleHooks(
        body=(".v_news_content", "[id^=vsb_content]"),
        title=("[class^=titlestyle]",),
        volatile=("[id^=dynclicks]", "[id^=nattach]"),
    ),
    lists=ListHooks(next_page=(".p_next a",)),
)
