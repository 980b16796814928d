"""Where every page lies in a lived year, for somebody who may open it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final

import httpx

from contracts.values import Role
from services.query.answers.office_desk import QUEUES
from supervision.rights import OPERATIONS, SUBMITTED_ABOUT_ITEMS
from tests.flow.every_page.data import texts
from tests.flow.every_page.lived_year import SOMEBODY
from tests.flow.installation import until

DRAFT: Final = "441602-2025"
"""The draft that the office begins in the walk."""


@dataclass(frozen=True)
class Somebody:
    """Who looks: an account of the sandbox, or nobody signed in."""

    account: str
    role: Role | None
    unit: str = ""
    leader: str = ""


class LivedPages:
    """What a year holds, as the auditor sees it, and the addresses that follow for each role."""

    def __init__(self, urls: Mapping[str, str], http: httpx.Client) -> None:
        self._urls = urls
        self._http = http

    def get(self, path: str, who: str = "auditor", **params: str) -> Any:
        """An answer of query's API."""
        answer = self._http.get(f"{self._urls['query']}/v1{path}", params=params, headers=self._bearer(who))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _is(self, part: str, state: str) -> bool:
        return bool(self._http.get(f"{self._urls[part]}/v1/progress").json()[state])

    def _bearer(self, who: str) -> dict[str, str]:
        token = self._http.post(f"{self._urls['issuer']}/token", json={"person": who}).json()["token"]
        return {"Authorization": f"Bearer {token}"}

    @cached_property
    def programmes(self) -> list[str]:
        """Their ids, the largest first."""
        return [one["id"] for one in self.get("/programmes")["programmes"]]

    @cached_property
    def items(self) -> list[dict[str, Any]]:
        """All items of the first programme."""
        return list(self.get(f"/programmes/{self.programmes[0]}/items")["items"])

    @cached_property
    def escalated(self) -> dict[str, Any]:
        """An item of the first programme with an open escalation: there is most to see about it."""
        found = self.get(f"/programmes/{self.programmes[0]}/escalations")["escalations"]
        return next(one for one in self.items if one["id"] == found[0]["item"])

    @cached_property
    def open_items(self) -> list[str]:
        """Those of the same unit with an open escalation that nothing was reported about, as `programme/item`."""
        first, unit = self.programmes[0], self.escalated["lead_unit"]
        led = {one["id"] for one in self.items if one["lead_unit"] == unit}
        found = self.get(f"/programmes/{first}/escalations")["escalations"]
        return [f"{first}/{one['item']}" for one in found if one["item"] in led and one["standing"] == "open"]

    @cached_property
    def said(self) -> set[str]:
        """What units, leaders and the office wrote: texts that are not translated."""
        found: set[str] = set()
        for programme in self.programmes:
            for item in self.get(f"/programmes/{programme}/items")["items"]:
                for said in (one.get("data", {}) for one in self._timeline(item)):
                    found |= {text for text in texts(said) if not text.isascii()} | {said.get("blockage", "")}
        return found - {""}

    def noticed(self) -> set[str]:
        """What the notices that are issued up to now are called; those under way are waited for."""
        for part, state in (("notify", "idle"), ("query", "caught_up")):
            until(partial(self._is, part, state), f"{part} is {state}")
        notices = (one for id_ in self.programmes for one in self.get(f"/programmes/{id_}/notices")["notices"])
        return {text for one in notices for text in (one["title"], one["number"])}

    def compose_bulletin(self) -> None:
        """The office composes a bulletin, by a program as it does, and the chief leader has one to approve."""
        programme = self.programmes[0]
        position = self.get(f"/programmes/{programme}", "o1")["position"]
        data = {
            "bulletin": "2024Q2-1",
            "kind": "quarterly",
            "period": "2024Q2",
            "position": ",".join(part for part in position.split(",") if part.startswith("rulings-")),
            "sha256": "0" * 64,
            "names_units": True,
        }
        answer = self._http.post(
            f"{self._urls['intake']}/v1/programmes/{programme}/submissions",
            json={"type": "bulletin.composed", "data": data},
            headers={"Idempotency-Key": "bulletin", **self._bearer("o1")},
        )
        assert answer.status_code == 202, answer.text

    def somebody(self, role: str) -> Somebody:
        """Somebody of a role who has to do with the item."""
        unit, leader = self.escalated["lead_unit"], self.escalated["leader"]
        return {
            "public": Somebody("", None),
            "clerk": Somebody(f"u-{unit}-2", "unit", unit),
            "head": Somebody(f"u-{unit}-1", "unit", unit),
            "leader": Somebody(leader, "leader", "", leader),
            "chief": Somebody("chief", "chief"),
            "office": Somebody("o1", "office"),
            "auditor": Somebody("auditor", "auditor"),
        }[role]

    def of(self, who: Somebody) -> Iterator[tuple[str, str]]:
        """Route and address of every page for somebody; several of a kind where they look different."""
        first, item = self.programmes[0], self.escalated
        about, led = f"/programmes/{first}", item["lead_unit"]
        yield "/", "/"
        yield "/programmes/{programme}", about
        yield "/programmes/{programme}", f"{about}?sort=trouble&category=livelihood"
        yield "/programmes/{programme}", f"{about}?view=wall"
        yield "/programmes/{programme}", f"{about}?as_of=2024-05-01"
        yield "/programmes/{programme}/units/{unit}", f"{about}/units/{led}"
        yield "/programmes/{programme}/items/{item}", f"{about}/items/{item['id']}"
        for state in ("", "?state=all"):
            yield "/programmes/{programme}/escalations", f"{about}/escalations{state}"
        yield "/programmes/{programme}/evaluation", f"{about}/evaluation"
        yield "/programmes/{programme}/units/{unit}/evaluation", f"{about}/units/{who.unit or led}/evaluation"
        for queue in QUEUES if who.role == "office" else ("",):
            yield "/desk", f"/desk{queue and '?queue='}{queue}"
        yield "/inbox", "/inbox"
        for notice in self._notices(who):
            yield "/notices/{notice}", f"/notices/{notice}"
        yield "/privileged-reads", "/privileged-reads"
        for submission in self._submissions(item):
            yield "/submissions/{submission}", f"/submissions/{submission}"
            yield "/intake/receipts/{submission_id}", f"/intake/receipts/{submission}"
        for path in ("/people", "/people/units", "/people/import", "/people/accounts", "/people/new", "/docs"):
            yield path, path
        yield "/people/id/{person}", f"/people/id/{SOMEBODY.id}"
        yield from self._intake(who, first, item)

    def _intake(self, who: Somebody, first: str, item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        yield "/intake/docs", "/intake/docs"
        for path in ("signing", "items", "publish", "drafts", "drafts/new", "review"):
            yield f"/intake/{path}", f"/intake/{path}"
        yield "/intake/evidence/{sha256}", f"/intake/evidence/{self._cited(item)}"
        yield "/intake/items/{programme}/{item}", f"/intake/items/{first}/{item['id']}"
        yield "/intake/tables/{programme}", f"/intake/tables/{first}"
        for act in DECISIONS.get(who.role or "", ()):
            yield "/intake/decisions", f"/intake/decisions?act={act}"
        for name in SUBMITTED_ABOUT_ITEMS:
            if who.role in OPERATIONS[f"submit.{name}"].roles:
                yield "/intake/items/{programme}/{item}/{name}", f"/intake/items/{first}/{item['id']}/{name}"
        about = "/intake/programmes/{programme}"
        yield about, f"/intake/programmes/{first}"
        for part in ("calendar", "units-and-leaders", "policy", "deputies", "item", "words", "hands", "all-hands"):
            yield f"{about}/{part}", f"/intake/programmes/{first}/{part}"
        for part in ("words", "hands"):
            yield f"{about}/{part}", f"/intake/programmes/{first}/{part}?item={item['id']}"
        draft = "/intake/drafts/{programme}"
        yield draft, f"/intake/drafts/{DRAFT}"
        for part in ("import", "programme", "calendar", "year", "compare", "publish", "published", "remove"):
            yield f"{draft}/{part}", f"/intake/drafts/{DRAFT}/{part}"
        for part in ("units", "leaders", "items"):
            yield f"{draft}/{{part}}", f"/intake/drafts/{DRAFT}/{part}"
            yield f"{draft}/{{part}}/{{id_}}", f"/intake/drafts/{DRAFT}/{part}/new"

    def _notices(self, who: Somebody) -> list[str]:
        """A notice of each kind that somebody may read."""
        kinds: dict[str, str] = {}
        mine = {f"unit:{who.unit}", f"leader:{who.leader}"}
        for one in self.get(f"/programmes/{self.programmes[0]}/notices")["notices"]:
            if who.role not in ("unit", "leader") or any(to["role"] in mine for to in one["recipients"]):
                kinds.setdefault(one["kind"], one["notice"])
        return list(kinds.values())

    def _submissions(self, item: Mapping[str, Any]) -> list[str]:
        """A submission about the item of each kind."""
        kinds: dict[str, str] = {}
        for one in self._timeline(item):
            kinds.setdefault(one["type"], one["id"])
        return [kinds[name] for name in ("progress.reported", "rectification.reported") if name in kinds]

    def _timeline(self, item: Mapping[str, Any]) -> list[dict[str, Any]]:
        return list(self.get(f"/programmes/{item['programme']}/items/{item['id']}/timeline")["timeline"])

    def _cited(self, item: Mapping[str, Any]) -> str:
        found = (file["sha256"] for one in self._timeline(item) for file in one.get("data", {}).get("evidence", ()))
        return next(found, "")


DECISIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "office": ("plan.decided",),
    "leader": ("plan.decided", "adjustment.decided", "extension.decided"),
    "chief": ("bulletin.approved",),
}
