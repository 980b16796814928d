"""`python -m services.audit replay [--json]`: exit code 0 proved, 1 contradicted, 2 cannot be decided."""

from __future__ import annotations

import argparse
import json
import sys

from services.audit.replay import run
from services.audit.settings import AuditSettings
from services.audit.text_report import ProgressLine, as_text


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m services.audit", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    replay = commands.add_parser("replay", help="rule on every submission again and compare with the log")
    replay.add_argument("--json", action="store_true", help="print the whole report as one JSON object")
    replay.add_argument("--wait", type=float, metavar="SECONDS", help="how long unruled submissions are waited for")
    given = parser.parse_args(arguments)
    settings = AuditSettings()  # type: ignore[call-arg]  # from the environment
    report = run(
        settings.bootstrap_servers,
        settings.topic_prefix,
        settings.log,
        wait=settings.wait_seconds if given.wait is None else given.wait,
        progress=ProgressLine(sys.stderr),
    )
    text = json.dumps(report.as_dict(), ensure_ascii=False, sort_keys=True) if given.json else as_text(report)
    sys.stdout.write(text + "\n")
    return int(report.verdict)


if __name__ == "__main__":
    sys.exit(main())
