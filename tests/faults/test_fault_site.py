"""The faulty site itself: what tests build on must hold."""

from __future__ import annotations

from pathlib import Path

from tests.faults.sections import article, section
from tests.faults.site import serving


def test_a_sound_section_is_crawled_whole(tmp_path: Path) -> None:
    targets = [f"/a/{number}.html" for number in range(3)]
    routes = {target: article(f"关于{target}的通知") for target in targets}
    with serving(routes) as site:
        gongwen = section(tmp_path, site, targets)
        gongwen.run("crawl", "faulty")
        held = {row["url"] for row in gongwen.rows("docs")}
    assert held == {site.origin + target for target in targets}
    assert [len(site.hits(target)) for target in targets] == [1, 1, 1]
    assert site.hits("/a/0.html")[0].header("host") == f"{site.address}:{site.port}"
