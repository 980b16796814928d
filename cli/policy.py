"""`liangdeng policy`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cli.output import NO_RESULT_EXIT, print_json, say
from cli.progress import progress_bar
from cli.servers import reach
from contracts.policy import Policy
from programmes.policy_file import FaultyFile, read_policy
from services.audit.policy_comparison import (
    EscalationUnderPolicy,
    ItemDifference,
    LightUnderPolicy,
    PolicyComparison,
    compare,
)
from services.audit.reader import CannotReadLog, KafkaReader
from services.audit.recorded_acts import NotRecorded, RecordedYear, read_file, read_year
from supervision.refusal_words import REASONS
from supervision.words import ESCALATION_STATES, LEVELS, LIGHTS, NOTE, SUBMISSIONS, Word, Words
from supervision.words import say as word

PIPED_WIDTH = 160
"""Columns where the output is no terminal."""


class UnknownPolicy(ValueError):
    """A policy that is not there, or there in another version."""


def compare_policies(
    a: str, b: str, *, programme: str, file: Path | None, policies: Path, until: datetime | None, as_json: bool
) -> int:
    """Compare a recorded year under two policies; 2 when there is no such policy or no such record."""
    try:
        one, other = policy_named(a, policies), policy_named(b, policies)
        year = read_file(file, programme) if file is not None else _on_the_log(programme, quiet=as_json)
        found = compare(year, one, other, until)
    except (UnknownPolicy, FaultyFile, NotRecorded, CannotReadLog, OSError) as error:
        say(f"无法比较 · cannot be compared: {error}")
        return NO_RESULT_EXIT
    if as_json:
        print_json(found.as_dict())
    else:
        tell(found)
    return 0


def policy_named(name: str, folder: Path) -> Policy:
    """A policy by its file, or by its name (`yuancheng-2024` or `yuancheng-2024@1`) in a folder.

    Raises UnknownPolicy, FaultyFile.
    """
    id_, _, version = name.partition("@")
    file = Path(name) if name.endswith((".yaml", ".yml")) else folder / f"{id_}.yaml"
    if not file.is_file():
        raise UnknownPolicy(f"没有政策 {name}（{file}）/ there is no policy {name}")
    policy = read_policy(file)
    if file.parent == folder and version and version != str(policy.version):
        raise UnknownPolicy(f"{file.name} 是第 {policy.version} 版 / holds version {policy.version}, not {version}")
    return policy


def tell(found: PolicyComparison) -> None:
    """What kind of data it is, a table per item that differs, then the counts."""
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    notes = [name for name, holds in (("simulated", found.simulated), ("derived", found.derived)) if holds]
    if notes:
        console.print(" · ".join(_both(NOTE, name) for name in notes))
    if found.values:
        console.print(_values(found))
    for item in found.items:
        console.print(_table(found, item))
    for line in _summary(found):
        console.print(line, soft_wrap=True)


def _on_the_log(programme: str, *, quiet: bool) -> RecordedYear:
    with (
        reach("kafka") as env,
        KafkaReader(env["KAFKA_BOOTSTRAP_SERVERS"], env.get("LIANGDENG_TOPIC_PREFIX", "")) as reader,
        progress_bar("读取 read", quiet=quiet) as progress,
    ):
        return read_year(reader, env.get("LIANGDENG_LOG", "1"), programme, progress)


def _values(found: PolicyComparison) -> Table:
    """What the policies themselves say otherwise."""
    table = Table(title="两个政策的不同 · what the policies say otherwise", title_justify="left", expand=True)
    table.add_column("", width=40, overflow="fold")
    table.add_column(f"A {found.a}", ratio=1, overflow="fold")
    table.add_column(f"B {found.b}", ratio=1, overflow="fold")
    for value in found.values:
        table.add_row(f"{value.name.zh}\n{value.name.en} ({value.field})", _apart(value.a), _apart(value.b))
    return table


def _table(found: PolicyComparison, item: ItemDifference) -> Table:
    table = Table(title=f"{item.item} {item.title}（{item.lead_unit}）", title_justify="left", expand=True)
    table.add_column("", width=24, overflow="fold")
    table.add_column(f"A {found.a}", ratio=1, overflow="fold")
    table.add_column(f"B {found.b}", ratio=1, overflow="fold")
    for light in item.lights:
        table.add_row(f"{light.period} 灯 light", _light(light.a), _light(light.b))
    for rung in item.escalations:
        table.add_row(f"{_both(LEVELS, rung.level)}\n{rung.cause}", _rung(rung.a), _rung(rung.b))
    for refusal in item.refusals:
        act = f"{word(SUBMISSIONS, refusal.act)}\n{word(SUBMISSIONS, refusal.act, 'en')}"
        table.add_row(f"{act}\n{refusal.at:%Y-%m-%d %H:%M}", _verdict(refusal.a), _verdict(refusal.b))
    return table


def _light(light: LightUnderPolicy) -> str:
    rated = f"初评 rated {_both(LIGHTS, light.rated)}" if light.rated else "未定 not settled"
    because = f"\n← {', '.join(light.because)}" if light.because else ""
    return f"{_both(LIGHTS, light.light)}（{rated}）{light.rule}\n{light.why.zh}\n{light.why.en}{because}"


def _rung(rung: EscalationUnderPolicy | None) -> str:
    if rung is None:
        return "— 未发出 not raised"
    overdue = f"，{_both(ESCALATION_STATES, 'overdue')}" if rung.overdue else ""
    head = f"{rung.raised_at:%Y-%m-%d} {_both(ESCALATION_STATES, rung.phase)}{overdue}（{rung.rule}）"
    return f"{head}\n{rung.why.zh}\n{rung.why.en}\n← {', '.join(rung.because)}"


def _verdict(reasons: tuple[str, ...]) -> str:
    if not reasons:
        return "受理 accepted"
    return "不予受理 refused: " + "; ".join(f"{reason} {word(REASONS, reason)}" for reason in reasons)


def _apart(value: Word) -> str:
    """In both languages; once where they are the same."""
    return value.zh if value.zh == value.en else f"{value.zh}\n{value.en}"


def _both(words: Words, code: str) -> str:
    return f"{word(words, code)} {word(words, code, 'en')}"


def _summary(found: PolicyComparison) -> Iterator[str]:
    yield f"{found.programme}: {found.compared} 项事项 items, {found.acts} 份提交 submissions, A {found.a}, B {found.b}"
    for name in (*LIGHTS, *LEVELS):
        one, other = found.totals_a.get(name, 0), found.totals_b.get(name, 0)
        if one or other:
            yield f"  {_both(LIGHTS if name in LIGHTS else LEVELS, name)}: A {one}, B {other} ({other - one:+d})"
    yield "人的行为按记录不变，另一政策下可能不同 · people act as recorded, though another policy may change that"
    if found.unsigned:
        yield (
            f"{found.unsigned} 份提交没有主要负责人签报，不予受理；要看其他不同，请另存一份政策文件，删去 signed 再比较"
        )
        yield (
            f"{found.unsigned} submissions are refused as nobody signed them; to see what else differs, "
            "compare with a copy of the policy's file without signed"
        )
    refusals = found.differences - found.lights - found.escalations
    yield (
        f"{found.differences} 处差异 · {found.differences} differences: {len(found.items)} 项事项 items, "
        f"{found.lights} 盏灯 lights, {found.escalations} 件督办 escalations, {refusals} 份受理结果 verdicts"
    )
