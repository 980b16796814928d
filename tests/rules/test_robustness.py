"""decide never raises: on whatever the contracts can decode, and on what they would not even let in."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime

from contracts.submissions import ItemAssigned, SubmissionData
from contracts.values import ReportingPeriod
from services.rating.rules.deadlines.pending import pending_deadlines
from tests.rules.strategies import items
from tests.rules.test_properties import many
from tests.rules.timelines import ACTORS, ALARM, Timeline

WORDS = ("2024Q1", "2024Q2", "2024-03", "2024-12", "lag", "x", "plan", "rectification-1", "", "\x00", "督查" * 40)
PERIODS = st.sampled_from(("2024Q1", "2024Q2", "2024-03", "2024-12"))
FAR = timezone(timedelta(hours=14))
INSTANTS = (
    datetime.min.replace(tzinfo=FAR),
    datetime.max.replace(tzinfo=timezone(-timedelta(hours=14))),
    datetime.min.replace(tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
    datetime(2024, 4, 11, tzinfo=timezone(timedelta(hours=8))),
    datetime(2024, 4, 10, 16, tzinfo=UTC),
    datetime(2024, 7, 1, tzinfo=FAR),
    datetime(2025, 1, 10, 16, tzinfo=UTC),
)
ATOMS: dict[Any, st.SearchStrategy[Any]] = {
    str: st.sampled_from(WORDS),
    int: st.integers(1, 250),
    bool: st.booleans(),
    Decimal: st.sampled_from((Decimal(0), Decimal("0.1"), Decimal("-1"), Decimal("999999999999999.999999"))),
    date: st.sampled_from((date.min, date.max, date(2024, 4, 10), date(2024, 4, 1))),
    datetime: st.sampled_from(INSTANTS),
    AwareDatetime: st.sampled_from(INSTANTS),
    type(None): st.none(),
}


def any_of(annotation: Any) -> st.SearchStrategy[Any]:
    """Values of a type, at its edges."""
    if annotation in ATOMS:
        return ATOMS[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, types.UnionType):
        return st.one_of(*map(any_of, arguments))
    if origin is tuple:
        return st.lists(any_of(arguments[0]), max_size=4).map(tuple)
    if origin is dict:
        return st.dictionaries(any_of(arguments[0]), any_of(arguments[1]), max_size=3)
    if isinstance(annotation, type) and is_dataclass(annotation):
        hints = get_type_hints(annotation)
        given_here = {f.name: _field(f.name, hints[f.name]) for f in fields(annotation)}
        if annotation is ReportingPeriod:
            given_here |= {"id": PERIODS, "quarter": PERIODS}
        return st.builds(annotation, **given_here)
    raise TypeError(f"no values of {annotation}")


def _field(name: str, annotation: Any) -> st.SearchStrategy[Any]:
    if name == "utc_offset":
        return st.sampled_from(("+08:00", "-14:59", "+14:00"))
    if name == "reminder_hour":
        return st.integers(0, 23)
    if name == "yellows_to_red":
        return st.integers(2, 12)
    return any_of(annotation)


anything = st.one_of(*[any_of(cls) for cls in get_args(SubmissionData)])
submitted = st.lists(
    st.tuples(anything, st.sampled_from((*ACTORS, ALARM)), st.sampled_from(INSTANTS), st.integers(0, 200)), max_size=15
)


@many
@given(items, submitted)
def test_decide_never_raises_whatever_is_submitted_about_an_item(item: ItemAssigned, story: Any) -> None:
    _live(Timeline(item, readable=False), story)


@many
@given(any_of(ItemAssigned), submitted)
def test_decide_never_raises_whatever_item_is_published(item: ItemAssigned, story: Any) -> None:
    _live(Timeline(item, readable=False), story)


@many
@given(submitted, st.sampled_from(("441602-2024", "441602-2024/K01", "/", "a/b/c")))
def test_decide_never_raises_before_anything_is_published(story: Any, subject: str) -> None:
    run = Timeline(None, subject=subject, readable=False)
    _live(run, story)


def _live(run: Timeline, story: Any) -> None:
    for number, (data, actor, received_at, days) in enumerate(story):
        run.now += timedelta(days=days)
        run.submit(actor, f"#{number}", received_at, data)
        run.announce_until(run.now)
    pending_deadlines(run.state)
