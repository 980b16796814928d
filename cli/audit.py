"""`liangdeng audit`."""

from __future__ import annotations

from collections.abc import Mapping

import typer

from cli.output import print_json
from cli.progress import progress_bar
from cli.servers import reach
from services.audit import replay as replaying
from services.audit.finding import AuditVerdict, ReplayReport
from services.audit.text_report import as_text

VERDICTS = {
    AuditVerdict.PROVED: "已证实：每一条裁定都由提交推出，别无其他",
    AuditVerdict.CONTRADICTED: "有矛盾：日志与提交推出的裁定不符",
    AuditVerdict.UNDECIDED: "此处无法判定",
}


def replay(*, as_json: bool, wait: float) -> int:
    """Replay the log and tell what was found; the exit code is the verdict."""
    with reach("kafka") as env:
        report = replay_log(env, wait=wait, quiet=as_json)
    if as_json:
        print_json(report.as_dict())
    else:
        tell(report)
    return int(report.verdict)


def replay_log(env: Mapping[str, str], *, wait: float, quiet: bool = False) -> ReplayReport:
    """Replay the log that `env` names, with a progress bar."""
    with progress_bar("重放 replay", quiet=quiet) as show_progress:
        return replaying.run(
            env["KAFKA_BOOTSTRAP_SERVERS"],
            env.get("LIANGDENG_TOPIC_PREFIX", ""),
            env.get("LIANGDENG_LOG", "1"),
            wait=wait,
            progress=show_progress,
        )


def tell(report: ReplayReport) -> None:
    """Print a report: the verdict, what was read, and the first difference with its inputs."""
    typer.echo(VERDICTS[report.verdict])
    typer.echo(as_text(report))
