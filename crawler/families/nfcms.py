"""南方 NFCMS: the portals of Guangdong's government and its cities."""

from __future__ import annotations

from crawler.families.family import Family, Sign, literal
from pipelines.extraction.hooks import ArticleHooks

NFCMS = Family(
    name="nfcms",
    evidence=(
        literal("NFCMS"),
        Sign("nfw-cms-|nfw_cms", ("nfw",)),
        Sign(r"/content/(?:m?post|mmpost)_\d+\.html", ("post_",)),
        Sign(r"/attachment/\d+/\d+/\d+/\d+\.\w{2,5}", ("/attachment/",)),
    ),
    article=ArticleHooks(
        body=("#zoomcon", "#info_cont", ".article-content-body", "#detailCon"),
        title=(".content_title_h1",),
        volatile=("[id^=NFCMS-POST-VISIT]", ".content_title2"),
    ),
)
