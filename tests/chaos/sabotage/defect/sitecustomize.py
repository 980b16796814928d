"""A defect in the rules: they raise for one item."""

# mypy: ignore-errors

import os

from services.rating.rules import envelope as ruling

sound = ruling.decide


def decide(state, submission, logged_at):
    if submission.subject == os.environ["SABOTAGE_SUBJECT"] and submission.type.endswith("progress.reported.v1"):
        raise ZeroDivisionError("a defect")
    return sound(state, submission, logged_at)


ruling.Rules.__dataclass_fields__["decide"].default = decide
ruling.Rules.__init__.__defaults__ = tuple(
    decide if default is sound else default for default in ruling.Rules.__init__.__defaults__
)
