"""The few evidence files of the simulated year; each of them says that it is simulated."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

_NOTE = (
    "模拟数据，仅供演示，不代表任何单位的真实工作。\n"
    "Simulated data for demonstration; it describes no real unit's work.\n"
)


@dataclass(frozen=True)
class EvidenceFile:
    """A file that a unit or the office hands in."""

    name: str
    content: bytes
    media_type: str

    @cached_property
    def sha256(self) -> str:
        """Its name in the evidence store."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def reference(self) -> dict[str, Any]:
        """How a submission names it."""
        return {
            "sha256": self.sha256,
            "name": self.name,
            "size": len(self.content),
            "media_type": self.media_type,
        }


def _text(name: str, title: str) -> EvidenceFile:
    return EvidenceFile(name, f"{title}\n\n{_NOTE}".encode(), "text/plain")


PLAN_SCAN = _text("模拟-任务计划表-盖章扫描件.txt", "任务计划表（附件4/5）盖章扫描件")
REPORT = _text("模拟-进展佐证材料.txt", "进展情况佐证材料（附件6）")
PHOTOS = _text("模拟-现场照片说明.txt", "现场照片说明")
RECTIFICATION = _text("模拟-整改报告.txt", "督查整改报告")
MINUTES = _text("模拟-约谈纪要.txt", "约谈纪要")
VISIT = _text("模拟-现场督查记录.txt", "现场督查记录（四不两直）")

EVIDENCE_FILES = (PLAN_SCAN, REPORT, PHOTOS, RECTIFICATION, MINUTES, VISIT)
