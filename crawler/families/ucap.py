"""开普 UCAP: gov.cn and the portals built on 开普云."""

from __future__ import annotations

from crawler.families.family import Family
from pipelines.extraction.hooks import ArticleHooks

UCAP = Family(
    name="ucap",
    evidence=(
        r"UCAP-CONTENT",
        r"<ucap(?:content|title)\b",
        r"/search5/search/|\bucap\.",
        r"/content_\d{6,}\.html?",
    ),
    article=ArticleHooks(
        body=("#UCAP-CONTENT", "ucapcontent", ".pages_content"),
        title=("ucaptitle", ".share-title"),
    ),
)
