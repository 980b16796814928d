"""A program's token by client credentials (OAuth 2.0, RFC 6749 4.4), fetched again before it ends."""

from __future__ import annotations

import time
from collections.abc import Generator

import httpx

from liangdeng_client.calls import AGAIN
from liangdeng_client.errors import Refused

_AHEAD_SECONDS = 30.0


class ClientCredentials(httpx.Auth):
    """Signs a unit's system in; one may be shared by several clients.

    A token that is refused (401) is fetched anew once, since the provider's keys may have been changed. Refused,
    `sign_in_refused`, is raised where the credentials themselves are not taken.
    """

    requires_response_body = True

    def __init__(self, token_url: str, client_id: str, client_secret: str) -> None:
        """`token_url` is the provider's token endpoint; the credentials come from the operator of Liangdeng."""
        self._token_url = token_url
        self._client = (client_id, client_secret)
        self._token = ""
        self._good_until = 0.0

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """As httpx asks for it."""
        if time.monotonic() >= self._good_until:
            yield from self._fetch()
        request.headers["Authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code == 401:
            yield from self._fetch()
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _fetch(self) -> Generator[httpx.Request, httpx.Response, None]:
        basic = httpx.BasicAuth(*self._client)
        asking = httpx.Request("POST", self._token_url, data={"grant_type": "client_credentials"})
        answer = yield next(basic.auth_flow(asking))
        if answer.status_code in AGAIN:  # it is being started, say: as if it could not be reached
            raise httpx.ConnectError(f"{self._token_url}: HTTP {answer.status_code}", request=asking)
        told = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        if not answer.is_success or "access_token" not in told:
            why = told.get("error_description") or told.get("error") or f"HTTP {answer.status_code}"
            raise Refused(answer.status_code, {"type": "sign_in_refused", "title": f"登录服务拒绝了客户端凭据：{why}"})
        self._token = told["access_token"]
        self._good_until = time.monotonic() + max(0.0, float(told.get("expires_in", 60)) - _AHEAD_SECONDS)
