"""北大方正 Founder epaper and 方正云: newspapers by page, their data in comments."""

from __future__ import annotations

from crawler.families.family import Family, Sign, literal
from pipelines.extraction.hooks import ArticleHooks

FOUNDER = Family(
    name="founder",
    evidence=(
        Sign(r"<founder-(?:content|title)|<cms-content", ("<founder-", "<cms-content")),
        Sign(r"enpproperty|<!--\s*enpcontent", ("enpproperty", "enpcontent")),
        literal("PagePicMap"),
        Sign(r"""id=["']?ozoom""", ("ozoom",)),
        Sign(r"""[/"'](?:node_[A-Z]?\d+|nw\.\w+|nbs\.\w+)\.s?html?""", ("node_", "nw.", "nbs.")),
        Sign(r"""["'](?:\./)?content_\d+(?:_\d+)?\.html?["']""", ("content_",)),
        Sign(r"北大方正|founder\.com", ("北大方正", "founder.com")),
    ),
    article=ArticleHooks(
        body=("founder-content", "cms-content", "#ozoom", "#articleContent"),
        title=("founder-title",),
        subtitle=("founder-subtitle",),
        kicker=("founder-introtitle",),
        volatile=("#titleList", "map", "#pagelist", ".titleList"),
    ),
)
