"""A browser's sign-in for the tests: the sandbox's provider and the sign-in routes, over real HTTP, the real flow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from embedded.child_process import LOOPBACK, free_port
from programmes import FOLDER
from sandbox.issuer import IssuerSettings
from sandbox.issuer import build as build_issuer
from sandbox.mint import Issuer
from services.recognition import recognition
from services.sign_in_settings import SignInSettings
from web.doors import beside
from web.identity import Unauthenticated
from web.provider import Provider
from web.sessions import SessionsUnavailable
from web.sign_in import SignIn

ISSUER = IssuerSettings.model_fields["name"].default
POSITION_KEY = "a secret that intake and query share"
DEFAULTS: dict[str, Any] = {
    "issuer": ISSUER,
    "oidc_client_secret": SecretStr("no secret"),
    "position_key": SecretStr(POSITION_KEY),
}


@asynccontextmanager
async def sandbox_issuer(folder: Path, port: int | None = None) -> AsyncIterator[str]:
    """The sandbox's provider on a port of its own; its address."""
    port = port or free_port()
    app = build_issuer(IssuerSettings(folder=folder, port=port, programmes=FOLDER))
    async with beside(app, LOOPBACK, port):
        yield f"http://{LOOPBACK}:{port}"


def settings_at(origin: str, issuer: str, folder: Path) -> dict[str, Any]:
    """What a service is told of a sign-in at `origin` with the provider at `issuer`, whose files are in `folder`."""
    discovery = f"{issuer}/.well-known/openid-configuration"
    return {**DEFAULTS, "jwks": str(folder / "jwks.json"), "origin": origin, "oidc_discovery": discovery}


def new_browser() -> httpx.AsyncClient:
    """A browser: it keeps cookies and follows nothing by itself."""
    return httpx.AsyncClient(trust_env=False, timeout=30)


class _Form(HTMLParser):
    """The hidden fields of a page's form."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"]] = given.get("value", "")


async def come_back(browser: httpx.AsyncClient, origin: str, person: str, return_to: str = "/") -> str:
    """Begin to sign in and choose to be `person`; the address at which the provider sends the browser back."""
    begun = await browser.get(f"{origin}/sign-in", params={"return": return_to})
    assert begun.status_code == 303, begun.text
    choice = await browser.get(begun.headers["location"])
    assert choice.status_code == 200, choice.text
    chosen = await browser.post(str(choice.url), data={**_Form(choice.text).fields, "person": person})
    assert chosen.status_code == 303, chosen.text
    return str(chosen.headers["location"])


async def sign_in(browser: httpx.AsyncClient, origin: str, person: str, return_to: str = "/") -> httpx.Response:
    """Sign in as `person`; the answer that begins the session."""
    answer = await browser.get(await come_back(browser, origin, person, return_to))
    assert answer.status_code == 303, answer.text
    return answer


class Desk:
    """Where people of a service without sign-in routes of its own sign in, as they do at query."""

    def __init__(self, origin: str, issuer: str, folder: Path, database_url: str) -> None:
        self.origin = origin
        self.settings = {**settings_at(origin, issuer, folder), "database_url": database_url}
        self.issuer = Issuer(folder, ISSUER)
        self.registry = CollectorRegistry()
        self._cookies: dict[str, str] = {}

    def told(self, event: str) -> float:
        """How often a security event of this kind was told."""
        return self.registry.get_sample_value("liangdeng_security_events_total", {"event": event}) or 0.0

    async def cookie(self, person: str) -> dict[str, str]:
        """The header of a browser in which `person` is signed in, the same one each time."""
        if person not in self._cookies:
            async with new_browser() as browser:
                await sign_in(browser, self.origin, person)
                self._cookies[person] = f"liangdeng={browser.cookies['liangdeng']}"
        return {"Cookie": self._cookies[person]}


@asynccontextmanager
async def desk(folder: Path, database_url: str, issuer_port: int | None = None, **more: Any) -> AsyncIterator[Desk]:
    """A desk, open; it tells at /who whom it recognises. `more` are settings."""
    port = free_port()
    async with sandbox_issuer(folder, issuer_port) as issuer:
        made = Desk(f"http://{LOOPBACK}:{port}", issuer, folder, database_url)
        told = {name: value for name, value in made.settings.items() if name != "database_url"}
        settings = SignInSettings(bootstrap_servers="", **{**told, **more})
        who = recognition(settings, database_url, "desk", made.registry)
        assert who.sessions is not None

        async def tell(request: Request) -> Response:
            try:
                identity = (await who.visitors.of(request)).identity
            except (Unauthenticated, SessionsUnavailable) as error:
                return PlainTextResponse(type(error).__name__, 401 if isinstance(error, Unauthenticated) else 503)
            return PlainTextResponse(identity.id if identity else "")

        provider = Provider(
            issuer=ISSUER,
            client_id=settings.oidc_client_id,
            client_secret="no secret",
            discovery=settings.oidc_discovery,
            claims=settings.mapping,
            security=who.security,
        )
        routes = SignIn(made.origin, settings.intake_root_path, provider, who.sessions, who.security).routes()
        routes.append(Route("/who", tell))
        await who.open()
        await who.sessions.prepare()
        async with beside(Starlette(routes=routes), LOOPBACK, port):
            yield made
        await asyncio.shield(who.close())
