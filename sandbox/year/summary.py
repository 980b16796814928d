"""The summary that `liangdeng demo` prints: planned beside seen, and the behaviours that explain the numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table

from contracts.values import Light
from programmes.programme import ProgrammeFile
from sandbox.year.counts import Counts, differences, planned
from sandbox.year.plan import YearPlan
from sandbox.year.planned_act import WAYS
from sandbox.year.stories.behaviours import Behaviour

LIGHTS: Mapping[Light, str] = {"green": "● 绿 green", "yellow": "▲ 黄 yellow", "red": "■ 红 red", "none": "– 无 none"}
_STYLES: Mapping[Light, str] = {"green": "green", "yellow": "yellow", "red": "red", "none": "dim"}
_MARKS: Mapping[Light, str] = {"green": "●", "yellow": "▲", "red": "■", "none": "–"}


def show(console: Console, programme: ProgrammeFile, plan: YearPlan, seen: Counts, *, brief: bool = False) -> bool:
    """Print one programme's summary; return whether everything was seen as planned."""
    wanted = planned(plan)
    console.rule(f"{programme.title} · {plan.programme}")
    notes = ["[bold]模拟数据 / simulated data[/bold]"]
    notes += ["推导稿，非官方清单 / derived, not official"] if programme.derived else []
    console.print(" · ".join(notes))
    console.print(_lights("季度亮灯 lights by quarter", wanted.lights, seen.lights))
    if not brief:
        console.print(_lights("当时评定 as first rated", wanted.rated, seen.rated))
        console.print(_cast(plan))
        for line in _about_all(plan):
            console.print(f"· {line}")
        console.print(_ways(wanted, seen))
        console.print(_pairs("督办措施 escalations", wanted.escalations, seen.escalations))
        console.print(_verdicts(wanted.verdicts, seen.verdicts))
        console.print(_notices(seen))
    found = differences(wanted, seen)
    for line in found:
        console.print(f"[red]✗ {line}[/red]")
    if not found:
        console.print("[green]✓ 计划与实际一致 / seen as planned[/green]")
    return not found


def _lights(title: str, wanted: Mapping[str, Counter[str]], seen: Mapping[str, Counter[str]]) -> Table:
    table = Table("季度 quarter", title=f"{title}（计划 planned / 实际 seen）", title_justify="left")
    for light in LIGHTS:
        table.add_column(LIGHTS[light], style=_STYLES[light], justify="right")
    for quarter, lights in wanted.items():
        got = seen.get(quarter, Counter())
        table.add_row(quarter, *(_pair(lights[light], got[light]) for light in LIGHTS))
    return table


def _cast(plan: YearPlan) -> Table:
    quarters = " ".join(quarter[-2:] for quarter in plan.quarters)
    table = Table("项", quarters, "行为 behaviour", title="计划的行为 planned behaviours", title_justify="left")
    counts = Counter(behaviour.name for behaviour in plan.cast.values())
    for behaviour in _in_order(plan.cast.values()):
        lights = [behaviour.light(index) for index in range(4)]
        marks = "  ".join(f"[{_STYLES[light]}]{_MARKS[light]}[/]" for light in lights)
        table.add_row(str(counts[behaviour.name]), marks, f"{behaviour.zh} · {behaviour.en}")
    table.add_section()
    totals = (f"{quarter[-2:]} {_totals(lights)}" for quarter, lights in plan.lights().items())
    table.add_row(str(len(plan.cast)), "", " · ".join(totals))
    return table


def _ways(wanted: Counts, seen: Counts) -> Table:
    """By which way everything about items came in."""
    title = "从哪里来：由计划的人、在计划的时刻 by which way, from whom and when it was planned"
    table = Table("途径 way", "计划/实际 planned/seen", title=title, title_justify="left")
    planned_ways, seen_ways = wanted.ways or Counter(), seen.ways or Counter()
    for way, word in WAYS.items():
        if planned_ways[way] or seen_ways[way]:
            table.add_row(f"{word.zh} · {word.en}", _pair(planned_ways[way], seen_ways[way]))
    return table


def _about_all(plan: YearPlan) -> Iterable[str]:
    """What concerned many items at once, in a sentence each."""
    if plan.by_hand:
        yield (
            f"方案由督查室从台账（.xlsx）导入草稿，核对后发布，共 {len(plan.cast)} 项 · "
            f"the programme began as the office's ledger, imported, looked at and published: {len(plan.cast)} items"
        )
    else:
        yield "方案由程序经接口发布 · the programme was published by a program through the API"
    for act in plan.acts:
        if act.type == "deputy.named" and plan.absence is not None:
            away, until = plan.absence.from_on.isoformat(), plan.absence.until_on.isoformat()
            decided = sum(one.actor.on_behalf_of is not None for one in plan.acts)
            yield (
                f"{away} 至 {until} {plan.absence.principal} 外出，由 {plan.absence.deputy} 代理，"
                f"代为审定 {decided} 件 · "
                f"{plan.absence.deputy} stands in for {plan.absence.principal} and decides {decided} plans"
            )
        elif act.type == "calendar.extended":
            yield (
                f"{act.at.date()} 增补次年节假日 {len(act.data['days'])} 天，涉及 {len(act.items)} 项，"
                "暂定期限重新推算 · "
                f"next year's {len(act.data['days'])} days named for {len(act.items)} items: provisional deadlines anew"
            )
        elif act.type == "policy.adopted":
            yield (
                f"{act.at.date()} 启用政策第 {act.data['policy']['version']} 版：检查计划须经主要领导批准 · "
                f"version {act.data['policy']['version']} of the policy: inspection plans need the chief leader"
            )
        elif act.type == "bulletin.approved":
            yield (
                f"{act.at.date()} 主要领导批准通报 {act.data['bulletin']} · "
                f"the chief leader approves the bulletin {act.data['bulletin']}"
            )
    returned = sum(act.paper is not None and act.paper.returned_at is not None for act in plan.acts)
    if returned:
        yield f"单位负责人退回 {returned} 件，重拟后签发 · heads returned {returned} and signed it once prepared anew"


def _totals(lights: Counter[Light]) -> str:
    return " ".join(f"[{_STYLES[light]}]{_MARKS[light]}{lights[light]}[/]" for light in LIGHTS if lights[light])


def _in_order(cast: Iterable[Behaviour]) -> list[Behaviour]:
    numbers = Counter(behaviour.name for behaviour in cast)
    unique = {behaviour.name: behaviour for behaviour in cast}
    return sorted(unique.values(), key=lambda behaviour: -numbers[behaviour.name])


def _pairs(title: str, wanted: Counter[str], seen: Counter[str]) -> Table:
    table = Table("级别与状态 level, state", "计划/实际 planned/seen", title=title, title_justify="left")
    for key in sorted(wanted.keys() | seen.keys()):
        table.add_row(key, _pair(wanted[key], seen[key]))
    return table


def _verdicts(wanted: Counter[tuple[str, str]], seen: Counter[tuple[str, str]]) -> Table:
    title = "提交与裁定 submissions by type and verdict"
    table = Table("类型 type", "裁定 verdict", "计划/实际 planned/seen", title=title, title_justify="left")
    for type_, verdict in sorted(wanted.keys() | seen.keys()):
        number = seen[type_, verdict]
        cell = _pair(wanted[type_, verdict], number) if (type_, verdict) in wanted else str(number)
        table.add_row(type_, verdict, cell)
    return table


def _notices(seen: Counts) -> Table:
    """Notices by kind, and for each channel how many messages about them came to which end."""
    channels = sorted({(channel, outcome) for _, channel, outcome in seen.messages})
    table = Table("种类 kind", "文书 notices", title="通知 notices, mails, inbox", title_justify="left")
    for channel, outcome in channels:
        table.add_column(f"{channel} {outcome}", justify="right")
    for kind, number in sorted(seen.notices.items()):
        messages = (str(seen.messages[kind, channel, outcome]) for channel, outcome in channels)
        table.add_row(kind, str(number), *messages)
    return table


def _pair(wanted: int, seen: int) -> str:
    return f"{wanted}/{seen}" if wanted == seen else f"[bold red]{wanted}/{seen} ✗[/]"
