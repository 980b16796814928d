"""The front publishes the paths of the parts at one address, and nothing of what is the operator's."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from embedded.child_process import free_port
from embedded.front import Front

REALM = "/identity/realms/liangdeng"
AWAY = "/away"
ROUTES = {"/": 1, "/intake": 2, REALM: 3}


def configured(origin: str, **more: Any) -> dict[str, Any]:
    return Front(Path("/nowhere"), origin=origin, routes=ROUTES, **more).configuration()


def server(configuration: dict[str, Any]) -> dict[str, Any]:
    (found,) = configuration["apps"]["http"]["servers"].values()
    return dict(found)


def test_over_http_it_is_reached_from_this_machine_alone() -> None:
    told = server(configured("http://localhost:8080"))
    assert told["listen"] == ["127.0.0.1:8080"]
    assert told["automatic_https"] == {"disable": True}


def test_over_https_everybody_reaches_it_with_the_certificate_that_is_told() -> None:
    told = configured("https://liangdeng.example", certificate=(Path("/c.pem"), Path("/k.pem")))
    assert server(told)["listen"] == [":443"]
    assert told["apps"]["tls"]["certificates"] == {"load_files": [{"certificate": "/c.pem", "key": "/k.pem"}]}
    assert "pki" not in told["apps"]


def test_without_a_certificate_it_makes_its_own_and_changes_nothing_of_the_machine() -> None:
    told = configured("https://10.0.0.7:8443")
    assert told["apps"]["tls"]["automation"]["policies"] == [
        {"subjects": ["10.0.0.7"], "issuers": [{"module": "internal"}]}
    ]
    assert told["apps"]["pki"]["certificate_authorities"]["local"]["install_trust"] is False


@pytest.mark.parametrize(
    ("origin", "told"),
    [("https://liangdeng.example", True), ("https://localhost:8443", False), ("http://localhost", False)],
)
def test_a_name_of_its_own_is_asked_over_https_alone_from_then_on(origin: str, told: bool) -> None:
    assert ("Strict-Transport-Security" in json.dumps(configured(origin))) is told


def test_the_longest_path_is_looked_at_first_and_what_is_the_operators_before_all() -> None:
    private, *routes = server(configured("https://localhost:8443"))["routes"]
    assert private["handle"][-1]["status_code"] == 404
    assert {"/metrics*", "/healthz*", "/readyz*", "/intake/metrics*"} <= set(private["match"][0]["path"])
    upstreams = [route["handle"][-1]["upstreams"][0]["dial"] for route in routes]
    assert upstreams == ["127.0.0.1:3", "127.0.0.1:2", "127.0.0.1:1"]
    assert "match" not in routes[-1]


@pytest.mark.parametrize("origin", ["localhost:8443", "ftp://localhost", "https://"])
def test_what_is_no_address_of_a_web_page_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        Front(Path("/nowhere"), origin=origin, routes={})


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was sent."""

    def do_GET(self) -> None:
        """Answer."""
        told = {name.lower(): value for name, value in self.headers.items()}
        body = json.dumps({"path": self.path, "headers": told, "port": self.connection.getsockname()[1]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A browser that trusts this machine's authority alone, at a front before two servers: of all, and of one realm."""
    behind, sign_on = HTTPServer(("127.0.0.1", 0), Echo), HTTPServer(("127.0.0.1", 0), Echo)
    for server in (behind, sign_on):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    port = free_port()
    origin = f"https://localhost:{port}"
    routes = {"/": behind.server_port, REALM: sign_on.server_port, AWAY: free_port()}
    front = Front(tmp_path_factory.mktemp("front"), origin=origin, routes=routes)
    process = front.launch()
    deadline = time.monotonic() + 60
    while not front.ready():
        assert process.poll() is None, front.log.read_text()
        assert time.monotonic() < deadline, f"the front is not ready\n{front.log.read_text()}"
        time.sleep(0.05)
    trust = ssl.create_default_context(cafile=str(front.authority))
    with httpx.Client(base_url=origin, verify=trust, trust_env=False) as client:
        yield client
    front.stop()
    for server in (behind, sign_on):
        server.shutdown()
        server.server_close()


def test_a_browser_that_trusts_the_authority_is_answered(browser: httpx.Client) -> None:
    answer = browser.get("/programmes/1?lang=en")
    assert (answer.status_code, answer.json()["path"]) == (200, "/programmes/1?lang=en")
    assert not {"server", "via"} & answer.headers.keys()


def test_while_a_service_is_away_it_is_said_when_to_come_again(browser: httpx.Client) -> None:
    answer = browser.post(AWAY, content=b"{}")
    assert (answer.status_code, answer.headers["retry-after"]) == (502, "5")
    assert answer.text.startswith("系统暂时没有应答")
    assert not {"server", "via"} & answer.headers.keys()


def test_what_a_browser_says_of_the_way_is_not_believed(browser: httpx.Client) -> None:
    forged = {"X-Forwarded-For": "10.9.9.9", "X-Forwarded-Host": "evil.example", "X-Request-Id": "forged"}
    seen = browser.get("/", headers=forged).json()["headers"]
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["x-forwarded-host"] == browser.base_url.netloc.decode()
    assert seen["x-forwarded-proto"] == "https"
    assert seen["x-request-id"] != "forged"


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/healthz", "/intake/metrics", "/%6detrics"])
def test_nobody_reaches_what_is_the_operators(browser: httpx.Client, path: str) -> None:
    assert browser.get(path).status_code == 404


def trusting() -> ssl.SSLContext:
    """Of a client that believes any certificate."""
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    return trust


def asked_as_it_is(browser: httpx.Client, path: str) -> tuple[int, dict[str, Any]]:
    """The answer to a path that no client would send so: nothing of it is tidied up on this side."""
    connection = http.client.HTTPSConnection("localhost", browser.base_url.port, context=trusting(), timeout=60)
    connection.putrequest("GET", path, skip_accept_encoding=True)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, json.loads(body) if answer.status == 200 else {}


@pytest.mark.parametrize(
    "path",
    [
        "/identity/realms/master/account",
        "/identity/admin/",
        f"{REALM}/../master/account",
        f"{REALM}/../../admin/",
        f"{REALM}/%2e%2e/%2e%2e/admin/",
        f"{REALM}/.%2e/master/account",
        f"{REALM}/..%2f..%2fadmin/",
        f"{REALM}/%2e%2e%2f%2e%2e%2fadmin/",
        f"/{REALM}/../master/account",
        f"{REALM}-other/account",
        f"{REALM}%2e%2e/x",
    ],
)
def test_no_trick_with_a_path_reaches_more_of_the_sign_on_than_the_one_realm(browser: httpx.Client, path: str) -> None:
    inside = asked_as_it_is(browser, f"{REALM}/account")[1]["port"]
    status, told = asked_as_it_is(browser, path)
    assert status != 200 or told["port"] != inside, told


@pytest.mark.parametrize("path", ["//metrics", "/x/../metrics", "/x/%2e%2e/metrics", "/intake//metrics", "/./healthz"])
def test_no_trick_with_a_path_reaches_what_is_the_operators(browser: httpx.Client, path: str) -> None:
    assert asked_as_it_is(browser, path)[0] == 404
