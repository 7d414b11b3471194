"""Contact data is marked where a label, a column or its form makes it sure, and nowhere else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.masking import MARK, mask
from pipelines.extraction.contacts import find_contacts
from pipelines.extraction.identity import is_identity

Found = list[tuple[str, str]]


def found(text: str) -> Found:
    return [(each.kind.value, text[each.start : each.end]) for each in find_contacts(text)]


MARKED: list[tuple[str, Found]] = [
    (
        "联 系 人:余大林    联系电话:67510000 15900000235    "
        "邮 编:401147    地 址:某市某区新溉大道2号生产力大厦1015室    (回执请寄办公室)",
        [
            ("person", "余大林"),
            ("phone", "67510000"),
            ("phone", "15900000235"),
            ("address", "401147"),
            ("address", "某市某区新溉大道2号生产力大厦1015室"),
        ],
    ),
    (
        "联系人：张三，联系电话：023－67512345转8001、13800138000",
        [("person", "张三"), ("phone", "023－67512345转8001"), ("phone", "13800138000")],
    ),
    ("联系人及电话：李四 67512345", [("person", "李四"), ("phone", "67512345")]),
    (
        "经 办 人：王小二   电　话：（023）67512345",
        [("person", "王小二"), ("phone", "（023）67512345")],
    ),
    ("联系人：\n张三\n联系电话：\n023-67512345", [("person", "张三"), ("phone", "023-67512345")]),
    ("联系人张三，电话13800138000", [("person", "张三"), ("phone", "13800138000")]),
    ("（联系人：综合处张三；电话：67512345）", [("person", "张三"), ("phone", "67512345")]),
    (
        "采购单位联系方式：易女士 邱先生;18900000580 18600000418",
        [
            ("person", "易女士"),
            ("person", "邱先生"),
            ("phone", "18900000580"),
            ("phone", "18600000418"),
        ],
    ),
    (
        "联系人：欧阳修、刘 佳、阿卜力克木·买买提",
        [("person", "欧阳修"), ("person", "刘 佳"), ("person", "阿卜力克木·买买提")],
    ),
    (
        "如有疑问，请与张老师联系（023-67512345）。",
        [("person", "张老师"), ("phone", "023-67512345")],
    ),
    ("项目负责人：张三 18900000580", [("person", "张三"), ("phone", "18900000580")]),
    (
        "联 系 人 | 张三 | 联系电话 | 010-88888888 | 传 真 | 010-88888889",
        [("person", "张三"), ("phone", "010-88888888"), ("phone", "010-88888889")],
    ),
    (
        "单位 | 联系人 | 联系电话 | 联系地址\n市科技局 | 张三 | 67512345 | 某市某区某路2号\n"
        "某县科技局 | 李四光 | 023-73332222 | 某县某街9号",
        [
            ("person", "张三"),
            ("phone", "67512345"),
            ("address", "某市某区某路2号"),
            ("person", "李四光"),
            ("phone", "023-73332222"),
            ("address", "某县某街9号"),
        ],
    ),
    ("电话：2023001、20230012", [("phone", "2023001"), ("phone", "20230012")]),
    ("手机13800138000号码", [("phone", "13800138000")]),
    ("咨询电话：12345、12333", [("phone", "12345"), ("phone", "12333")]),
    ("Tel: +86-10-12345678", [("phone", "+86-10-12345678")]),
    ("客服热线：400-810-8888", [("phone", "400-810-8888")]),
    ("咨询电话：020-300000165。", [("phone", "020-300000165")]),
    (
        "邮箱：kjj#a.gov.cn（请将#替换为@）",
        [("email", "kjj#a.gov.cn")],
    ),
    ("请发至 a.b@c.com.cn。", [("email", "a.b@c.com.cn")]),
    (
        "通讯地址：北京市海淀区复兴路15号，邮政编码 100862。",
        [("address", "北京市海淀区复兴路15号"), ("address", "100862")],
    ),
    ("身份证号：110101199003078515", [("identity", "110101199003078515")]),
    (
        "收款人：张三\n银行账号：6222020200001234567",
        [("account", "6222020200001234567")],
    ),
]

NOT_MARKED = [
    "电话：2023-2025",
    "传真 2023-0012",
    "热线：2024-1234号文件",
    "电话：67512345号文件",
    "移动电话用户：13800138000户",
    "渝科局函〔2023〕278号",
    "索引号：11500000MB15895317/2023-00093",
    "索引号 | 000014349/2023-00012",
    "统一社会信用代码：91500000MA5U123456",
    "统一社会信用代码：110101199003078515",
    "金额13800138000元，8008108888元，12345678.90元，同比增长8.6%",
    "2023-07-26 20:49，20230412",
    "招标编号：0610-23412345",
    "编号13800138000",
    "准考证号 | 103193431324389 | 语言学",
    "第0159号建议，第0701号提案",
    "丁强强代表：\n您提出的建议收悉。",
    "某市科学技术局\n2023年4月12日",
    "市长 张三",
    "审核人：张三",
    "联系人和电话",
    "联系人：和邮箱",
    "联系人：和备注",
    "监督举报电话和信箱",
    "联系人姓名 | 工作部门和职务 | 联系电话/传真 | 电子邮箱",
    "联系人：\n联系电话：\n2023年",
    "请拨打12345热线。",
    "下载地址：http://a.cn/市区/a.pdf",
    "建设地址：某市某区某路2号",
    "报名地址：详见市局通知",
    "办学地址、收费标准、咨询电话等",
    "户名：某市财政局 账号：31001234567890",
    "通过电话、微信、QQ等渠道联系签约居民",
    "第一或通讯地址发表论文18979篇",
    "把 a@b 与 c#d.com 比较",
]


@pytest.mark.parametrize(("text", "expected"), MARKED)
def test_contact_data_is_marked(text: str, expected: Found) -> None:
    assert found(text) == expected


@pytest.mark.parametrize("text", NOT_MARKED)
def test_what_is_no_contact_data_stays(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("number", "right"),
    [("11010519491231002X", True), ("110105194912310021", False), ("11010519491331002X", False)],
)
def test_identity_numbers_have_a_birthday_and_a_check(number: str, right: bool) -> None:
    assert is_identity(number) is right


pieces = st.sampled_from(
    [
        "联系人：",
        "电话",
        "手机",
        "地址：",
        "邮编：",
        "传真",
        "张三",
        "李四",
        "黄先生",
        "综合处",
        "023-67512345",
        "13800138000",
        "67512345",
        "转8",
        "、",
        "；",
        "|",
        "\n",
        "（",
        "）",
        "和",
        "a@b.cn",
        "某市某区某路2号",
        "401147",
        "渝府发〔2023〕1号",
        "110101199003078515",
        "账号：",
        "户名：",
        "＃",
        "2023年",
        "。",
    ]
)
texts = st.lists(pieces, max_size=14).map("".join) | st.text(max_size=60)


@given(texts)
def test_spans_are_in_order_apart_and_within_the_text(text: str) -> None:
    end = 0
    for each in find_contacts(text):
        assert end <= each.start < each.end <= len(text)
        end = each.end


@given(texts)
def test_masking_twice_is_masking_once(text: str) -> None:
    contacts = find_contacts(text)
    once = mask(text, contacts)
    assert mask(once, contacts) == once
    assert len(once) == len(text)
    assert all(set(once[each.start : each.end]) == {MARK} for each in contacts)


@pytest.mark.parametrize(
    "unit",
    [
        "1380013800",
        "联系人：",
        "地址：市",
        "023-67512345、",
        "电话 ",
        "联系人：张",
        "a@b.",
        "( ",
        "张三 | ",
    ],
)
def test_a_long_text_of_one_sign_is_searched_fast(unit: str) -> None:
    started = time.process_time()
    find_contacts(unit * (200_000 // len(unit)))
    assert time.process_time() - started < 3
