"""The one place for the list of extracted fields."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "title": "标题",
        "subtitle": "副题",
        "kicker": "引题",
        "index_no": "索引号",
        "doc_no": "发文字号",
        "issuer": "发布机构",
        "theme": "主题分类",
        "genre": "体裁分类",
        "source": "来源",
        "author": "作者",
        "publisher": "发布者",
        "date_written": "成文日期",
        "date_signed": "落款日期",
        "date_published": "发布日期",
        "date_effective": "施行日期",
        "date_expiry": "失效日期",
        "validity": "有效性",
        "keywords": "关键词",
        "page_no": "版次",
        "page_name": "版名",
    }
)
"""Every extracted field, in the order people read them, with its Chinese name."""

DATE_FIELDS = tuple(name for name in FIELDS if name.startswith("date_"))
