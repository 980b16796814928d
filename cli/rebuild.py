"""`liangdeng rebuild`: the read model made anew from the log, compared with the live one, swapped in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import typer

from cli.output import print_json
from cli.progress import progress_bar
from cli.servers import reach
from eventlog.log.kafka import KafkaLog
from services.query.follow.log_reader import Undecided
from services.query.follow.rebuild import UNDECIDED, RebuildOutcome, rebuild
from services.settings import SharedSettings


def run(*, as_json: bool, swap: bool, accept: bool) -> int:
    """Rebuild and tell; 0 equal, 1 different (and left as it was unless accepted), 2 cannot be decided."""
    with reach("kafka", "postgres") as env:
        try:
            outcome = asyncio.run(_rebuild(env, swap=swap, accept=accept, quiet=as_json))
        except Undecided as error:
            return _undecided(error, as_json=as_json)
    if as_json:
        print_json(outcome.as_json())
    else:
        tell(outcome)
    return outcome.exit_code


def equals_live(env: Mapping[str, str]) -> bool:
    """Rebuild beside the live read model that `env` names, tell, and leave it; whether both are the same."""
    try:
        outcome = asyncio.run(_rebuild(env, swap=False, accept=False, quiet=False))
    except Undecided as error:
        _undecided(error, as_json=False)
        return False
    tell(outcome)
    return outcome.compared and outcome.difference is None


def tell(outcome: RebuildOutcome) -> None:
    """Print what a rebuild came to."""
    if outcome.difference:
        typer.echo(f"重建的读模型与现有的不同 · the rebuilt read model differs: {outcome.difference}")
    elif outcome.compared:
        typer.echo("重建的读模型与现有的完全相同 · the rebuilt read model equals the live one")
    else:
        typer.echo("没有可比对的读模型，已新建 · there was no read model to compare with")
    done = "，已切换 · swapped in" if outcome.swapped else ""
    typer.echo(f"  记录 records {outcome.records} · 行 rows {outcome.rows} · {outcome.seconds:.1f} s{done}")


async def _rebuild(env: Mapping[str, str], *, swap: bool, accept: bool, quiet: bool) -> RebuildOutcome:
    log = KafkaLog(SharedSettings.model_validate(env).kafka)
    schema = env.get("QUERY_SQL_SCHEMA", "query")
    try:
        with progress_bar("重建 rebuild", quiet=quiet) as show_progress:
            return await rebuild(
                log, env["DATABASE_URL"], schema=schema, swap=swap, accept_difference=accept, tell=show_progress
            )
    finally:
        await log.close()


def _undecided(error: Undecided, *, as_json: bool) -> int:
    if as_json:
        print_json({"equal": None, "problem": str(error)})
    else:
        typer.echo(f"无法判定 · cannot be decided: {error}")
    return UNDECIDED
