"""Counters, clocks and page tools on lines of their own; the same words in prose are text."""

from __future__ import annotations

import time

import pytest

from archive.versioning.volatile import is_volatile, steady_lines


@pytest.mark.parametrize(
    "line",
    [
        "发布者:发展规划处发布时间:2024-03-05浏览次数:191",
        "浏览次数：123",
        "浏览次数：",
        "[浏览：1,234]",
        "（访问量：1.2万）",
        "阅读 123 次",
        "已有123人阅读",
        "本文已被浏览 12 次",
        "您是第 123 位访客",
        "来源：科技处  时间：2023-07-26  浏览：55次 【字体：大 中 小】",
        "2024-03-05 10:00 浏览次数：12",
        "点击数：12  打印本页  关闭窗口",
        "今天是2024年3月5日 星期二",
        "今天是：2024年03月05日 星期二 农历正月廿五",
        "今天是2024年3月5日 星期二 欢迎访问本站",
        "当前时间：10:22:33",
        "2024年3月5日 星期二 10:22:33",
        "(已下载 12 次)",
        "【字体：大 中 小】",
        "上一版 下一版",
        "3上一篇  下一篇4",
        "上一篇：关于印发某某办法的通知",
        "2023 年 02 月 24 日 星期 放大 缩小 默认",
        "扫一扫在手机打开当前页",
        "点赞 12",
    ],
)
def test_moving_line_is_taken_out(line: str) -> None:
    assert is_volatile(line)
    assert steady_lines(f"甲\n{line}\n乙") == ["甲", "乙"]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "今天是我国第23个全民国防教育日。",
        "今天是3月15日国际消费者权益日",
        "2023年4月12日",
        "2023年4月12日 星期三",
        "充分发挥科技创新的引导和放大作用",
        "网站总访问量：12345次",
        "本次会议浏览了展品123件",
        "北京时间2024年3月5日10时，火箭发射成功",
        "当前时间紧、任务重",
        "来源：科技处",
        "关于打印耗材采购的通知",
        "点击量同比增长30%",
        "二是扩大浏览量，提高阅读率。",
        "该应用上线以来阅读量：1203次，反响热烈",
        "附件：1.打印表.docx",
        "下载次数排名",
    ],
)
def test_text_line_stays(line: str) -> None:
    assert not is_volatile(line)
    assert steady_lines(f"甲\n{line}\n乙") == ["甲", line, "乙"]


def test_file_name_stays_without_its_download_count() -> None:
    assert steady_lines("附件【计划.docx】已下载12次") == ["附件【计划.docx】"]
    assert steady_lines("该应用已下载12次，附件") == ["该应用已下载12次，附件"]


@pytest.mark.parametrize("unit", ["一二", "3 ", "分享到", "11:1", "上一篇3", "今天是", "浏览:1"])
def test_hostile_line_takes_no_time(unit: str) -> None:
    started = time.perf_counter()
    for prefix in ("今天是", "当前时间", "3", "分享", ""):
        is_volatile(prefix + unit * 40 + "。")
    assert time.perf_counter() - started < 0.5
