"""Scrapy's commands see one spider per seed, paced by where its lists are."""

from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.settings import Settings

from archive.problems import Problem
from archive.records import Due, ResourceKind
from crawler.spiders.identity import user_agent
from crawler.spiders.loader import SeedSpiderLoader

SEED = 'id = "{id}"\ntitle = "t"\n[discover]\nurls = ["{url}"]\n[crawl]\ndelay = {delay}\n'


@pytest.fixture
def seeds(tmp_path, monkeypatch):
    urls = {
        "public": ("http://kjj.cq.gov.cn/zwgk/index.html", 0),
        "slow": ("http://kjj.cq.gov.cn/tzgg/index.html", 5),
        "own": ("http://127.0.0.9:8000/list.html", 0),
    }
    for name, (url, delay) in urls.items():
        (tmp_path / f"{name}.toml").write_text(SEED.format(id=name, url=url, delay=delay))
    monkeypatch.setenv("GONGWEN_SEEDS", str(tmp_path))
    monkeypatch.setenv("GONGWEN_ALLOW_ADDRESSES", "127.0.0.9/32:8000")
    monkeypatch.delenv("GONGWEN_CONTACT", raising=False)
    return SeedSpiderLoader.from_settings(Settings())


def settings_of(loader, name):
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    loader.load(name).update_settings(settings)
    return settings


def test_every_seed_is_a_spider(seeds):
    assert sorted(seeds.list()) == ["own", "public", "slow"]
    assert seeds.load("slow").name == "slow"
    with pytest.raises(KeyError):
        seeds.load("nobody")


def test_a_page_is_matched_to_the_seed_whose_section_holds_it(seeds):
    inside = Request("http://kjj.cq.gov.cn/tzgg/202307/t1.html")
    assert seeds.find_by_request(inside) == ["slow"]
    assert seeds.find_by_request(Request("http://elsewhere.cn/")) == []


def test_the_public_web_is_not_asked_without_a_contact(seeds):
    with pytest.raises(Problem) as caught:
        settings_of(seeds, "public")
    assert "GONGWEN_CONTACT" in caught.value.next_step
    assert settings_of(seeds, "own")["USER_AGENT"] == user_agent(None)


@pytest.mark.parametrize(
    ("name", "delay", "own_delay", "concurrency"),
    [("public", 1.0, 0.0, 1), ("slow", 5.0, 5.0, 1), ("own", 1.0, 0.0, 16)],
)
def test_only_allowed_addresses_may_be_asked_without_delay(
    seeds, monkeypatch, name, delay, own_delay, concurrency
):
    monkeypatch.setenv("GONGWEN_CONTACT", "mailto:archive@example.cn")
    settings = settings_of(seeds, name)
    assert settings.getfloat("DOWNLOAD_DELAY") == delay
    assert settings.getfloat("OWN_DELAY") == own_delay
    assert settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == concurrency
    assert "+mailto:archive@example.cn" in settings["USER_AGENT"]


def test_remote_consoles_proxies_and_other_schemes_are_off(seeds):
    settings = settings_of(seeds, "own")
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    for name in ("TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED", "HTTPPROXY_ENABLED"):
        assert not settings.getbool(name)
    handlers = settings.get_component_priority_dict_with_base
    assert {k for k, v in settings["DOWNLOAD_HANDLERS"].items() if v is None} >= {
        "data",
        "file",
        "ftp",
        "s3",
    }, handlers


@pytest.mark.parametrize(
    ("switched_off", "skipped"),
    [
        ("", []),
        ("images = false", ["image"]),
        ("attachments = false", ["file"]),
        ("attachments = false\nimages = false", ["file", "image"]),
    ],
)
def test_a_seed_leaves_files_and_images_alone_that_it_does_not_want(
    tmp_path, monkeypatch, switched_off, skipped
):
    text = SEED.format(id="one", url="http://one.example/", delay=1) + switched_off
    (tmp_path / "one.toml").write_text(text)
    monkeypatch.setenv("GONGWEN_SEEDS", str(tmp_path))
    spider = SeedSpiderLoader.from_settings(Settings()).load("one")()
    spider.session = SimpleNamespace(resources=(4,))
    due = {
        "list": Due(1, "http://one.example/", ResourceKind.LIST),
        "file": Due(2, "http://one.example/a.pdf", ResourceKind.ATTACHMENT),
        "image": Due(3, "http://one.example/a.png", ResourceKind.ATTACHMENT, image=True),
        "named": Due(4, "http://one.example/b.png", ResourceKind.ATTACHMENT, image=True),
    }
    named = due.pop("named")
    assert [name for name, each in due.items() if spider._unwanted(each)] == skipped
    assert not spider._unwanted(named)
