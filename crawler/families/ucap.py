"""开普 UCAP: gov.cn and the portals built on 开普云."""

from __future__ import annotations

from crawler.families.family import Family, Sign
from pipelines.extraction.hooks import ArticleHooks

UCAP = Family(
    name="ucap",
    evidence=(
        Sign("UCAP-CONTENT", ("ucap",)),
        Sign(r"<ucap(?:content|title)\b", ("ucap",)),
        Sign(r"/search5/search/|\bucap\.", ("/search5/search/", "ucap")),
        Sign(r"/content_\d{6,}\.html?", ("content_",)),
    ),
    article=ArticleHooks(
        body=("#UCAP-CONTENT", "ucapcontent", ".pages_content"),
        title=("ucaptitle", ".share-title"),
    ),
)
