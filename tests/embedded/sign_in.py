"""A person at a browser who signs in at the sign-in server's own pages, and the accounts for it."""

from __future__ import annotations

import base64
import hmac
import html
import re
import ssl
import struct
import time
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Protocol, Self

import httpx

from embedded.keycloak_admin import KeycloakAdmin
from embedded.keycloak_part import administrator
from embedded.parts import Addresses
from embedded.realm import REALM


class Running(Protocol):
    """An installation that runs: a stack, or one of another process."""

    @property
    def home(self) -> Path:
        """Its state folder."""
        ...

    @property
    def urls(self) -> Mapping[str, str]:
        """Each part's address, that of the front being people's."""
        ...


PASSWORD = "twelve letters and more"
STEP_SECONDS = 30


def admin_of(stack: Running) -> KeycloakAdmin:
    """A session of the stack's administrator."""
    return administrator(Addresses(stack.home, stack.urls, {}))


def make_account(stack: Running, username: str, role: str, **attributes: str) -> str:
    """An account with the password `PASSWORD`; its id. One of that name is replaced."""
    with admin_of(stack) as admin:
        for known in admin.find(f"/{REALM}/users", username=username, exact="true"):
            admin.remove(f"/{REALM}/users/{known['id']}")
        wanted = {
            "username": username,
            "enabled": True,
            "attributes": {name: [value] for name, value in attributes.items()},
            "credentials": [{"type": "password", "value": PASSWORD, "temporary": False}],
        }
        account = admin.make(f"/{REALM}/users", wanted)
        admin.make(f"/{REALM}/users/{account}/role-mappings/realm", [admin.find(f"/{REALM}/roles/{role}")])
        return account


def one_time_code(secret: str, at: float | None = None) -> str:
    """Six digits for a secret in base32 (RFC 6238, SHA-1, steps of 30 s) at an instant in seconds, else now."""
    text = secret.replace(" ", "")
    key = base64.b32decode(text + "=" * (-len(text) % 8))
    counter = struct.pack(">Q", int((time.time() if at is None else at) // STEP_SECONDS))
    digest = hmac.digest(key, counter, "sha1")
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06}"


class Form(HTMLParser):
    """The first form of a page: its address and its hidden fields."""

    def __init__(self, page: httpx.Response) -> None:
        super().__init__()
        self.action, self.hidden = "", dict[str, str]()
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the form's address, and a field that is not shown."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = given.get("action", "")
        if tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"]] = given.get("value", "")


class Person:
    """Somebody at a browser that trusts the stack's own authority; `page` is what they see."""

    def __init__(self, stack: Running) -> None:
        trust = ssl.create_default_context(cafile=str(authority_of(stack.home)))
        self.origin = stack.urls["front"]
        self.http = httpx.Client(verify=trust, follow_redirects=True, trust_env=False, timeout=60)
        self.page = self.open("/")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def open(self, path: str, **query: str) -> httpx.Response:
        """See a page of people's address."""
        self.page = self.http.get(f"{self.origin}{path}", params=query)
        return self.page

    def follow(self, part: str) -> httpx.Response:
        """Follow the first link of the page whose address has this part."""
        (found, *_) = [one for one in re.findall(r'href="([^"]+)"', self.page.text) if part in one]
        self.page = self.http.get(httpx.URL(str(self.page.url)).join(html.unescape(found)))
        return self.page

    def send(self, **fields: str) -> httpx.Response:
        """Fill in the form that is seen, and send it."""
        form = Form(self.page)
        assert form.action, self.page.text
        address = httpx.URL(str(self.page.url)).join(form.action)
        self.page = self.http.post(address, data={**form.hidden, **fields})
        return self.page

    def sign_in(self, username: str, password: str = PASSWORD) -> httpx.Response:
        """Sign in by name and password; what is seen then."""
        self.open("/sign-in")
        assert self.at_provider, self.page.text
        return self.send(username=username, password=password)

    def set_up_second_factor(self) -> str:
        """Set up the one-time password that is asked for; its secret, in base32."""
        secret = Form(self.page).hidden["totpSecret"]
        # The page shows base32 of these very characters, which an application is given as the key.
        shown = base64.b32encode(secret.encode()).decode()
        self.send(totp=one_time_code(shown), userLabel="phone")
        return shown

    def sign_out(self) -> None:
        """Sign out by the button of every page, and go where the browser goes on to."""
        self.page = self.http.post(f"{self.origin}/sign-out", headers={"Origin": self.origin})
        onward = [word.split('"')[0] for word in self.page.text.split("0; url=")[1:]]
        for address in onward[:1]:
            self.page = self.http.get(address.replace("&amp;", "&"))

    @property
    def at_provider(self) -> bool:
        """Whether the page is one of the sign-in server."""
        return self.page.url.path.startswith("/identity/")

    @property
    def who(self) -> str:
        """Who is signed in, as the header of the page says."""
        return self.page.text.partition('class="who"')[2].partition("</div>")[0]


def program_token(stack: Running, client: str, secret: str) -> httpx.Response:
    """What the sign-in server answers a program that asks for a token, on loopback."""
    address = f"{stack.urls['keycloak']}/identity/realms/{REALM}/protocol/openid-connect/token"
    asked: dict[str, Any] = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
    return httpx.post(address, data=asked, trust_env=False, timeout=60)


def authority_of(home: Path) -> Path:
    """The certificate of the authority that the front of a state folder made."""
    return home / "front" / "pki" / "authorities" / "local" / "root.crt"
