"""What the guard stops stays out of the archive, except a front door that opens on its own."""

from __future__ import annotations

import pytest

from archive.records import PageKind, ResourceKind
from crawler.families.reader import read
from pipelines.reading import Job

DOOR = """<html><head><meta charset="utf-8">
<meta http-equiv="refresh" content="1;url=html/2023-02/24/node_2.htm"></head>
<body><p>页面跳转中，请稍候，正在打开最新一期……</p></body></html>""".encode()
CHALLENGE = b"<script>var a='__jsl_clearance';document.cookie=a;location.reload()</script>"


def job(body: bytes, kind: ResourceKind) -> Job:
    return Job("http://paper.example/", body, kind=kind)


def test_front_door_that_asks_to_wait_leads_on_as_a_list() -> None:
    reading = read(job(DOOR, ResourceKind.LIST))
    assert reading.listing is not None
    assert reading.listing.next_page == "http://paper.example/html/2023-02/24/node_2.htm"


def test_page_that_only_leads_elsewhere_is_no_article() -> None:
    assert read(job(DOOR, ResourceKind.ARTICLE)).kind is PageKind.OTHER


@pytest.mark.parametrize("kind", [ResourceKind.LIST, ResourceKind.ARTICLE])
def test_challenge_is_stopped_wherever_it_stands(kind: ResourceKind) -> None:
    assert read(job(CHALLENGE, kind)).kind is PageKind.CHALLENGE
