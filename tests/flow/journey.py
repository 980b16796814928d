"""One item's way through a stack, and the browsers of those who take part in it: what each of them does on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser

from embedded.child_process import LOOPBACK, free_port
from embedded.front import front
from embedded.parts import INTAKE, KAFKA, QUERY, RATING, Part
from embedded.stack import Stack
from programmes import FOLDER
from programmes.programme import ProgrammeFile
from programmes.programme_file import load_programme
from sandbox.parts import ISSUER
from tests.flow.installation import shot, until
from tests.flow.person_at_work import DESKTOP, PHONE, Errands, Person, choose_who_to_be

WALK: Final = [pytest.mark.walk, pytest.mark.services, pytest.mark.browser, pytest.mark.timeout(900)]
"""How a module of such walks is marked."""
CATALOGUE: Final = FOLDER / "yuancheng-2024.yaml"
UNIT, LEADER, MAILBOX = "fagai", "leader-1", "fagai@units.example.test"
ACCOUNTS: Final = {
    "clerk": (f"u-{UNIT}-2", PHONE),
    "head": (f"u-{UNIT}-1", PHONE),
    "leader": (LEADER, PHONE),
    "chief": ("chief", PHONE),
    "office": ("o1", DESKTOP),
    "colleague": ("o2", DESKTOP),
}
"""Who does what, by which account, at which width."""


def pages_stack(
    home: Path, name: str, *parts: Part, kafka: str, postgres: Callable[[], str], clock: Path | None = None
) -> Stack:
    """The services with people's pages at one address, and `parts` beside; topics and database are its own."""
    return Stack(
        home,
        parts=(front(), QUERY, INTAKE, RATING, ISSUER, *parts),
        servers=(KAFKA,),
        kafka=kafka,
        database_url=postgres(),
        clock=clock,
        origin=f"http://{LOOPBACK}:{free_port()}",
        env={"LIANGDENG_TOPIC_PREFIX": f"{name}-", "RATING_GROUP": name},
    )


def of_one_unit(*, simulated: bool = False) -> ProgrammeFile:
    """The catalogue with three items alone, K01 to K03, of `UNIT` and in charge `LEADER`."""
    whole = load_programme(CATALOGUE, simulated=simulated)
    of_unit = [one for one in whole.items if one.lead_unit == UNIT and whole.leader_of(one) == LEADER]
    items = tuple(one.model_copy(update={"id": f"K0{n}"}) for n, one in enumerate(of_unit[:3], 1))
    return whole.model_copy(update={"items": items})


@dataclass
class Journey:
    """An item of a programme on its way; `scripted`: whether browsers run scripts."""

    stack: Stack
    chromium: Browser
    errands: Errands
    programme: str
    item: str
    scripted: bool
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """People's one address."""
        return self.stack.urls["front"]

    @property
    def page(self) -> str:
        """Where the item is looked at."""
        return f"/programmes/{self.programme}/items/{self.item}"

    def close(self) -> None:
        """Everybody leaves."""
        for person in self.people.values():
            person.close()

    def person(self, name: str) -> Person:
        """Somebody, signed in."""
        if name not in self.people:
            account, width = ACCOUNTS[name]
            keyboard = name == "clerk"
            made = Person(self.chromium, self.errands, name, width=width, scripted=self.scripted, keyboard=keyboard)
            choose_who_to_be(made, self.origin, account)
            self.people[name] = made
        return self.people[name]

    def at(self, name: str, path: str) -> Person:
        """Somebody at the page where an errand begins."""
        found = self.person(name)
        found.page.goto(f"{self.origin}{path}")
        return found

    def awaits(self, name: str, path: str, selector: str) -> Person:
        """Somebody at a page that shows something, which may take a moment."""
        found = self.person(name)

        def there() -> bool:
            found.page.goto(f"{self.origin}{path}")
            return found.page.locator(selector).count() > 0

        until(there, f"{selector} at {path}")
        return found

    def begun(self, act: str) -> Person:
        """The clerk, at the form of an errand that the desk names; what is due later is folded there."""
        clerk = self.person("clerk")
        link = clerk.page.locator(f"a[href*='/{self.item}/{act}']").first
        if not link.is_visible():
            clerk.press("summary:has-text('以后到期')")
        clerk.press(link)
        clerk.shot(act)
        return clerk

    def of_item(self, name: str, act: str) -> Person:
        """Somebody at an item, at one of the acts that nothing asks for."""
        person = self.at(name, f"/intake/items/{self.programme}/{self.item}")
        person.shot("item")
        link = person.page.locator(f"section.actions a[href*='/{act}']")
        if not link.is_visible():
            person.press("section.actions summary")
        person.press(link)
        person.shot(act)
        return person

    def prepared(self, clerk: Person) -> None:
        """What the form says goes to the head."""
        clerk.press("button[value=check]")
        clerk.shot("check")
        clerk.press("button[value=prepare]")
        assert "尚未报送" in clerk.heading(), clerk.main()
        clerk.shot("prepared")

    def signed(self) -> None:
        """The head signs whatever waits."""
        head = self.at("head", "/")
        with head.errand("sign"):
            head.press("nav >> text=待签")
            head.shot("signing")
            head.tick("input[name=chosen]")
            head.press("button[value=sign]")
        head.shot("signed")
        assert head.page.locator("li.errand.good").count() == 1, head.main()

    def planned(self) -> None:
        """The clerk prepares the plan, the head signs it, the leader confirms it."""
        clerk = self.at("clerk", "/intake/items")
        clerk.shot("desk")
        with clerk.errand("plan", before="8 to 22 fields"):
            self.begun("plan.submitted")
            clerk.write("#every_node", "完成当期任务")
            self.prepared(clerk)
        self.signed()
        leader = self.awaits("leader", "/desk", "main >> text=审定工作方案")
        leader.shot("desk")
        with leader.errand("confirm a plan"):
            leader.press("main >> text=审定工作方案")
            leader.shot("decisions")
            leader.tick(f"input[name=row][value^='{self.programme}|{self.item}|']")
            leader.press("text=确认所选")
        assert "已办 1 件，共 1 件" in leader.heading()

    def noticed(self, subject: str) -> None:
        """The unit has a notice by mail, and in its inbox, where the clerk opens it."""
        clerk = self.person("clerk")
        mail, mailbox = clerk.page.context.new_page(), f"{self.stack.urls['mail']}/?to={MAILBOX}"

        def sent() -> bool:
            mail.goto(mailbox)
            return mail.locator(f"a:has-text('{subject}')").count() > 0

        until(sent, f"{subject} as a mail")
        mail.click(f"a:has-text('{subject}')")
        assert subject.partition("：")[2] in mail.inner_text("body")
        shot(mail, f"mail-{self.item}")
        mail.close()
        card = f"li.card:has-text('{self.item}'):has-text('{subject}')"
        clerk = self.awaits("clerk", "/inbox", card)
        clerk.shot("inbox")
        clerk.press(f"{card} h3 a")
        clerk.shot("notice")

    def acknowledged(self) -> None:
        """The clerk signs for the notice from where it is read."""
        clerk = self.person("clerk")
        with clerk.errand("acknowledge"):
            clerk.press("main >> text=签收和办理")
            clerk.shot("item-noticed")
            clerk.press("section.actions a[href*='/notice.acknowledged']")
            clerk.shot("notice.acknowledged")
            clerk.press("button[value=file]")
        clerk.shot("acknowledged")
        assert "已受理" in clerk.heading(), clerk.main()
