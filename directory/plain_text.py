"""What a name or an address may look like; nothing with control characters, formulas or room for other data gets in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from supervision.words import Word

NAME_CHARACTERS: Final = 60
LABEL_CHARACTERS: Final = 200
_MARKS: Final = frozenset(" ·•‧.-'’()（）")
_FORMULA: Final = ("=", "+", "-", "@")
_MOST_DIGITS: Final = 3
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_JURISDICTION: Final = re.compile(r"[0-9]{6}")
_MAIL: Final = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")
_PHONE: Final = re.compile(r"\+?[0-9]{5,15}")
_USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{2,63}")
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


class Unfit(ValueError):
    """A text that the directory does not take; `why` says so in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.why = Word(zh, en)


def person_name(text: str) -> str:
    """A person's name: letters of any script, spaces, middle dots; three digits at most. Raises Unfit."""
    name = _clean(text, NAME_CHARACTERS)
    strange = next((one for one in name if not (_is_letter(one) or one.isdecimal() or one in _MARKS)), None)
    if strange is not None:
        raise Unfit(f"姓名中不能有 {_spelt(strange)}", f"a name must not have {_spelt(strange)}")
    if sum(one.isdecimal() for one in name) > _MOST_DIGITS or not any(map(_is_letter, name)):
        raise Unfit("姓名中不能有号码", "a name is not a number and holds none")
    return name


def label(text: str) -> str:
    """The name of a unit, or what a leader is in charge of. Raises Unfit."""
    return _clean(text, LABEL_CHARACTERS)


def identifier(text: str) -> str:
    """An id of a unit, a leader or a person. Raises Unfit."""
    return _matching(_ID, text, "编号只能有字母、数字和 . _ -", "an id has letters, digits and . _ - alone")


def username(text: str) -> str:
    """The name with which somebody signs in, in small letters as the provider keeps it. Raises Unfit."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    return _matching(
        _USERNAME,
        plain,
        "登录名应为 3 至 64 个小写字母、数字或 . _ @ -，以字母或数字开头",
        "a user name has 3 to 64 small letters, digits or . _ @ -, and begins with a letter or digit",
    )


def jurisdiction(text: str) -> str:
    """The six digits of a jurisdiction. Raises Unfit."""
    return _matching(_JURISDICTION, text, "行政区划代码应为六位数字", "a jurisdiction is six digits")


def _mail(text: str) -> str:
    return _matching(_MAIL, text, "不是邮箱地址", "is no mail address")


def _phone(text: str) -> str:
    plain = re.sub(r"[\s()（）-]", "", unicodedata.normalize("NFKC", text))
    return _matching(_PHONE, plain, "不是电话号码", "is no telephone number")


def _account(text: str) -> str:
    return _matching(
        _ACCOUNT, text, "账号只能有字母、数字和 . _ @ -", "an account has letters, digits and . _ @ - alone"
    )


def _webhook(text: str) -> str:
    parts = urlsplit(text) if text.isascii() and text.isprintable() and " " not in text else None
    if parts is None or parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or len(text) > 1000:
        raise Unfit("应为 https 地址", "must be an https address")
    return text


_ADDRESSES: Final[Mapping[str, Callable[[str], str]]] = {
    "mail": _mail,
    "phone": _phone,
    "wecom": _account,
    "dingtalk": _account,
    "feishu": _account,
    "webhook": _webhook,
}


def address(way: str, text: str) -> str:
    """An address of one way to reach somebody, as it is used. Raises Unfit."""
    check = _ADDRESSES.get(way)
    if check is None:
        raise Unfit(f"没有 {way} 这种联系方式", f"{way} is no way to reach anybody")
    plain = text.strip() if way in ("phone", "webhook") else unicodedata.normalize("NFKC", text).strip()
    return check(plain)


def _clean(text: str, longest: int) -> str:
    """One line in composed form without anything that a terminal, a browser or a spreadsheet would act on."""
    plain = unicodedata.normalize("NFC", text).strip(" 　")
    strange = next((one for one in plain if unicodedata.category(one)[0] in "CZ" and one not in " 　"), None)
    if strange is not None:
        raise Unfit(
            f"含有不可见或控制字符 {_spelt(strange)}", f"has an invisible or control character {_spelt(strange)}"
        )
    if not plain:
        raise Unfit("不能为空", "must not be empty")
    if plain.startswith(_FORMULA):
        raise Unfit("不能以 = + - @ 开头", "must not begin with = + - @")
    if len(plain) > longest:
        raise Unfit(f"至多 {longest} 个字符", f"must have at most {longest} characters")
    return plain


def _is_letter(one: str) -> bool:
    return unicodedata.category(one)[0] in "LM"


def _spelt(one: str) -> str:
    return f"U+{ord(one):04X}" + (f"（{one}）" if one.isprintable() and not one.isspace() else "")


def _matching(pattern: re.Pattern[str], text: str, zh: str, en: str) -> str:
    if not pattern.fullmatch(text):
        raise Unfit(zh, en)
    return text
