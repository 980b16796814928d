"""Which column a heading names, in any order, in Chinese and English; and the words for roles in such a column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final, Literal

from directory.persons import WAYS, Person, PersonRole
from supervision.words import Word

Column = Literal[
    "name", "unit", "role", "leader", "jurisdiction", "status", "id",
    "mail", "phone", "wecom", "dingtalk", "feishu", "webhook",
    "unit_id", "unit_name", "kind", "leader_id", "label",
]  # fmt: skip
SheetKind = Literal["persons", "units", "leaders"]

HEADINGS: Final[Mapping[Column, tuple[str, ...]]] = {
    "name": ("姓名", "Name", "名字", "full name"),
    "unit": ("单位", "Unit", "所在单位", "工作单位", "承办单位", "部门", "organisation", "organization", "department"),
    "role": ("职务/身份", "Role", "身份", "职务", "角色", "position"),
    "leader": ("领导编号", "Leader", "分管领导编号", "leader id"),
    "jurisdiction": ("行政区划代码", "Jurisdiction", "区划代码", "行政区划", "辖区"),
    "status": ("状态", "Status", "在岗", "是否在岗", "active"),
    "id": ("人员编号", "Person id", "id"),
    "mail": ("邮箱", "Mail", "电子邮箱", "邮件", "邮箱地址", "email", "e-mail"),
    "phone": ("手机", "Phone", "手机号", "手机号码", "电话", "联系电话", "mobile", "tel", "telephone"),
    "wecom": ("企业微信", "WeCom", "企业微信号", "企业微信账号", "wechat work"),
    "dingtalk": ("钉钉", "DingTalk", "钉钉号", "钉钉账号"),
    "feishu": ("飞书", "Feishu", "飞书号", "飞书账号", "lark"),
    "webhook": ("网络回调", "Webhook", "群机器人"),
    "unit_id": ("单位编号", "Unit id", "单位代码"),
    "unit_name": ("单位名称", "Unit name", "单位全称"),
    "kind": ("单位类别", "Kind", "类别"),
    "leader_id": ("领导编号", "Leader id"),
    "label": ("分管", "In charge of", "分管工作", "label"),
}
"""The heading that is written, its English, and others that are understood."""
_SHEETS: Final[Mapping[SheetKind, tuple[tuple[Column, ...], tuple[Column, ...]]]] = {
    "persons": (
        ("name",),
        ("name", "unit", "role", "leader", "jurisdiction", "status", "id", *WAYS),
    ),
    "units": (("unit_id", "unit_name"), ("unit_id", "unit_name", "kind", "jurisdiction")),
    "leaders": (("leader_id", "label"), ("leader_id", "label", "jurisdiction")),
}
"""What a sheet of each kind must have, and may have."""

ROLE_WORDS: Final[Mapping[tuple[PersonRole, bool], tuple[str, ...]]] = {
    ("unit", False): ("经办人", "clerk", "单位经办人", "联络员", "工作人员", "unit"),
    ("unit", True): ("主要负责人", "head", "负责人", "单位负责人", "单位主要负责人"),
    ("office", False): ("督查室", "office", "督查员", "督查室工作人员", "区府办公室督查室"),
    ("leader", False): ("分管区领导", "leader", "分管领导"),
    ("chief", False): ("区政府主要领导", "chief", "主要领导"),
    ("auditor", False): ("审计", "auditor", "审计人员"),
}
STATUS_WORDS: Final[Mapping[bool, tuple[str, ...]]] = {
    True: ("在岗", "active", "是", "yes", "启用"),
    False: ("停用", "disabled", "否", "no", "离岗", "离任"),
}


def plain(text: str) -> str:
    """A heading or a word without what people put around it: case, spaces, stars, a remark in brackets."""
    narrow = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[\s*:_]|\(.*?\)", "", narrow)


def sheet_kind(headings: Mapping[str, str]) -> tuple[SheetKind, dict[str, Column]] | None:
    """What kind of sheet has these headings (by column letter), and which column is which; None for none of ours."""
    for kind, (needed, known) in _SHEETS.items():
        names = {plain(word): column for column in known for word in _understood(column)}
        found = {letter: names[plain(text)] for letter, text in headings.items() if plain(text) in names}
        if set(needed) <= set(found.values()):
            return kind, found
    return None


def _understood(column: Column) -> tuple[str, ...]:
    chinese, english, *_ = words = HEADINGS[column]
    return (*words, f"{chinese}/{english}", f"{chinese} {english}")


def heading(column: Column) -> str:
    """The heading of a column as it is written."""
    return f"{HEADINGS[column][0]} {HEADINGS[column][1]}"


def columns_of(kind: SheetKind) -> tuple[Column, ...]:
    """The columns of a sheet, in the order in which they are written."""
    return _SHEETS[kind][1]


def role_of(text: str) -> tuple[PersonRole, bool] | None:
    """The role that a word names, and whether it is the head's."""
    known = {plain(word): role for role, words in ROLE_WORDS.items() for word in words}
    return known.get(plain(text))


def status_of(text: str) -> bool | None:
    """Whether a word says that somebody is on duty."""
    return next((known for known, words in STATUS_WORDS.items() if plain(text) in map(plain, words)), None)


def role_word(person: Person) -> Word:
    """The word for a person's role."""
    return Word(*ROLE_WORDS[(person.role, person.head)][:2])
