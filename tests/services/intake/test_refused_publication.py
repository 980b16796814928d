"""A publication that rating refuses: the office reads why and what to do, and the draft is open again."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from contracts.rulings import SubmissionRejected, SubmissionRepeated
from contracts.submission import Submission
from contracts.values import Actor
from programmes import FOLDER
from programmes.ledger.writing import write_ledger
from programmes.programme_file import load_programme
from services.intake.programme_drafts.store import KeptDraft
from tests.programmes.ledgers import HEADINGS, ROW, one_sheet
from tests.services.intake.office import HERE, Office, fields_of, text
from tests.services.intake.running_intake import RunningIntake, until, with_desk

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
REFUSED = SubmissionRejected(reasons=("wrong_role",))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    async with with_desk(kafka, postgres(), tmp_path_factory.mktemp("refused")) as made:
        yield made


@pytest.fixture
def office(intake: RunningIntake) -> Office:
    return Office(intake)


async def sent(office: Office, year: int, ledger: bytes) -> str:
    """A draft that was sent to be published and has no ruling yet."""
    programme = await office.draft(year)
    assert (await office.imported(programme, ledger)).status_code == 303
    await number(office, programme, "源府办1号")
    answer = await office.send(f"/drafts/{programme}/publish", {"confirmed": "yes"})
    assert answer.status_code == 303, text(answer)
    return programme


async def number(office: Office, programme: str, document: str) -> None:
    path = f"/drafts/{programme}/programme"
    fields = fields_of((await office.get(path)).text) | {"document": document}
    assert (await office.send(path, fields)).status_code == 303


def about(programme: str, item: str) -> Callable[[Submission], bool]:
    return lambda one: one.subject == f"{programme}/{item}"


async def on_the_log(office: Office, programme: str) -> Counter[str]:
    """How many submissions there are about each subject of a programme."""
    subjects = [one.subject for one in await office.intake.rating.submissions()]
    return Counter(one for one in subjects if one.startswith(programme))


async def test_a_refused_publication_says_why_and_the_draft_is_published_once_it_is_sent_again(
    intake: RunningIntake, office: Office
) -> None:
    programme = await sent(office, 2027, one_sheet(HEADINGS, ROW))
    waiting = text(await office.get(f"/drafts/{programme}/published"))
    assert "正在裁定" in waiting
    assert (await office.get(f"/drafts/{programme}/items/new")).status_code == 409, "nobody changes it meanwhile"
    before = await on_the_log(office, programme)
    await intake.rating.rule(verdict=REFUSED)
    told = text(await office.get(f"/drafts/{programme}/published"))
    assert "不予受理" in told
    assert "该角色无权办理此事" in told
    assert "请由有权的角色办理" in told, "and what to do"
    assert "草稿已重新打开" in told
    assert "上次发布没有生效" in text(await office.get(f"/drafts/{programme}"))
    assert "该角色无权办理此事" in text(await office.get(f"/drafts/{programme}/published")), "whenever it is asked for"
    assert (await office.get(f"/drafts/{programme}/items/new")).status_code == 200
    assert await on_the_log(office, programme) == before, "looking at it sends nothing"

    again = await office.send(f"/drafts/{programme}/publish", {"confirmed": "yes"})
    assert again.status_code == 303, text(again)
    assert set((await on_the_log(office, programme)).values()) == {2}, "the refused one and the new one"
    await intake.rating.rule()
    known = intake.dependencies.roster.programmes
    await until(lambda: programme in known, "the programme is not known")
    assert "全部裁定受理" in text(await office.get(f"/drafts/{programme}/published"))
    await office.send(f"/drafts/{programme}/publish", {"confirmed": "yes"})
    assert set((await on_the_log(office, programme)).values()) == {2}, "and never twice"


async def test_a_page_of_before_the_refusal_publishes_nothing(intake: RunningIntake, office: Office) -> None:
    programme = await sent(office, 2028, one_sheet(HEADINGS, ROW))
    await intake.rating.rule(verdict=REFUSED)
    other = Office(intake, "o2")
    answer = await other.send(f"/drafts/{programme}/publish", {"confirmed": "yes"})
    assert answer.headers["location"].endswith("/published")
    assert "草稿已重新打开" in text(await other.get(f"/drafts/{programme}/published"))
    assert set((await on_the_log(office, programme)).values()) == {1}


async def test_an_item_that_is_refused_is_told_and_the_others_are_in_force(
    intake: RunningIntake, office: Office
) -> None:
    few = load_programme(FOLDER / "yuancheng-2024.yaml")
    programme = await sent(office, 2029, write_ledger(few.model_copy(update={"items": few.items[:3]})))
    await intake.rating.rule(verdict=SubmissionRejected(reasons=("already_published",)), of=about(programme, "K02"))
    known = intake.dependencies.roster
    await until(lambda: len(known.items_in(programme)) == 2, "the other two are not known")
    told = text(await office.get(f"/drafts/{programme}/published"))
    assert "1 件事项不予受理" in told
    assert "K02" in told
    assert "已裁定受理的事项 2 份" in told


async def test_a_draft_whose_programme_another_publication_opened_is_open_again(
    intake: RunningIntake, office: Office
) -> None:
    """Both were sent before either was ruled on."""
    programme = await sent(office, 2030, one_sheet(HEADINGS, ROW))
    file = await office.get(f"/drafts/{programme}/programme.yaml")
    headers = intake.headers("o2", "by-file", **{"Content-Type": "application/yaml"})
    first = {one.id for one in await intake.rating.submissions()}
    posted = await intake.http.post("/v1/programmes", content=file.content, headers=headers)
    assert posted.status_code == 202, posted.text
    await intake.rating.rule(verdict=SubmissionRepeated(), of=lambda one: one.id in first)
    await until(lambda: programme in intake.dependencies.roster.programmes, "the programme is not known")
    told = text(await office.get(f"/drafts/{programme}/published"))
    assert "另一次发布" in told
    refused = await office.send(f"/drafts/{programme}/publish", {"confirmed": "yes"})
    assert refused.status_code == 409, text(refused)
    assert (await office.get(f"/drafts/{programme}/items/new")).status_code == 200


async def test_refused_at_the_door_a_draft_is_open_and_tells_of_no_publication_that_waits(
    intake: RunningIntake, office: Office
) -> None:
    """The day's quota is used up after an earlier refusal: what was sent then is still the last one that was ruled."""
    programme = await sent(office, 2031, one_sheet(HEADINGS, ROW))
    await intake.rating.rule(verdict=REFUSED)
    assert "草稿已重新打开" in text(await office.get(f"/drafts/{programme}/published"))
    intake.dependencies.quotas.use(Actor(role="office", id="o1"), programme, 10**12)
    before = await on_the_log(office, programme)
    turned_away = await office.send(f"/drafts/{programme}/publish", {"confirmed": "yes"})
    assert turned_away.status_code == 429, text(turned_away)
    assert await on_the_log(office, programme) == before
    told = text(await office.get(f"/drafts/{programme}/published"))
    assert "正在裁定" not in told
    assert "该角色无权办理此事" in told
    assert (await office.get(f"/drafts/{programme}/items/new")).status_code == 200


async def test_who_is_turned_away_does_not_open_what_another_sent(intake: RunningIntake, office: Office) -> None:
    drafts, programme = intake.dependencies.drafts, await office.draft(2032)

    async def kept() -> KeptDraft:
        found = await drafts.find(programme)
        assert found is not None
        return found

    both = await kept()
    await drafts.publish(both, "key")
    await drafts.publish(both, "key")
    await drafts.reopen(both, "key")
    assert (await kept()).published == both.version, "the other one may be on the log"
    await drafts.reopen(both, "key")
    assert ((await kept()).published, (await kept()).sent_under) == (None, None)
    await drafts.publish(both, "key")
    await drafts.reopen(both, "another key")
    assert (await kept()).published == both.version


async def test_a_draft_with_simulated_days_says_so_before_anything_is_published(
    intake: RunningIntake, office: Office
) -> None:
    plain = await office.draft(2033)
    assert "模拟数据" not in text(await office.get(f"/drafts/{plain}"))
    found = await intake.dependencies.drafts.find(plain)
    assert found is not None
    simulated = found.content.model_copy(update={"programme": f"{HERE}-2034", "simulated": True})
    await intake.dependencies.drafts.create(simulated, "o1", "created")
    assert "模拟数据" in text(await office.get(f"/drafts/{simulated.programme}"))
