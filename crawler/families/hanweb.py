"""大汉 Hanweb: JCMS, 版通 and JPAAS; Jiangsu, Shandong, Zhejiang and others."""

from __future__ import annotations

from crawler.families.family import Family, Sign, literal
from pipelines.extraction.hooks import ArticleHooks

HANWEB = Family(
    name="hanweb",
    evidence=(
        Sign(r"/module/(?:web/)?jpage/\w*dataproxy\.jsp", ("dataproxy.jsp",)),
        literal("<datastore>", "<recordset>"),
        Sign(r"/art/\d{4}/(?:\d{1,2}/\d{1,2}/)?art_(?:\d+_\d+|[0-9a-f]{32})", ("/art_",)),
        Sign(r"<!--\s*<\$\[|ZJEG_RSS\.content", ("<$[", "ZJEG_RSS.content")),
        literal("jpaas-publish-server", "Produced By 大汉"),
        Sign(r"/col/col\d+/", ("/col/col",)),
        Sign(r"/module/download/down(?:file)?\.jsp", ("/module/download/down",)),
    ),
    article=ArticleHooks(
        body=("#zoom", "#ivs_content", ".article-content", ".main-txt", ".bt_content"),
        title=(".bt_title", ".old_title"),
    ),
)
