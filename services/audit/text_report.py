"""A replay's report as text: what was read, what was found, and the first difference with its inputs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any, TextIO

from services.audit.finding import AuditVerdict, Finding, ReplayReport

SENTENCES = {
    AuditVerdict.PROVED: "proved: every ruling follows from the submissions, and nothing else counts",
    AuditVerdict.CONTRADICTED: "contradicted: the log does not hold what follows from the submissions",
    AuditVerdict.UNDECIDED: "cannot be decided here",
}
SHOWN = 10
"""Findings that are listed; the first one is shown in full below them."""


def as_text(report: ReplayReport) -> str:
    """The report in some lines, without a line break at the end."""
    return "\n".join(_lines(report))


def _lines(report: ReplayReport) -> Iterator[str]:
    yield f"log {report.log}, rules {report.rules}: {SENTENCES[report.verdict]}"
    verdicts = ", ".join(f"{count} {name}" for name, count in sorted(report.verdicts.items())) or "none"
    yield f"  {report.submissions} submissions, {report.rulings} rulings ({verdicts}) of {report.events} events"
    yield f"  {report.void} void records, {report.seconds:.1f} s"
    if report.problem:
        yield f"  the log could not be read to its end: {report.problem}"
    for version, count in sorted(report.other_rules.items()):
        yield f"  {count} rulings were made by rules {version}"
    if report.behind:
        yield f"  {report.behind} submissions wait behind one that cannot be decided"
    if not report.counts:
        return
    yield "  found: " + ", ".join(f"{count} {kind}" for kind, count in sorted(report.counts.items()))
    for finding in report.findings[:SHOWN]:
        yield f"  - {finding.submission_at} {finding.subject or ''}: {finding.sentence}"
        yield from _sentences(finding)
    yield "first difference, with its inputs:"
    yield from _inputs(report.findings[0])


def _sentences(finding: Finding) -> Iterator[str]:
    if not finding.expected_said and not finding.found_said:
        return
    for name, sentences in (("应为 should be", finding.expected_said), ("实为 is", finding.found_said)):
        for one in sentences or [{"zh": "（无）", "en": "nothing"}]:
            yield f"    {name}: {one['zh']} / {one['en']}"


def _inputs(finding: Finding) -> Iterator[str]:
    yield f"  {finding.kind} at {finding.submission_at}, ruled at {finding.ruling_at}, event {finding.ordinal}"
    yield f"  reached the log at {finding.logged_at}"
    for name in ("state_before", "submission", "expected", "found"):
        yield f"  {name.replace('_', ' ')}:"
        yield _indented(getattr(finding, name))


def _indented(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
    return "\n".join(f"    {line}" for line in text.splitlines())


class ProgressLine:
    """Progress on a terminal, or on a file a line every ten seconds."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._next = time.monotonic() + (0.0 if self._live else 10.0)

    def __call__(self, done: int, total: int) -> None:
        """Write it, if it is time."""
        now = time.monotonic()
        if now < self._next and done < total:
            return
        self._next = now + (0.1 if self._live else 10.0)
        share = 100 * done // total if total else 100
        end = "\r" if self._live and done < total else "\n"
        self._stream.write(f"replay: {done} of {total} submissions ({share} %){end}")
        self._stream.flush()
