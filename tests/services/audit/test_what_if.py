"""A recorded year lived again under another policy: the same acts, other deadlines, lights and escalations."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bench.recorded import record
from cli.main import app
from contracts.submissions import ItemAssigned, LagDeclared, RectificationReported
from contracts.topics import partition_of
from contracts.values import Actor
from programmes.programme_file import load_programme
from sandbox.year.plan import plan
from services.audit.policy_comparison import ItemDifference, PolicyComparison, compare
from services.audit.recorded_acts import NotRecorded, RecordedYear, read_file
from services.audit.what_if import rerun, under
from services.rating.scenario_book.book import OFFICE
from tests.services.audit.recorded_year import (
    OUHAI,
    POLICIES,
    PROGRAMME,
    PROGRAMMES,
    STORIES,
    SUBJECT,
    TEMPLATE,
    YUANCHENG,
    Shelf,
    recording,
    shelved,
    written,
)

ADOPTING = {"P02"}
"""A policy that is adopted on the way is replaced, so it comes out otherwise than it was recorded."""


def year_of(name: str) -> RecordedYear:
    """A story's year."""
    return recording(STORIES[name]).shelf.year()


def the_difference(found: PolicyComparison) -> ItemDifference:
    """Of the only item."""
    (item,) = found.items
    return item


@pytest.mark.parametrize("name", sorted(STORIES.keys() - ADOPTING))
def test_every_story_under_its_own_policy_comes_out_as_it_was_lived(name: str) -> None:
    going = recording(STORIES[name])
    story = STORIES[name].item
    assert story is not None
    assert going.state is not None
    was = going.state.item
    assert was is not None
    now = rerun(going.shelf.year(), story.policy, STORIES[name].until)[SUBJECT].item
    assert (now.quarters, now.escalations, now.appeals) == (was.quarters, was.escalations, was.appeals)
    assert compare(going.shelf.year(), story.policy, story.policy).differences == 0


@pytest.mark.parametrize("name", sorted(STORIES)[::8])
def test_the_other_way_round_is_the_mirror(name: str) -> None:
    year = year_of(name)
    there, back = compare(year, YUANCHENG, OUHAI), compare(year, OUHAI, YUANCHENG)
    assert (there.lights, there.escalations, there.differences) == (back.lights, back.escalations, back.differences)
    assert [[(light.a, light.b) for light in item.lights] for item in there.items] == [
        [(light.b, light.a) for light in item.lights] for item in back.items
    ]


def test_late_is_red_and_made_up_is_yellow_under_the_other_policy_and_each_says_why() -> None:
    found = the_difference(compare(year_of("P01"), YUANCHENG, OUHAI))
    (light,) = found.lights
    assert (light.period, light.a.rated, light.a.light, light.a.rule) == ("2024Q1", "yellow", "yellow", "Lights 2")
    assert (light.b.rated, light.b.light, light.b.rule) == ("red", "yellow", "Policy")
    assert light.a.because == ("deadline.passed 2024-04-11T00:00:00+08:00",)
    assert light.b.because == ("progress.reported 2024-04-22T10:00:00+08:00",)
    assert light.b.why.zh == "2024年第一季度黄灯：截至4月10日24时未报送（4月22日逾期报送）；逾期后已补齐"
    assert light.b.why.en.endswith("(late, on 22 Apr); made up after the deadline")
    rectification, interview = found.escalations
    assert (rectification.level, rectification.cause) == ("rectification", "2024Q1")
    assert rectification.a is not None
    assert rectification.b is not None
    # fifteen working days from the deadline, or ten from the day on which the report came
    assert rectification.a.due_at == datetime.fromisoformat("2024-05-07T00:00:00+08:00")
    assert rectification.b.due_at == datetime.fromisoformat("2024-05-09T00:00:00+08:00")
    assert (interview.level, interview.a) == ("interview", None)
    assert interview.b is not None
    assert (interview.b.phase, interview.b.causes, interview.b.standing) == ("withdrawn", ("2024Q1",), ())
    assert found.refusals == ()


def test_an_act_that_finds_nothing_to_act_on_under_the_other_policy_is_told_with_its_reason() -> None:
    story = STORIES["S07"]
    shelf = recording(story).shelf
    unit, at = Actor(role="unit", id="u-1", unit=story.item.lead_unit), story.until  # type: ignore[union-attr]
    assert at is not None
    shelf.put(written(unit, "put-right", at, RectificationReported(text="已整改")), at)
    refusals = the_difference(compare(shelf.year(), YUANCHENG, OUHAI)).refusals
    assert [(one.a, one.b) for one in refusals if one.at == at] == [((), ("no_open_escalation",))]
    assert refusals[-1].act == "rectification.reported"


def test_what_the_policies_say_otherwise_comes_first_and_unsigned_acts_are_counted() -> None:
    found = compare(year_of("P01"), YUANCHENG, TEMPLATE)
    assert [value.field for value in found.values] == ["signed", "complete_plans", "inspection_approval"]
    assert found.unsigned == sum("not_signed" in one.b for one in the_difference(found).refusals) == 2
    assert compare(year_of("P01"), YUANCHENG, OUHAI).unsigned == 0


def test_a_policy_adopted_on_the_way_is_replaced_too() -> None:
    year = year_of("P02")
    assert compare(year, OUHAI, OUHAI).differences == 0
    lived = rerun(year, YUANCHENG)[SUBJECT].item
    assert {quarter.policy for quarter in lived.quarters if quarter.settled} == {YUANCHENG}
    assert lived.quarters[1].light == "red", "the second yellow in a row"


def test_a_deadline_that_leaves_its_day_out_falls_a_day_earlier_and_back_again() -> None:
    year = year_of("S07")
    exclusive = replace(YUANCHENG, deadline_inclusive=False)
    periods = rerun(year, exclusive)[SUBJECT].item.frame.periods
    recorded = year.items[SUBJECT].periods
    assert [p.due_at for p in periods] == [p.due_at - timedelta(days=1) for p in recorded]
    assert [p.opens_at for p in periods] == [p.opens_at for p in recorded]
    assert under(under(year.acts[SUBJECT][0].submission, exclusive), YUANCHENG) == year.acts[SUBJECT][0].submission


def test_a_deadline_keeps_its_day_in_another_time_zone() -> None:
    assigned = under(year_of("S07").acts[SUBJECT][0].submission, replace(YUANCHENG, utc_offset="+09:00")).data
    assert isinstance(assigned, ItemAssigned)
    assert assigned.plan_due_at == datetime.fromisoformat("2024-03-30T00:00:00+09:00")
    assert assigned.periods[0].due_at == datetime.fromisoformat("2024-04-11T00:00:00+09:00")
    assert assigned.periods[0].opens_at == datetime.fromisoformat("2024-01-01T00:00:00+09:00")


def test_the_comparison_can_stop_before_the_end() -> None:
    year = year_of("P01")
    found = the_difference(compare(year, YUANCHENG, OUHAI, datetime.fromisoformat("2024-04-12T00:00:00+08:00")))
    assert [(light.a.light, light.b.light) for light in found.lights] == [("yellow", "red")]


def test_what_rating_never_looked_at_is_no_part_of_the_year() -> None:
    shelf = recording(STORIES["P01"]).shelf
    plain = compare(shelf.year(), YUANCHENG, OUHAI)
    at, office = datetime.fromisoformat("2024-04-12T10:00:00+08:00"), OFFICE
    lag = written(office, "lag", at, LagDeclared(reason="滞后"))
    for value in (
        None,
        b"441602-2024",
        b"{}",
        lag.replace("滞后".encode(), "抢先".encode()),
        lag.replace(b"/scenarios/", b"/7/"),
    ):
        shelf.put(value, at)
    shelf.put(lag, at, partition=(partition_of(SUBJECT) + 1) % 12)
    shelf.put(written(office, "lag", at, LagDeclared(), "441602-2025/S00"), at, "441602-2025/S00")
    assert compare(shelf.year(), YUANCHENG, OUHAI) == plain
    shelf.put(lag, at)
    assert compare(shelf.year(), YUANCHENG, OUHAI) != plain


def test_a_programme_that_is_not_recorded_and_a_type_that_is_not_known_are_told() -> None:
    shelf = recording(STORIES["P01"]).shelf
    with pytest.raises(NotRecorded, match="no item of the programme nowhere"):
        shelf.year("nowhere")
    value = written(OFFICE, "lag", datetime.fromisoformat("2024-04-12T10:00:00+08:00"), LagDeclared())
    shelf.put(value.replace(b"lag.declared.v1", b"tea.poured.v1"), datetime.fromisoformat("2024-04-12T10:00:00+08:00"))
    with pytest.raises(NotRecorded, match="that these rules do not know"):
        shelf.year()


@pytest.fixture(scope="module")
def catalogue() -> Shelf:
    """The real catalogue's simulated year, beside another programme's."""
    programmes = [
        load_programme(PROGRAMMES / "yuancheng-2024.yaml", simulated=True),
        load_programme(PROGRAMMES / "shili-2024.yaml"),
    ]
    return shelved(record([(programme, plan(programme, "1")) for programme in programmes]))


def test_the_catalogues_year_under_its_own_policy_is_the_one_that_the_table_of_behaviours_says(
    catalogue: Shelf,
) -> None:
    expected = plan(load_programme(PROGRAMMES / "yuancheng-2024.yaml", simulated=True), "1")
    lived = rerun(catalogue.year(log="1"), YUANCHENG)
    lights = {q: Counter[str]() for q in expected.quarters}
    rated = {q: Counter[str]() for q in expected.quarters}
    for one in lived.values():
        for frame, quarter in zip(one.item.frame.quarters, one.item.quarters, strict=True):
            lights[frame.id][quarter.light] += 1
            rated[frame.id][quarter.rated or "none"] += 1
    assert lights == expected.lights()
    assert rated == expected.rated()
    refused = [one.subject for one in lived.values() for reasons in one.refused.values() if reasons]
    assert len(refused) == sum(n for (_, verdict), n in expected.verdicts().items() if verdict == "rejected")


def test_the_catalogues_year_is_the_same_twice_and_harder_where_late_is_red(catalogue: Shelf) -> None:
    year = catalogue.year(log="1")
    assert compare(year, YUANCHENG, YUANCHENG).differences == 0
    found = compare(year, YUANCHENG, OUHAI)
    assert (found.compared, found.simulated, found.derived) == (108, True, True)
    assert found.lights == sum(1 for item in found.items for _ in item.lights) > 0
    assert found.totals_a["green"] == found.totals_b["green"], "in time is green under both"
    assert found.totals_b["red"] > found.totals_a["red"]
    assert found.totals_a["yellow"] + found.totals_a["red"] == found.totals_b["yellow"] + found.totals_b["red"]
    for light in (light for item in found.items for light in item.lights):
        assert (light.a.rated, light.a.light) != (light.b.rated, light.b.light)
        assert all((light.a.rule, light.b.rule, light.a.because, light.b.because, *light.b.why))


def test_a_file_of_submissions_tells_the_same_as_the_log(catalogue: Shelf, tmp_path: Path) -> None:
    file = tmp_path / "year.jsonl"
    file.write_bytes(catalogue.lines())
    assert compare(read_file(file, PROGRAMME), YUANCHENG, OUHAI) == compare(catalogue.year(log="1"), YUANCHENG, OUHAI)
    file.write_bytes(b"\nno json\n")
    with pytest.raises(NotRecorded, match="line 2"):
        read_file(file, PROGRAMME)


@pytest.fixture
def story(tmp_path: Path) -> str:
    """A file with a story's submissions."""
    file = tmp_path / "P01.jsonl"
    file.write_bytes(recording(STORIES["P01"]).shelf.lines())
    return str(file)


def asked(*arguments: str) -> Result:
    """The command's answer."""
    return CliRunner().invoke(app, ["policy", "compare", *arguments])


def test_the_command_prints_a_table_per_item_in_both_languages_and_the_counts(story: str) -> None:
    done = asked("yuancheng-2024", "ouhai-like@1", "--programme", PROGRAMME, "--from", story)
    assert done.exit_code == 0, done.output
    for words in ("逾期后已补齐", "made up after the deadline", "未发出 not raised", "黄灯 yellow: A 1, B 1 (+0)"):
        assert words in done.stdout
    assert done.stdout.splitlines()[-1].startswith("3 处差异 · 3 differences: 1 项事项 items, 1 盏灯 lights, 2 件督办")


def test_the_command_tells_what_the_policies_say_otherwise_and_that_nobody_signed(story: str) -> None:
    done = asked("yuancheng-2024", "template", "--programme", PROGRAMME, "--from", story)
    told = done.stdout
    for words in (
        "两个政策的不同",
        "(complete_plans)",
        "制定人",
        "the chief leader's approval",
        "审定工作方案",
        "plan decided",
    ):
        assert words in told, words
    assert "2 份提交没有主要负责人签报" in told
    assert "2 submissions are refused as nobody signed them" in told
    assert told.index("两个政策的不同") < told.index("督查整改通知书")


def test_the_command_finds_0_differences_where_both_are_the_same(story: str) -> None:
    policy = str(POLICIES / "ouhai-like.yaml")
    done = asked(policy, "ouhai-like", "--programme", PROGRAMME, "--from", story)
    assert "0 处差异 · 0 differences" in done.stdout
    assert "┏" not in done.stdout


def test_the_command_prints_json_for_scripts(story: str) -> None:
    done = asked("yuancheng-2024", "ouhai-like", "--programme", PROGRAMME, "--from", story, "--json")
    found = json.loads(done.stdout)
    assert (found["differences"], found["a"], found["b"]) == (3, "yuancheng-2024@1", "ouhai-like@1")
    (item,) = found["items"]
    assert item["lights"][0]["b"]["why"]["en"].startswith("2024 Q1 yellow")
    assert item["escalations"][1]["a"] is None


@pytest.mark.parametrize(
    ("a", "programme", "problem"),
    [
        ("nobody-2024", PROGRAMME, "there is no policy nobody-2024"),
        ("ouhai-like@2", PROGRAMME, "holds version 1, not 2"),
        ("ouhai-like", "441602-2025", "no item of the programme 441602-2025"),
    ],
)
def test_what_cannot_be_compared_exits_2_and_says_why(story: str, a: str, programme: str, problem: str) -> None:
    done = asked(a, "ouhai-like", "--programme", programme, "--from", story)
    assert (done.exit_code, done.stdout) == (2, "")
    assert problem in done.stderr
    assert "无法比较" in done.stderr
