"""The paragraphs of the rulebook that rulings name, by number and in words."""

from __future__ import annotations

import re
from typing import Final

from supervision.words import LEVELS, Word, Words

_NUMBERED: Final = re.compile(r"Lights (\d+)")
_LADDER: Final = "Escalation ladder"
_WORDS: Final[Words] = {
    "Lights 1 green": Word("节点目标按期达成，即亮绿灯", "the node was met in time: green at once"),
    "Lights 1 none": Word(
        "据以亮灯的报告不再成立，期限未到，回到待报", "what had made it green no longer stands; not due yet"
    ),
    "Lights 2": Word("期限届满，节点目标未按期达成", "the deadline passed and the node was not met in time"),
    "Lights 3": Word(
        "未按期达成，且上一周期已是黄灯或红灯，亮红灯", "not met in time, and the period before was yellow or red"
    ),
    "Lights 4": Word("据以认定的情况有变，重新推定灯色", "what counts has changed, so the light is derived anew"),
    "Lights 6 green": Word("各月按时报送且末月节点达成", "every month came in time and the last month's node is met"),
    "Lights 6": Word("有月份未按时报送，或末月节点未达成", "a month did not come in time, or the last node is not met"),
    "Lights 8": Word("事项已退出考核，不再亮灯", "the item was withdrawn; it has no light"),
    "Lights 9": Word("期限届满时没有已确认的节点目标", "no confirmed node when the deadline passed"),
    "Policy": Word("按本方案所用政策的规定亮灯", "the light that the programme's policy gives"),
}


def rule_name(rule: str) -> Word:
    """A paragraph such as `Lights 3` or `Escalation ladder: interview` as people call it."""
    if numbered := _NUMBERED.fullmatch(rule):
        return Word(f"亮灯规则第{numbered[1]}条", rule)
    if rule == "Policy":
        return Word("政策规定", rule)
    section, _, rest = rule.partition(": ")
    if section != _LADDER:
        return Word(rule, rule)
    level = LEVELS.get(rest.replace(" ", "_"))
    return Word(f"督办阶梯·{level.zh}" if level else "督办阶梯", rule)


def rule_word(rule: str, light: str) -> Word:
    """What the paragraph by which a light moved to `light` says, after its name."""
    name = rule_name(rule)
    said = _WORDS.get(f"{rule} {light}") or _WORDS.get(rule)
    return name if said is None else Word(f"{name.zh}：{said.zh}", f"{name.en}: {said.en}")
