"""The Admin REST API of a sign-in server, as its first administrator, on this machine's loopback."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from embedded.machine_error import MachineError

PATIENCE_SECONDS = 30


class KeycloakAdmin:
    """A session of the administrator; every request that is refused raises `MachineError` with what was said.

    Its token holds for a minute: a session is for one errand.
    """

    def __init__(self, url: str, administrator: tuple[str, str]) -> None:
        """`url` is the server's address here, `administrator` a client of the realm master and its secret."""
        self._client = httpx.Client(base_url=f"{url}/admin/realms", timeout=PATIENCE_SECONDS, trust_env=False)
        client, secret = administrator
        asked = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
        try:
            answer = self._client.post(f"{url}/realms/master/protocol/openid-connect/token", data=asked)
        except httpx.HTTPError as error:
            self._client.close()
            raise MachineError(f"无法连接登录服务：{url}", f"The sign-in server at {url} does not answer.") from error
        if answer.status_code != httpx.codes.OK:
            self._client.close()
            raise _refused("sign-in", answer)
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def find(self, path: str, **query: str) -> Any:
        """What lies at a path below the realms, None where there is nothing."""
        answer = self._client.get(path, params=query)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        return self._checked(answer).json()

    def make(self, path: str, content: Any) -> str:
        """Create something below a path; return the id that it was given, empty where it has none."""
        answer = self._checked(self._client.post(path, json=content))
        return str(answer.headers.get("location", "")).rpartition("/")[2]

    def put(self, path: str, content: Any) -> None:
        """Let what lies at a path be this."""
        self._checked(self._client.put(path, json=content))

    def merge(self, path: str, content: Mapping[str, Any]) -> None:
        """Change what `content` names at a path, and leave the rest."""
        self.put(path, {**self.find(path), **content})

    def remove(self, path: str) -> None:
        """Delete what lies at a path."""
        self._checked(self._client.delete(path))

    def _checked(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_error:
            raise _refused(f"{answer.request.method} {answer.request.url.path}", answer)
        return answer


def _refused(what: str, answer: httpx.Response) -> MachineError:
    return MachineError(
        f"Keycloak 拒绝了管理请求（{answer.status_code}）：{what}",
        f"Keycloak refused an administrator's request: {what}: {answer.status_code} {answer.text[:500]}",
    )
