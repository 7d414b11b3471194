"""Whole short lines of the page's frame, never words of the document."""

from __future__ import annotations

import pytest

from pipelines.extraction.furniture import (
    closes_page,
    ends_article,
    is_crumbs,
    is_editor,
    is_foot,
    is_furniture,
    opens_related,
)

FURNITURE = (
    "【字体：大 中 小】",
    "字号： 大 中 小",
    "打印本页 关闭窗口",
    "【打印】【关闭】",
    "3上一篇  下一篇4",
    "上一版 下一版",
    "扫一扫在手机打开当前页",
    "分享到：",
    "浏览次数：191",
    "阅读（233）次",
    "您是第12345位访客",
    "放大 缩小 默认",
    "返回顶部",
    "（责任编辑：系统管理员）",
    "X",
    "相关附件",
    "微信扫一扫，分享到朋友圈",
    "主办：某局 京ICP备05035542号",
    "今天是2024年5月1日 星期三",
    "本网站内容未经书面授权 不得转载",
)
TEXT = (
    "发挥政府基金的引导和放大作用，有效吸纳社会投资",
    "一、打印机采购要求",
    "附件1：申报书",
    "重庆市科学技术局",
    "2023年4月12日",
    "关于分享经济发展的意见",
    "（此件公开发布）",
    "联系人：余林林",
    "第一章 总则",
    "主办单位：重庆市科学技术局",
    "第十条 未经主管部门许可，任何单位和个人不得占用。",
    "请扫描下方二维码报名",
    "分享经济发展实施方案",
    "编辑出版工作",
    "今天是个值得纪念的日子",
    "三、办理ICP备案手续",
    "特别声明",
    "签发：张三",
    "最新研究表明，效果明显",
    "全文公开",
    "编辑出版工作由市委宣传部负责，各单位配合",
)


@pytest.mark.parametrize("line", FURNITURE)
def test_part_of_the_frame(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize("line", TEXT)
def test_part_of_the_document(line: str) -> None:
    assert not is_furniture(line)
    assert not ends_article(line)


@pytest.mark.parametrize("line", ["(责编：汤诗瑶、丁涛)", "编辑：吴晓璐", "【责任编辑:张樵苏 】"])
def test_editor_ends_an_article(line: str) -> None:
    assert is_editor(line)
    assert ends_article(line)


def test_edges_of_a_page() -> None:
    assert is_crumbs("当前位置：首页 > 政务公开")
    assert is_crumbs("位置：首页 » 教育政策 » 正文")
    assert is_foot("版权所有：某局 备案号：京ICP备05035542号")
    assert opens_related("相关阅读：")
    assert not opens_related("相关部门要加强领导")


CLOSING = (
    "版权所有：某局 备案号：京ICP备05035542号",
    "本网站内容未经书面授权，不得转载。",
    "技术支持：某某科技有限公司",
    "免责声明：本文仅代表作者个人观点，与本网无关。",
)
SAID_OF_ITSELF = (
    "特别声明：本平台仅接受网上报名，逾期不予受理。",
    "免责声明：参赛者自愿承担比赛风险，主办方不承担责任。",
    "其他单位和个人未经作者授权，不得转载参赛作品。",
    "答：网站信息未经授权不得转载，版权所有。",
    "三、首页底部应当标注ICP备案号。",
    "技术支持：0755-7654321",
    "技术支持单位：某某科技有限公司",
)


@pytest.mark.parametrize("line", CLOSING)
def test_foot_below_a_text_closes_the_page(line: str) -> None:
    assert closes_page(line)


@pytest.mark.parametrize("line", SAID_OF_ITSELF)
def test_sentence_of_the_document_closes_nothing(line: str) -> None:
    assert not closes_page(line)


def test_sentence_about_the_next_piece_is_no_neighbour() -> None:
    assert not ends_article("下一篇稿件请于六月前提交。")
    assert ends_article("下一篇：关于加强管理的通知。")


def test_place_of_an_office_is_no_trail() -> None:
    assert not is_crumbs("位置：政务大厅二楼")
    assert is_crumbs("位置：首页")
