"""The operations about whole programmes: published, and what is said to every item of one."""

from __future__ import annotations

from typing import Final

from services.intake.description import examples
from services.intake.description.parameters import (
    ITEM,
    KEY,
    LOCATION,
    PROGRAMME,
    SENDING,
    posted,
    posted_data,
)
from supervision.words import Word
from web.openapi import FLAG, JSON, TEXT, DescribedOperation, header, parameter, ref, success

_SEVERAL_RECEIVED: Final = success(
    Word("已逐件写入日志，这是回执", "each part lies on the log; these are the receipts"),
    ref("Receipts"),
    {"Location": header(LOCATION, TEXT, required=False)},
    {"receipts": [examples.RECEIPT]},
)


def _for_all(path: str, id_: str, right: str, name: str, component: str, text: Word) -> DescribedOperation:
    return DescribedOperation(
        method="POST",
        path=f"/v1/programmes/{{programme}}/{path}",
        id=id_,
        right=right,
        tag="programmes",
        text=text,
        parameters=(PROGRAMME, KEY),
        body=posted_data(name, component),
        answers={202: _SEVERAL_RECEIVED},
        codes=(*SENDING, "partly_published"),
    )


_PUBLISHED: Final = {
    "required": True,
    "content": {
        JSON: {"schema": ref("ProgrammeFile"), "example": examples.PROGRAMME},
        "application/yaml": {"schema": ref("ProgrammeFile"), "example": examples.PROGRAMME},
    },
}
PROGRAMMES: Final = (
    DescribedOperation(
        method="POST",
        path="/v1/programmes",
        id="publishProgramme",
        right="programme.publish",
        tag="programmes",
        text=Word(
            "发布整个方案（YAML 或 JSON）：方案本身一件，每个事项一件。中断后用同一幂等键再发即可补全。",
            "Publish a whole programme (YAML or JSON): a submission for itself and one per item. What broke off is "
            "completed by sending it again with the same key.",
        ),
        parameters=(
            KEY,
            parameter("query", "simulated", Word("一律标为模拟数据", "mark it as simulated whatever it says"), FLAG),
        ),
        body=_PUBLISHED,
        answers={202: _SEVERAL_RECEIVED},
        codes=(*SENDING, "exists", "partly_published"),
    ),
    DescribedOperation(
        method="POST",
        path="/v1/programmes/{programme}/policies",
        id="adoptPolicy",
        right="policy.adopt",
        tag="programmes",
        text=Word("对方案的全部事项启用一版政策。", "Adopt a policy for all items of a programme."),
        parameters=(PROGRAMME, KEY),
        body=posted(ref("Policy"), {"policy": {"summary": "政策 policy", "value": examples.POLICY}}),
        answers={202: _SEVERAL_RECEIVED},
        codes=(*SENDING, "partly_published"),
    ),
    _for_all(
        "units-and-leaders",
        "extendProgramme",
        "programme.extend",
        "programme.extended",
        "ProgrammeExtended",
        Word("给方案增补单位和领导。", "Add units and leaders to a programme."),
    ),
    _for_all(
        "calendar",
        "extendCalendar",
        "calendar.extend",
        "calendar.extended",
        "CalendarExtended",
        Word("补充方案发布时还不知道的放假和调休。", "Name holidays and working weekends that were not known."),
    ),
    _for_all(
        "deputies",
        "nameDeputy",
        "deputy.name",
        "deputy.named",
        "DeputyNamed",
        Word("指定代理，写入每个有关事项。", "Name a deputy, for every item that it concerns."),
    ),
    _for_all(
        "deputies/end",
        "endDeputy",
        "deputy.end",
        "deputy.ended",
        "DeputyEnded",
        Word("提前终止代理。", "End a naming before its last day."),
    ),
    DescribedOperation(
        method="POST",
        path="/v1/programmes/{programme}/items/{item}",
        id="assignItem",
        right="item.assign",
        tag="programmes",
        text=Word("给已发布的方案增加一个事项。", "Add an item to a published programme."),
        parameters=(PROGRAMME, ITEM, KEY),
        body=posted_data("item.assigned", "ItemAssigned"),
        answers={202: _SEVERAL_RECEIVED},
        codes=(*SENDING, "partly_published"),
    ),
)
