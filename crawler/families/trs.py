"""拓尔思 TRS WCM / 海云: ministries, most provinces, the Chongqing cluster."""

from __future__ import annotations

from crawler.families.family import Family, Sign
from pipelines.extraction.hooks import ArticleHooks

TRS = Family(
    name="trs",
    evidence=(
        Sign(r"/t(?:19|20)\d{6}_\d+\.s?html?", ("/t19", "/t20")),
        Sign(r"\bcreatePage(?:HTML)?\(", ("createPage",)),
        Sign("TRS_Editor|TRS_UEDITOR|trs_editor_view|trs_paper_default", ("trs_",)),
        Sign(r"/[PW]0(?:19|20)\d{12,22}\.\w{2,5}", ("/P0", "/W0")),
        Sign("CurrChnlCls|TRS_WCM|trswcm", ("CurrChnlCls", "trs_", "trswcm")),
    ),
    article=ArticleHooks(
        body=(
            ".trs_editor_view",
            ".TRS_UEDITOR",
            ".TRS_Editor",
            ".trs_paper_default",
            ".zwxl-article",
            ".zcwjk-xlcon",
            ".gfxwj-content",
            ".xl-con",
        ),
        title=(".zwxl-bt", ".articleTitle"),
    ),
)
