"""Every page that each role can reach is opened, in both languages, on a phone and on a desk, and nothing is wrong.

Which pages there are follows from the applications, and who may open them from the table of rights: a new page that is
not visited fails the walk. Pictures of all that differ in their parts are written to LIANGDENG_SHOTS where that is set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Final

import httpx
import pytest
from playwright.sync_api import Browser, Page

from embedded.stack import Stack
from services.intake.pages.renderer import FOLDER as INTAKE_PAGES
from services.query.web.pages import renderer as query_pages
from tests.flow.every_page.addresses import LivedPages, Somebody
from tests.flow.every_page.checks import WIDTHS, Looks
from tests.flow.every_page.data import texts_and_ids
from tests.flow.every_page.errands import ERRANDS, TYPED, draft_begun, draft_published, extension_asked, ledger_given
from tests.flow.every_page.lived_year import NOW, SOMEBODY, half_a_year
from tests.flow.every_page.routes import opened_by, page_routes
from tests.flow.installation import WALK
from web.header import TEMPLATES

pytestmark = [*WALK, pytest.mark.services, pytest.mark.browser]
ROLES: Final = ("clerk", "head", "leader", "chief", "auditor", "public", "office")
WITH_ACCOUNTS: Final = {"/people/accounts"}
"""Pages that only an installation with accounts of its own has: test_first_day_walk is there."""
NOT_SHOWN: Final = {"people_accounts", "people_accounts_issued", "people_issued", "sign_in", "api"}
"""Templates of such pages, and those that name no template since no service renders them."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, kafka: str, postgres: Callable[[], str]) -> Iterator[Stack]:
    with half_a_year(tmp_path_factory.mktemp("pages"), kafka, postgres) as running:
        yield running


@pytest.fixture(scope="module")
def lived(stack: Stack) -> Iterator[LivedPages]:
    with httpx.Client(trust_env=False, timeout=60) as http:
        yield LivedPages(stack.urls, http)


@pytest.fixture(scope="module")
def looks(lived: LivedPages) -> Looks:
    texts, ids = texts_and_ids()
    return Looks({*texts, *lived.said, *TYPED, SOMEBODY.name}, ids)


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    return page_routes(tmp_path_factory.mktemp("applications"))


@pytest.fixture(scope="module")
def browsers(stack: Stack, lived: LivedPages, chromium: Browser) -> Iterator[Callable[[str], tuple[Somebody, Page]]]:
    """Somebody of a role, signed in."""
    opened: dict[str, tuple[Somebody, Page]] = {}

    def of(role: str) -> tuple[Somebody, Page]:
        if role not in opened:
            who, page = lived.somebody(role), chromium.new_context().new_page()
            if who.account:
                page.goto(f"{stack.urls['front']}/sign-in")
                page.click(f'button[value="{who.account}"]')
            opened[role] = who, page
        return opened[role]

    yield of
    for _, page in opened.values():
        page.context.close()


def in_language(address: str, lang: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={lang}"


def test_what_is_wrong_with_a_page_is_found(chromium: Browser) -> None:
    page, looks = chromium.new_page(), Looks(set(), ["nongye"])
    page.set_content('<html lang="en"><title>t</title><body data-page="bad"><img src="x"><p>区教育局 of nongye</p>')
    looks.look(page, "nobody", "bad", lang="en")
    page.close()
    for fault in ("axe image-alt", "0 first headings", "not marked", "the other language: 区教育局", "the id nongye"):
        assert sum(fault in one for one in looks.wrong) == len(WIDTHS), (fault, looks.wrong)


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_wrong_with_any_page_that_a_role_can_reach(
    role: str,
    stack: Stack,
    lived: LivedPages,
    looks: Looks,
    routes: dict[str, list[str]],
    browsers: Callable[[str], tuple[Somebody, Page]],
) -> None:
    (who, page), origin = browsers(role), stack.urls["front"]
    reached = opened_by(who.role or "public", routes) - WITH_ACCOUNTS
    addresses = [(route, address) for route, address in lived.of(who) if route in reached]
    assert {route for route, _ in addresses} == reached, "every page has an address"
    if role == "chief":
        lived.compose_bulletin()
    if role == "office":
        draft_begun(page, origin, partial(looks.look, page, role, lang="zh"))
    if role == "leader":
        for item in lived.open_items[1:3]:  # one for each language
            extension_asked(browsers("head")[1], origin, item, (NOW + timedelta(days=20)).date())
    for lang in ("zh", "en"):
        looks.data |= lived.noticed()
        for _, address in addresses:
            answer = page.goto(origin + in_language(address, lang))
            if answer is None or answer.status != 200:
                looks.wrong.append(f"{role} {lang} {address}: {answer and answer.status}")
            looks.look(page, role, address, lang=lang)
        for errand in ERRANDS.get(role, ()):
            errand(page, origin, partial(looks.look, page, role, lang=lang), lived.open_items[0])
    if role == "office":
        ledger_given(page, origin, partial(looks.look, page, role, lang="en"))
        draft_published(page, origin, partial(looks.look, page, role, lang="zh"))
    found, looks.wrong = looks.wrong, []
    assert not found, "\n".join(found)
    assert all(looks.seen[role, lang, width] >= len(addresses) for lang in ("zh", "en") for width in WIDTHS)


def test_lights_fill_a_wall_and_papers_can_be_printed(
    stack: Stack, lived: LivedPages, looks: Looks, browsers: Callable[[str], tuple[Somebody, Page]]
) -> None:
    (who, page), about = browsers("office"), f"{stack.urls['front']}/programmes/{lived.programmes[0]}"
    for lang in ("zh", "en"):
        for name, address in (("lights", about), ("wall", f"{about}?view=wall")):
            page.goto(in_language(address, lang))
            looks.look_on_wall(page, "office", name, lang=lang)
        papers = {route: address for route, address in lived.of(who) if route in PRINTED}
        assert papers.keys() == PRINTED
        for address in papers.values():
            page.goto(in_language(stack.urls["front"] + address, lang))
            looks.look_plainly(page, "office", address, lang=lang)
    assert not looks.wrong, "\n".join(looks.wrong)


PRINTED: Final = {
    "/notices/{notice}",
    "/programmes/{programme}",
    "/programmes/{programme}/items/{item}",
    "/programmes/{programme}/units/{unit}/evaluation",
    "/desk",
    "/intake/items/{programme}/{item}",
}


def test_every_template_was_looked_at(looks: Looks) -> None:
    folders = (INTAKE_PAGES / "templates", query_pages.static.directory.parent / "templates", TEMPLATES)  # type: ignore[union-attr]
    templates = {path.stem for folder in folders for path in folder.glob("[!_]*.html")} - {"base", "page"}
    assert templates - looks.pages == NOT_SHOWN
