"""Adds to the corpus an example of every event type that it lacks; what lies there already is never touched.

`python -m tests.contracts.gathering BOOK...`: submissions and rulings come from living through scenario books,
dispatches and the few acts that no scenario has are written below.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson

from contracts.dispatch import Dispatch, encode_dispatch
from contracts.dispatches import (
    Addressed,
    DeliveryAbandoned,
    DeliveryAccepted,
    DeliveryClaimed,
    DeliveryFailed,
    DeliveryRedriven,
    DeliveryUnknown,
    DispatchData,
    NoticeIssued,
    Recipient,
)
from contracts.rulings import Verdict
from contracts.submission import Submission, encode_submission, new_submission
from contracts.submissions import BulletinApproved, BulletinComposed, ProgrammePublished, SubmissionData
from contracts.topics import partition_of
from contracts.values import Actor, Leader, Unit
from services.rating.rules.envelope import LoggedSubmission, Rules, rule_on
from services.rating.rules.state.state import State
from services.rating.scenario_book import runner as scenarios
from services.rating.scenario_book.book import OFFICE, Scenario, read_book
from tests.contracts.test_corpus import CORPUS

MAY = datetime.fromisoformat("2024-05-01T09:00:00+08:00")
PROGRAMME = "441602-2024"


class Recorder:
    """Rules on submissions as rating's shell does, and keeps the bytes."""

    def __init__(self) -> None:
        self.submissions: list[bytes] = []
        self.rulings: list[bytes] = []
        self.states: dict[str, State] = {}

    def take(self, submission: Submission, logged_at: datetime) -> None:
        self.take_bytes(submission.subject, encode_submission(submission), logged_at)

    def take_bytes(self, subject: str, value: bytes, logged_at: datetime) -> None:
        milliseconds = int(logged_at.timestamp() * 1000)
        logged = LoggedSubmission(partition_of(subject), len(self.submissions), milliseconds, value)
        ruled = rule_on(Rules(), "1", logged, len(self.rulings), self.states)
        if ruled.state is not None:
            self.states[subject] = ruled.state
        self.submissions.append(value)
        self.rulings += ruled.values


def submitted(subject: str, actor: Actor, key: str, at: datetime, data: SubmissionData) -> Submission:
    return new_submission("1", actor, key, subject, data, at)


def lived(scenario: Scenario, recorder: Recorder) -> None:
    """Play a scenario, and rule again on what was submitted, as bytes, about a subject of its own."""
    subject = f"{PROGRAMME}/{scenario.id}"
    told: list[tuple[int | None, Actor, str, datetime, datetime, SubmissionData]] = []

    class Listening(scenarios.ScenarioRun):
        def submit(
            self,
            number: int | None,
            actor: Actor,
            key: str,
            at: datetime,
            logged_at: datetime,
            data: SubmissionData,
        ) -> Verdict:
            told.append((number, actor, key, at, logged_at, data))
            return super().submit(number, actor, key, at, logged_at, data)

    run = Listening()
    if scenario.item is not None:
        scenarios.play(scenario.item, scenario, run)
    here: dict[str, str] = {}
    """Ids as this subject has them, by those of the run."""
    for number, actor, key, at, logged_at, data in told:
        of = getattr(data, "of", None)
        named = data if of is None else replace(data, of=here.get(of, of))
        submission = submitted(subject, actor, key, at, named)
        if number is not None:
            here[run.ids[number]] = submission.id
        recorder.take(submission, logged_at)


def programme(recorder: Recorder) -> None:
    """A programme, its bulletin, and a record that nobody can read."""
    policy = next(state.item.frame.policy for state in recorder.states.values() if state.item is not None)
    published = ProgrammePublished(
        title="2024年区《政府工作报告》重点工作督查方案",
        jurisdiction="河源市源城区",
        document="源府办〔2024〕3号",
        issued_on=date(2024, 3, 19),
        simulated=True,
        derived=True,
        units=(Unit(id="nongye", name="区农业农村局"),),
        leaders=(Leader(id="leader-3", label="分管农业农村的区领导"),),
        items=("K17",),
        policy=policy,
    )
    composed = BulletinComposed(
        bulletin="2024-1",
        kind="quarterly",
        period="2024Q1",
        position="rulings-3@120",
        sha256="ab" * 32,
        names_units=True,
    )
    acts: list[tuple[Actor, SubmissionData]] = [
        (OFFICE, published),
        (OFFICE, composed),
        (Actor(role="chief", id="chief"), BulletinApproved(bulletin="2024-1")),
    ]
    for number, (actor, data) in enumerate(acts):
        at = MAY + timedelta(minutes=number)
        recorder.take(submitted(PROGRAMME, actor, f"k{number}", at, data), at)
    recorder.take_bytes(PROGRAMME, b'{"specversion":"1.0"}', MAY)
    recorder.submissions.pop()


def dispatches() -> Iterator[bytes]:
    """A notice and every way in which its delivery can go."""
    delivery = "n1/unit:nongye/smtp"
    until = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    data: list[DispatchData] = [
        NoticeIssued(
            notice="n1",
            number="源督整〔2024〕1号",
            kind="rectification",
            item="K17",
            title="督查整改通知书",
            document_sha256="cd" * 32,
            document="<p>请于5月6日前完成整改</p>",
            text="请于5月6日前完成整改",
            recipients=(Recipient(role="unit:nongye", kind="to"), Recipient(role="leader:leader-3", kind="copy")),
            deliveries=(Addressed(delivery=delivery, role="unit:nongye", channel="smtp", contact="duty"),),
            causes=("9f2e",),
            escalation="rectification-1",
            due_at=datetime.fromisoformat("2024-05-07T00:00:00+08:00"),
            gathered="rulings-3@120",
            simulated=True,
            issued_at=MAY,
        ),
        DeliveryClaimed(delivery=delivery, attempt=1, by="notify-0", until=until, lease_seconds=30, copy=True),
        DeliveryAccepted(delivery=delivery, attempt=1, receipt="250 queued"),
        DeliveryFailed(delivery=delivery, attempt=1, permanent=False, reason="451 busy", retry_at=until),
        DeliveryUnknown(delivery=delivery, attempt=1, action="resend_marked", reason="no outcome"),
        DeliveryAbandoned(delivery=delivery, reason="550 no such mailbox", tries=5),
        DeliveryRedriven(delivery=delivery),
    ]
    for at, one in enumerate(data):
        yield encode_dispatch(
            Dispatch(log="1", subject=PROGRAMME, time=MAY, partition=partition_of(PROGRAMME), at=at, data=one)
        )


def add(topic: str, values: list[bytes]) -> list[str]:
    """Append to the corpus the first example of each type it lacks; returns the types added."""
    path = CORPUS / f"{topic}.jsonl"
    known = {orjson.loads(line)["type"] for line in path.read_bytes().splitlines()} if path.exists() else set()
    added: list[str] = []
    with path.open("ab") as file:
        for value in values:
            type_ = orjson.loads(value)["type"]
            if type_ not in known:
                known.add(type_)
                added.append(type_)
                file.write(value + b"\n")
    return added


def main(books: list[str]) -> None:
    """Entry point."""
    recorder = Recorder()
    for book in books:
        for scenario in read_book(Path(book)):
            lived(scenario, recorder)
    programme(recorder)
    for topic, values in (
        ("submissions", recorder.submissions),
        ("rulings", recorder.rulings),
        ("dispatches", list(dispatches())),
    ):
        sys.stdout.writelines(f"{topic}: {type_}\n" for type_ in add(topic, values))


if __name__ == "__main__":
    main(sys.argv[1:])
