"""The Admin REST API of a sign-in server, as its first administrator, on this machine's loopback."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from embedded.machine_error import MachineError

PATIENCE_SECONDS = 120
"""A new realm has keys made for it, which took a busy machine longer than half a minute."""


class KeycloakAdmin:
    """A session of the administrator; every request that is refused raises `MachineError` with what was said."""

    def __init__(self, url: str, administrator: tuple[str, str]) -> None:
        """`url` is the server's address here, `administrator` a client of the realm master and its secret."""
        self._client = httpx.Client(base_url=f"{url}/admin/realms", timeout=PATIENCE_SECONDS, trust_env=False)
        self._token_url = f"{url}/realms/master/protocol/openid-connect/token"
        self._administrator = administrator
        try:
            self._sign_in()
        except MachineError:
            self._client.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def find(self, path: str, **query: str) -> Any:
        """What lies at a path below the realms, None where there is nothing."""
        answer = self._asked("GET", path, params=query)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        return self._checked(answer).json()

    def make(self, path: str, content: Any) -> str:
        """Create something below a path; return the id that it was given, empty where it has none."""
        answer = self._checked(self._asked("POST", path, json=content))
        return str(answer.headers.get("location", "")).rpartition("/")[2]

    def put(self, path: str, content: Any) -> None:
        """Let what lies at a path be this."""
        self._checked(self._asked("PUT", path, json=content))

    def merge(self, path: str, content: Mapping[str, Any]) -> None:
        """Change what `content` names at a path, and leave the rest."""
        self.put(path, {**self.find(path), **content})

    def remove(self, path: str, content: Any = None) -> None:
        """Delete what lies at a path, or of a list there what `content` names."""
        self._checked(self._asked("DELETE", path, json=content))

    def _asked(self, method: str, path: str, **content: Any) -> httpx.Response:
        answer = self._sent(method, path, **content)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            # A token holds for a minute, and a busy machine takes longer to make a realm.
            self._sign_in()
            answer = self._sent(method, path, **content)
        return answer

    def _sign_in(self) -> None:
        self._client.headers.pop("Authorization", None)
        client, secret = self._administrator
        asked = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
        answer = self._sent("POST", self._token_url, data=asked)
        if answer.status_code != httpx.codes.OK:
            raise _refused("sign-in", answer)
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def _sent(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **content)
        except httpx.HTTPError as error:
            at = f"{self._client.base_url.host}:{self._client.base_url.port}"
            raise MachineError(
                f"登录服务没有响应：{at}（{type(error).__name__}）",
                f"The sign-in server at {at} does not answer: {type(error).__name__}.",
            ) from error

    def _checked(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_error:
            raise _refused(f"{answer.request.method} {answer.request.url.path}", answer)
        return answer


def _refused(what: str, answer: httpx.Response) -> MachineError:
    return MachineError(
        f"Keycloak 拒绝了管理请求（{answer.status_code}）：{what}",
        f"Keycloak refused an administrator's request: {what}: {answer.status_code} {answer.text[:500]}",
    )
