"""The words for the contracts' codes: the glossary's second half; `python -m tests.architecture.glossary` prints it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from supervision import words
from supervision.words import Word

TABLES = {
    "LIGHTS": "灯 · Lights",
    "LEVELS": "督办的级 · Levels of an escalation",
    "ESCALATION_STATES": "督办的状态 · States of an escalation",
    "CAUSES": "督办的原因 · Causes of an escalation",
    "CLAIMS": "自报 · What a report claims",
    "FINDINGS": "认定与决定 · Findings and decisions",
    "SCHEDULE": "一个周期的报送 · A period's report",
    "MONTHS": "一个月的报送 · A month's report",
    "VERDICTS": "裁定 · Verdicts",
    "REMARKS": "附注 · Remarks",
    "CATEGORIES": "事项类别 · Categories",
    "CLASSIFICATIONS": "公开与否 · Classifications",
    "ROLES": "角色 · Roles",
    "DEDUCTIONS": "扣分 · Deductions",
    "PRIVILEGED": "敏感读取 · Privileged reads",
    "SUBMISSIONS": "提交 · Submissions",
    "DELIVERIES": "送达 · Deliveries",
    "CHANNELS": "通道 · Channels",
    "NOTE": "标记 · Marks",
}
"""The tables of `supervision.words` that the glossary shows, with their headings."""


def tables() -> dict[str, dict[str, Word]]:
    """Every table of words by its name."""
    return {
        name: value
        for name, value in vars(words).items()
        if name.isupper() and isinstance(value, dict) and all(isinstance(word, Word) for word in value.values())
    }


def rows() -> Iterator[str]:
    """The second half, line by line."""
    known = tables()
    for name, heading in TABLES.items():
        yield from (
            "",
            f"### {heading}",
            "",
            f"`supervision.words.{name}`",
            "",
            "| 中文 | English | code |",
            "|---|---|---|",
        )
        yield from (f"| {word.zh} | {word.en} | `{code}` |" for code, word in known[name].items())


if __name__ == "__main__":
    sys.stdout.write("\n".join(rows()) + "\n")
