"""gkmlpt: the disclosure platform of Guangdong, with its metadata as a table on every page."""

from __future__ import annotations

from crawler.families.family import Family
from pipelines.extraction.hooks import ArticleHooks

GKMLPT = Family(
    name="gkmlpt",
    evidence=(
        r"window\._CONFIG\s*=",
        r"/gkmlpt/",
        r"/gkmlpt/(?:content/\d+/\d+/m?post_\d+|api/all/|index|annualReport)",
        r"policy-content-org|policy-content-header",
    ),
    article=ArticleHooks(
        body=(".article-content",),
        title=("h1.title",),
        volatile=(".op-row", "#post-visit", "h1.print-title"),
    ),
)
