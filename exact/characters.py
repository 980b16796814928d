"""Characters that no text from outside may hold: controls, turns of direction, half characters, and what is none."""

from __future__ import annotations

import re
from typing import Final

from exact.faults import Fault, Location
from supervision.words import Word

_PLANES: Final = "".join(chr((plane << 16) + last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
_CONTROLS: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_DIRECTIONS: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""A text with one of these is shown in another order than it is stored (CVE-2021-42574)."""
FORBIDDEN: Final = re.compile(f"[{_CONTROLS}{_DIRECTIONS}\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff{_PLANES}]")
"""Tab, line feed and carriage return are allowed; surrogates and noncharacters (Unicode 3.4, D14) are not."""
TEXT_INVALID: Final = Word(
    "含有不允许的字符（控制字符、方向控制符、孤立代理项或非字符）", "has a character that is not allowed"
)


def forbidden_in(text: str) -> str:
    """The first such character as `U+202E`, empty where there is none."""
    found = FORBIDDEN.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def text_fault(loc: Location, character: str) -> Fault:
    """What is told of a text that holds `character`."""
    return Fault(loc, "text_invalid", f"{TEXT_INVALID.zh}：{character}", f"{TEXT_INVALID.en}: {character}")
