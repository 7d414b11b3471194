"""北大方正 Founder epaper and 方正云: newspapers by page, their data in comments."""

from __future__ import annotations

from crawler.families.family import Family
from pipelines.extraction.hooks import ArticleHooks

FOUNDER = Family(
    name="founder",
    evidence=(
        r"<founder-(?:content|title)|<cms-content",
        r"enpproperty|<!--\s*enpcontent",
        r"PagePicMap",
        r"""id=["']?ozoom""",
        r"""[/"'](?:node_[A-Z]?\d+|nw\.\w+|nbs\.\w+)\.s?html?""",
        r"""["'](?:\./)?content_\d+(?:_\d+)?\.html?["']""",
        r"北大方正|founder\.com",
    ),
    article=ArticleHooks(
        body=("founder-content", "cms-content", "#ozoom", "#articleContent"),
        title=("founder-title",),
        subtitle=("founder-subtitle",),
        kicker=("founder-introtitle",),
        volatile=("#titleList", "map", "#pagelist", ".titleList"),
    ),
)
