"""A random story so far, and what its acts are made from: people, ids, periods, nodes."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from tests.rules.model.days import DAY, Calendar, Json, instant
from tests.rules.model.files import policy_of, read_file
from tests.rules.model.story import Model

UNIT, OTHER, LEADER = "nongye", "shuiwu", "leader-1"
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
LEVELS = ("rectification", "interview", "chief_interview")
END = instant("2025-03-10T00:00:00+08:00")
PUBLISHED = (
    "2024-03-19T09:00:00+08:00", "2024-03-19T09:00:00+08:00", "2024-03-19T09:00:00+08:00",
    "2024-05-06T10:00:00+08:00", "2024-06-20T08:00:00+08:00", "2024-03-30T00:00:00+08:00",
    "2024-04-10T23:59:59+08:00", "2024-04-11T00:00:00+08:00", "2024-08-05T09:00:01+08:00", "2024-10-08T09:00:00+08:00",
)  # fmt: skip
EXOTIC = 0.3
"""How many stories reuse ids, reassign the item, change the policy."""
POLICIES = ("yuancheng-2024", "ouhai-like", "template")
WRONG = (f"unit:{OTHER}", f"unit:{UNIT}", "office:o1", "leader:leader-1", "leader:leader-2", "chief")


RARE = (
    ("block", "answer", "block_appeal", "extend_calendar"),
    ("withdraw", "decide_withdrawal", "judge_reply"),
    ("cancel", "cancel", "correct", "reply"),
    ("reassign", "adopt", "move_deadline"),
    ("ask_extension", "ask_extension", "decide_extension", "decide_extension"),
    ("ask_extension", "decide_extension", "extend_calendar"),
    ("plan_inspection", "approve_inspection", "inspect", "review"),
    ("name_deputy", "end_deputy", "extend_programme", "assign"),
    ("lag", "confirm", "hold", "review_rectification"),
    ("report_rectification", "review_rectification", "doubt", "doubt"),
    ("reply", "judge_reply", "judge_reply"),
)
"""Acts that some stories tell more often."""

Told = tuple[str, str, Json]
"""A type, who does it, and the data."""
Telling = Callable[[], Told]


class Choices:
    """A story so far, with the model beside."""

    def __init__(self, seed: int, policy: str) -> None:
        self.random = random.Random(f"{policy}/{seed}")
        category = self.random.choice(["key_task", "key_task", "livelihood"])
        self.scenario: Json = {
            "id": f"F{seed}",
            "title": "a random story",
            "rulebook": "all",
            "policy": policy,
            "item": {"category": category, "lead_unit": UNIT, "cooperating": [OTHER], "leader": LEADER},
            "published_at": self.random.choice(PUBLISHED),
            "steps": [],
        }
        self.programme()
        self.model = Model(self.scenario, policy_of(policy), Calendar(read_file("calendar-2024.yaml")))
        self.now = self.model.published
        self.exotic = self.random.random() < EXOTIC
        if self.exotic and self.random.random() < 0.4:
            for item in (self.scenario["item"], self.model.item, self.model.assigned):
                item["simulated"] = True
        self.count = 0
        self.pace = self.random.choice([0.5, 1, 2, 4])
        self.planning = self.random.choice([1, 6, 6, 6, 6])
        self.litigious = self.random.choice([0, 0, 0, 1, 4])
        self.focus = self.random.choice(RARE) if self.random.random() < 0.4 else ()
        self.mischief = 4 if self.focus else 1
        self.diligence = self.random.choice([0.15, 0.5, 0.8])

    def programme(self) -> None:
        """Whose units and leaders are known, where the calendar ends, when it closes."""
        told: Json = {}
        if self.random.random() < 0.3:
            told["units"], told["leaders"] = [UNIT, OTHER], [LEADER, "leader-2"]
        if self.random.random() < 0.3:
            told["calendar_until"] = self.random.choice(["2024-04-15", "2024-06-30", "2024-12-31"])
        if self.random.random() < 0.2:
            told["closing_on"] = self.random.choice(["2024-05-10", "2024-08-01", "2024-11-15", "2025-02-01"])
        if told:
            self.scenario["programme"] = told

    def office(self) -> str:
        return f"office:o{self.random.randint(1, 3)}"

    def unit(self) -> str:
        return f"unit:{self.model.item['lead_unit']}"

    def leader(self) -> str:
        return f"leader:{self.model.item['leader']}"

    def fresh(self, letter: str) -> str:
        if self.exotic and self.random.random() < 0.2:
            return f"{letter}{self.random.randint(max(1, self.count - 12), self.count + 1)}"
        self.count += 1
        return f"{letter}{self.count}"

    def period(self) -> str:
        """A period around now, rarely another or an unknown one."""
        names = list(self.model.periods.values())
        kind = self.random.random()
        if kind < 0.015 * self.mischief:
            return self.random.choice(["2025Q1", "2024Q1", "2024-06"])
        if kind < 0.1 + self.litigious / 20:
            return self.random.choice([p for p in names if p.opens <= self.now] or names).name
        near = [p for p in names if p.opens <= self.now and p.due + 60 * DAY > self.now]
        open_ = [p for p in near if self.now < p.due + DAY]
        return self.random.choice((open_ if self.random.random() < 0.75 else near) or near or names).name

    def past(self) -> str:
        """A period that was reported, mostly."""
        reported = [a.data["period"] for a in self.model.of("progress.reported")]
        return self.random.choice(reported) if reported and self.random.random() < 0.9 else self.period()

    def node(self) -> Json:
        targets = [
            {
                "indicator": i,
                "comparator": self.random.choice([">=", ">=", "<=", ">", "="]),
                "value": self.random.randint(1, 3),
            }
            for i in self.random.sample(["a", "b"], self.random.choice([0, 1, 1, 2]))
        ]
        return {"text": "t", "targets": targets}

    def finding(self) -> str:
        return self.random.choice(["confirmed", "overturned", "overturned"])

    def waiting_adjustments(self) -> list[str]:
        return self.undecided("adjustment.requested")

    def undecided(self, asked: str) -> list[str]:
        """Ids of requests that wait, once for each."""
        decided = [a.decides for a in self.model.acts if a.decides is not None]
        return [a.data[asked.partition(".")[0]] for a in self.model.of(asked) if a not in decided]

    def notice(self) -> tuple[str, str]:
        causes = [
            (e.level, c.name) for e in self.model.escalations for c in e.causes if self.exotic or e.level != "blockage"
        ]
        if causes and self.random.random() < 0.93:
            return self.random.choice(causes[-5:])
        return self.random.choice(LEVELS), self.random.choice([*self.model.quarters, "lag", "rectification_overdue"])

    def waiting_appeals(self) -> list[str]:
        return self.undecided("appeal.lodged")
