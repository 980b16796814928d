"""What a replay can find, and its report: proved, contradicted, or cannot be decided."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

MAX_KEPT = 200
"""Findings that are kept in full; all are counted."""


class AuditVerdict(IntEnum):
    """What a replay comes to; the values are the exit codes."""

    PROVED = 0
    CONTRADICTED = 1
    UNDECIDED = 2


class FindingKind(StrEnum):
    """How a ruling on the log differs from the one that follows from the submissions."""

    MISSING = "missing"
    """A submission without a ruling, or a ruling that lacks an event."""
    SURPLUS = "surplus"
    """A ruling without its submission, or an event that does not follow."""
    DIFFERENT = "different"
    """An event that the rules make otherwise."""
    OTHER_RULES = "other_rules"
    """The same, but ruled by another version of the rules than those at hand."""
    UNDECIDABLE = "undecidable"
    """The rules at hand cannot rule on it: an unknown type, a defect."""


CONTRADICTING = frozenset({FindingKind.MISSING, FindingKind.SURPLUS, FindingKind.DIFFERENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One difference with its inputs: the submission, the state before it, what follows from them, what is there."""

    kind: FindingKind
    sentence: str
    submission_at: str
    ruling_at: str | None = None
    subject: str | None = None
    ordinal: int | None = None
    logged_at: str | None = None
    submission: Any = None
    state_before: Any = None
    expected: Any = None
    found: Any = None
    expected_said: list[dict[str, str]] = field(default_factory=list)
    """What `expected` says of lights and escalations, each sentence as `{zh, en}`."""
    found_said: list[dict[str, str]] = field(default_factory=list)
    """The same of `found`."""


@dataclass(slots=True)
class ReplayReport:
    """The result of a replay; positions are `topic-partition@offset`."""

    log: str
    rules: str
    submissions: int = 0
    rulings: int = 0
    events: int = 0
    void: int = 0
    behind: int = 0
    """Submissions that wait behind one that neither the log nor these rules have ruled on."""
    verdicts: dict[str, int] = field(default_factory=dict)
    other_rules: dict[str, int] = field(default_factory=dict)
    """Rulings by other versions of the rules, per version; those that come out the same included."""
    position: dict[str, int] = field(default_factory=dict)
    """Where each topic partition was read up to."""
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    problem: str | None = None
    """Why the log could not be read to its end."""
    seconds: float = 0.0

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it if there are not too many."""
        self.counts[finding.kind] = self.counts.get(finding.kind, 0) + 1
        if len(self.findings) < MAX_KEPT:
            self.findings.append(finding)

    @property
    def verdict(self) -> AuditVerdict:
        """A contradiction outweighs what could not be decided."""
        if any(self.counts.get(kind) for kind in CONTRADICTING):
            return AuditVerdict.CONTRADICTED
        if self.counts or self.problem:
            return AuditVerdict.UNDECIDED
        return AuditVerdict.PROVED

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {"verdict": self.verdict.name.lower(), "exit_code": int(self.verdict), **asdict(self)}
