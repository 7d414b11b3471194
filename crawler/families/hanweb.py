"""大汉 Hanweb: JCMS, 版通 and JPAAS; Jiangsu, Shandong, Zhejiang and others."""

from __future__ import annotations

from crawler.families.family import Family
from pipelines.extraction.hooks import ArticleHooks

HANWEB = Family(
    name="hanweb",
    evidence=(
        r"/module/(?:web/)?jpage/\w*dataproxy\.jsp",
        r"<datastore>|<recordset>",
        r"/art/\d{4}/(?:\d{1,2}/\d{1,2}/)?art_(?:\d+_\d+|[0-9a-f]{32})",
        r"<!--\s*<\$\[|ZJEG_RSS\.content",
        r"jpaas-publish-server|Produced By 大汉",
        r"/col/col\d+/",
        r"/module/download/down(?:file)?\.jsp",
    ),
    article=ArticleHooks(
        body=("#zoom", "#ivs_content", ".article-content", ".main-txt", ".bt_content"),
        title=(".bt_title", ".old_title"),
    ),
)
