"""苏迪 Sudy WebPlus: universities; header spans without separators."""

from __future__ import annotations

from crawler.families.family import Family, Sign
from crawler.families.list_hooks import ListHooks
from pipelines.extraction.hooks import ArticleHooks

SUDY = Family(
    name="sudy",
    evidence=(
        Sign("wp_articlecontent", ("wp_",)),
        Sign("arti_metas|arti_title", ("arti_",)),
        Sign("_visitcount", ("_visitcount",)),
        Sign(r"/_upload/(?:article|tpl|site)/", ("/_upload/",)),
        Sign("sudyfile-attr|sudy-wp|wp_pdf_player", ("sudy", "wp_")),
        Sign(r"/\d{4}/\d{4}/c\d+a\d+/pagem?\.(?:htm|psp)", ("/page.", "/pagem.")),
    ),
    article=ArticleHooks(
        body=(".wp_articlecontent",),
        title=("h1.arti_title", ".arti_title"),
        volatile=(".arti_views", ".WP_VisitCount"),
    ),
    lists=ListHooks(next_page=(".page_nav a.next", ".pagination a.next")),
)
