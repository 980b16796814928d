"""The form of a book (docs/scenario-format.md): every field known and of its kind, else told with its line and rule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticKnownError

from exact.faults import Fault, Lines, Location, faults_of, line_of


class FaultyStory(ValueError):
    """A scenario that the format does not know, with everything that is wrong."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults[0].en)
        self.faults = faults


def fault(loc: Location, zh: str, en: str) -> Fault:
    """One thing that is wrong with a book."""
    return Fault(loc, "scenario_invalid", zh, en)


def told(faults: Iterable[Fault], lines: Lines, under: Location = ()) -> str:
    """All in one line: where each stands (steps are numbered from 1), what the rule is in both languages."""
    return "; ".join(f"{_place(one.loc)}{one.zh} / {one.en}{_line(one, lines, under)}" for one in faults)


def _place(loc: Location) -> str:
    match loc:
        case ("steps", int(index), *rest):
            field = Fault(tuple(rest), "", "", "").field
            return f"step {index + 1}: {field}: " if field else f"step {index + 1}: "
        case ():
            return ""
    return f"{Fault(loc, '', '', '').field}: "


def _line(one: Fault, lines: Lines, under: Location) -> str:
    line = one.line or line_of(under + one.loc, lines)
    return f" (line {line})" if line else ""


def _scalar(value: Any) -> Any:
    """Ids, days and sentences are text, even if YAML reads them as numbers."""
    if value is None or isinstance(value, list | dict | bool):
        raise PydanticKnownError("string_type")
    return str(value)


def _moment(value: Any) -> str:
    text = str(_scalar(value))
    try:
        zone = datetime.fromisoformat(text).tzinfo
    except ValueError:
        raise PydanticKnownError("datetime_parsing", {"error": "no instant"}) from None
    if zone is None:
        raise PydanticKnownError("timezone_aware")
    return text


def _day(value: Any) -> str:
    text = str(_scalar(value))
    try:
        date.fromisoformat(text)
    except ValueError:
        raise PydanticKnownError("date_parsing", {"error": "no day"}) from None
    return text


def _listed(value: Any) -> Any:
    """One reason, or the list of all."""
    return value if isinstance(value, list) else [_scalar(value)]


Text = Annotated[str, BeforeValidator(_scalar)]
Moment = Annotated[str, BeforeValidator(_moment)]
Day = Annotated[str, BeforeValidator(_day)]
Reasons = Annotated[list[Text], BeforeValidator(_listed)]
ByPeriod = dict[str, Text | None] | None
Rows = list[list[Text]] | None
Count = Annotated[int, Field(ge=0)]


class KnownFields(BaseModel):
    """Whatever is not named is not known."""

    model_config = ConfigDict(extra="forbid")


class ItemForm(KnownFields):
    """The item of a story."""

    category: Literal["key_task", "livelihood"]
    lead_unit: Text
    cooperating: list[Text] | None = None
    leader: Text
    simulated: bool = False
    classification: Literal["public", "internal"] = "public"


class StepForm(KnownFields):
    """One step; what its data hold is looked at with its type."""

    at: Moment
    appended_at: Moment | None = None
    type: Text
    by: Text
    data: dict[str, Any] | None = None
    key: Text | None = None
    of: Annotated[int, Field(ge=1)] | None = None
    prepared_by: Text | None = None
    head: bool | None = None
    jurisdiction: Text | None = None
    deputy: Text | None = None


class ProgrammeForm(KnownFields):
    """What version 3 says about the programme."""

    units: list[Text] | None = None
    leaders: list[Text] | None = None
    calendar_until: Day | None = None
    closing_on: Day | None = None


class EscalationForm(KnownFields):
    """What is expected of one escalation."""

    level: Text | None = None
    for_: Annotated[list[Text] | None, Field(alias="for")] = None
    due_on: Day | None = None
    state: Text | None = None
    overdue: bool | None = None


class ExpectForm(KnownFields):
    """What is expected at the end; null is nothing of it."""

    refused: dict[str, Reasons] | None = None
    repeated: list[Text] | None = None
    remarks: dict[str, list[Text] | None] | None = None
    lights: ByPeriod = None
    rated: ByPeriod = None
    months: ByPeriod = None
    history: Rows = None
    escalations: list[EscalationForm] | None = None
    reminders: Rows = None
    sheets: dict[str, dict[str, Count]] | None = None


class StoryForm(KnownFields):
    """One scenario."""

    id: Text = "?"
    title: Text = ""
    rulebook: Any = None
    item: ItemForm
    published_at: Moment = ""
    steps: list[StepForm] | None = None
    until: Moment = ""
    expect: ExpectForm | None = None
    policy: Text = ""
    assigned_at: Moment = ""
    programme: ProgrammeForm | None = None
    outage: Annotated[list[Moment], Field(min_length=2, max_length=2)] | None = None


class BookForm(KnownFields):
    """A book; its scenarios are looked at one by one."""

    policy: Text = ""
    rules: Annotated[Literal["1", "2", "3"], BeforeValidator(_scalar)] = "3"
    scenarios: list[Any]


_STORY: Final = TypeAdapter(StoryForm)
_ITEM: Final = TypeAdapter(ItemForm)
_BOOK: Final = TypeAdapter(BookForm)


def check_story(raw: Any) -> None:
    """Raises FaultyStory with everything that is not of the form."""
    _check(_STORY, raw)


def check_item(raw: Any, under: Location) -> None:
    """The same for an item that is assigned once more, which stands at `under`."""
    _check(_ITEM, raw, under)


def check_book(raw: Any) -> None:
    """Raises FaultyStory with what is wrong about the book around its scenarios."""
    _check(_BOOK, raw)


def _check(form: TypeAdapter[Any], raw: Any, under: Location = ()) -> None:
    try:
        form.validate_python(raw)
    except ValidationError as error:
        raise FaultyStory(*faults_of(error, under)) from None
