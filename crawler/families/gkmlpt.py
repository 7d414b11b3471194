"""gkmlpt: the disclosure platform of Guangdong, with its metadata as a table on every page."""

from __future__ import annotations

from crawler.families.family import Family, Sign, literal
from pipelines.extraction.hooks import ArticleHooks

GKMLPT = Family(
    name="gkmlpt",
    evidence=(
        Sign(r"window\._CONFIG\s*=", ("window._CONFIG",)),
        literal("/gkmlpt/"),
        Sign(r"/gkmlpt/(?:content/\d+/\d+/m?post_\d+|api/all/|index|annualReport)", ("/gkmlpt/",)),
        Sign("policy-content-(?:org|header)", ("policy-content-",)),
    ),
    article=ArticleHooks(
        body=(".article-content",),
        title=("h1.title",),
        volatile=(".op-row", "#post-visit", "h1.print-title"),
    ),
)
