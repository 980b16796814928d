"""Whether a leader is named as a person or as an office: a person's name enters no programme."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ROLE: Final = re.compile(
    r"常务|[一二三四]级|[区县市省镇乡]?(委|政府|人大|政协)(会)?(办公室|办)?|党组|常委|副?([区县市镇乡局院]长|书记|主任|部长|主席|秘书长|调研员)|"
    r"负责人|成员|同志|女士|先生|正职|副职|主管"
)
_FIELD: Final = re.compile(
    r"交通|农业|农村|教育|财政|工业|科技|卫生|卫健|民政|住建|城建|水利|水务|环保|生态|文旅|文化|旅游|商务|政法|经济|"
    r"招商|应急|信访|司法|公安|审计|统计|发改|国土|医保|人社|市政|综治|宣传|组织|统战|金融|林业|体育|安全|安监|文教|康养|温泉|.*[线口片组]"
)
"""What a leader may be in charge of, in words as short as a name."""
_PLACE: Final = re.compile(
    r".*[镇乡村区县市湖河江园局委办会室府处院所队站社校厅部团联司科股馆场库港桥路山岛]|.*(街道|工作|建设|工程|单位|中心|银行)"
)
_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
    "廖贾夏韦付傅白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁"
    "岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤"
)
_NAME: Final = re.compile(
    rf"(?:[{_SURNAMES}][一-鿿]{{1,2}}|(?:欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容)[一-鿿]{{1,2}})"
)
_AFTER_TITLE: Final = re.compile(rf".*(?:长|主任|书记|委员|常委|主席|政委|领导)({_NAME.pattern})")
_PARTS: Final = re.compile(r"[\s·()、,，/:;；]+")
_IN_CHARGE: Final = re.compile(r"分管|[区县市]?领导")


def is_person(text: str) -> bool:
    """Whether a leader is named as a person, alone or beside the office: 张三, 王副区长, 副区长 张三."""
    parts = [one for one in _PARTS.split(unicodedata.normalize("NFKC", text)) if one]
    fields = next((at for at, one in enumerate(parts) if at and _FIELD.fullmatch(one)), len(parts))
    return any(_is_name(part, alone=at == 0, fields=at > fields) for at, part in enumerate(parts))


def names_person_beside(unit: str) -> bool:
    """Whether a person is named behind a unit: 区交通局 张三, 区交通局（张三）; 区住建局（区人防办） are two units."""
    parts = [one for one in _PARTS.split(unicodedata.normalize("NFKC", unit)) if one]
    return any(_NAME.fullmatch(one) and not (_FIELD.fullmatch(one) or _PLACE.fullmatch(one)) for one in parts[1:])


def is_office(text: str) -> bool:
    """Whether a text is a title and nothing else: 区委常委, 副区长."""
    return not _ROLE.sub("", re.sub(r"\s", "", text))


def _is_name(part: str, *, alone: bool, fields: bool) -> bool:
    """Whether a part is a name, or has one; `alone` or beside a title a short word is taken for one.

    Behind `fields`, 文旅、康养, a bare word is one more of them.
    """
    if match := _AFTER_TITLE.fullmatch(part):
        return not _FIELD.fullmatch(match[1]) and not _PLACE.fullmatch(match[1])
    if _IN_CHARGE.search(part):
        return False
    rest = _ROLE.sub("", part)
    if not rest or _FIELD.fullmatch(rest):
        return False
    if alone or rest != part:
        return bool(re.fullmatch(r"[一-鿿]{1,4}", rest)) and not (rest != part and _PLACE.fullmatch(rest))
    return not fields and bool(_NAME.fullmatch(rest)) and not _PLACE.fullmatch(rest)
