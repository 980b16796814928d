"""The front of one machine: Caddy, which gives people one address for the pages, the API and the sign-in."""

import json
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from embedded.child_process import LOOPBACK, answers, spawn, stop
from embedded.machine_error import MachineError
from embedded.parts import FRONT, INTAKE, QUERY, Addresses, Launch, Part
from embedded.ports import port_of

STOP_SECONDS: Final = 10
MAX_HEADER_BYTES: Final = 32 * 1024
HEADER_SECONDS: Final = 10
LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "::1")
IDLE_SECONDS: Final = 120
PRIVATE: Final = (
    *("/metrics*", "/healthz*", "/readyz*", "/intake/metrics*", "/intake/healthz*", "/intake/readyz*"),
    "*/clients-registrations/*",
)
"""What no address of people answers, whatever listens behind it; the last is a sign-in server's for new clients."""
_YEAR_SECONDS: Final = 365 * 24 * 3600


_PLAIN: Final = "text/plain; charset=utf-8"
_AWAY: Final = "系统暂时没有应答，请稍后再试。\nNo answer from the system right now; try again shortly.\n"


class Front:
    """A reverse proxy at `origin`: each path of `routes` goes to its port on this machine, the longest first.

    Over https with `certificate` (the files of a chain and its key), or with one of an authority of this machine's own
    that is made in `folder` (`authority` is its certificate); over http on loopback alone.
    """

    def __init__(
        self,
        folder: Path,
        *,
        origin: str,
        routes: Mapping[str, int],
        certificate: tuple[Path, Path] | None = None,
        log: Path | None = None,
        keep_open: Sequence[int] = (),
    ) -> None:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{origin}: no address of a web page")
        self.folder = folder
        self.port = port_of(origin)
        self.log = log or folder / "front.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._https = parts.scheme == "https"
        self._host = parts.hostname
        self._routes = dict(routes)
        self._certificate = certificate
        response: dict[str, Any] = {"deferred": True, "delete": ["Server", "Via"]}
        if self._https and self._host not in LOCAL_NAMES:
            # From now on this name is asked over https alone. Not this machine's own: other programs share it.
            response["set"] = {"Strict-Transport-Security": [f"max-age={_YEAR_SECONDS}"]}
        self._headers = {"handler": "headers", "response": response}
        self._keep_open = tuple(keep_open)

    @property
    def authority(self) -> Path:
        """The certificate of this machine's own authority, for browsers to trust; there once it was ready."""
        return self.folder / "pki" / "authorities" / "local" / "root.crt"

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for it. Raises `MachineError` where Caddy is missing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        settings = self.folder / "caddy.json"
        settings.write_text(json.dumps(self.configuration(), indent=1), encoding="utf-8")
        self.process = spawn(
            [find_caddy(), "run", "--config", settings],
            log=self.log,
            env={"HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)},
            last_signal=signal.SIGKILL,
            keep_open=self._keep_open,
        )
        return self.process

    def ready(self) -> bool:
        """Tell whether it takes connections, and over https shows a certificate."""
        if not answers(self.port):
            return False
        return not self._https or self._shows_certificate()

    def stop(self) -> None:
        """End it, politely first."""
        if self.process is not None:
            stop(self.process, signal.SIGTERM, STOP_SECONDS)
            self.process = None

    def configuration(self) -> dict[str, Any]:
        """What Caddy is told, in its own JSON."""
        server: dict[str, Any] = {
            "listen": [f":{self.port}" if self._https else f"{LOOPBACK}:{self.port}"],
            "protocols": ["h1", "h2"],
            "max_header_bytes": MAX_HEADER_BYTES,
            "read_header_timeout": HEADER_SECONDS * 1_000_000_000,
            "idle_timeout": IDLE_SECONDS * 1_000_000_000,
            "routes": [*self._closed(), *(self._route(path) for path in sorted(self._routes, key=len, reverse=True))],
            "errors": {"routes": [self._away()]},
            "automatic_https": {"disable_redirects": True} if self._https else {"disable": True},
        }
        apps: dict[str, Any] = {"http": {"servers": {"people": server}}}
        if self._https:
            server["tls_connection_policies"] = [{"default_sni": self._host, "fallback_sni": self._host}]
            apps |= self._tls()
        return {
            "admin": {"disabled": True, "config": {"persist": False}},
            "logging": {"logs": {"default": {"level": "WARN"}}},
            "storage": {"module": "file_system", "root": str(self.folder)},
            "apps": apps,
        }

    def _tls(self) -> dict[str, Any]:
        if self._certificate is not None:
            chain, key = map(str, self._certificate)
            return {"tls": {"certificates": {"load_files": [{"certificate": chain, "key": key}]}}}
        names = [self._host]
        policy = {"subjects": names, "issuers": [{"module": "internal"}]}
        return {
            "tls": {"certificates": {"automate": names}, "automation": {"policies": [policy]}},
            "pki": {"certificate_authorities": {"local": {"install_trust": False, "name": "Liangdeng"}}},
        }

    def _closed(self) -> list[dict[str, Any]]:
        answer = {"handler": "static_response", "status_code": 404}
        return [{"match": [{"path": list(PRIVATE)}], "handle": [self._headers, answer], "terminal": True}]

    def _route(self, path: str) -> dict[str, Any]:
        forward = {
            "handler": "reverse_proxy",
            "upstreams": [{"dial": f"{LOOPBACK}:{self._routes[path]}"}],
            # Nothing of what a browser says about itself or the way is believed behind the front.
            "headers": {"request": {"set": {"X-Request-Id": ["{http.request.uuid}"]}}},
            "flush_interval": -1,
        }
        match = [] if path == "/" else [{"path": [path, f"{path}/*"]}]
        route: dict[str, Any] = {"handle": [self._headers, forward], "terminal": True}
        return {"match": match, **route} if match else route

    def _away(self) -> dict[str, Any]:
        """What is answered while the service behind is being started or does not answer."""
        later = {"handler": "headers", "response": {"set": {"Retry-After": ["5"], "Content-Type": [_PLAIN]}}}
        answer = {"handler": "static_response", "status_code": "{http.error.status_code}", "body": _AWAY}
        return {
            "match": [{"expression": "{http.error.status_code} in [502, 503, 504]"}],
            "handle": [self._headers, later, answer],
        }

    def _shows_certificate(self) -> bool:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            with (
                socket.create_connection((LOOPBACK, self.port), timeout=2) as plain,
                context.wrap_socket(plain, server_hostname=self._host),
            ):
                return True
        except OSError:
            return False


def front(certificate: tuple[Path, Path] | None = None) -> Part:
    """The front as a part: it publishes the paths of the other parts at the stack's origin."""

    def process(launch: Launch) -> Front:
        return Front(
            launch.at.home / FRONT,
            origin=launch.at.origin,
            routes=launch.at.routes,
            certificate=certificate,
            log=launch.log,
            keep_open=launch.keep_open,
        )

    return Part(
        name=FRONT,
        module="caddy",
        process=process,
        about="人们使用的地址 · the address that people use",
        # It waits for them, and not they for it.
        awaited=False,
        tells={INTAKE.module: _believed, QUERY.module: _believed},
    )


def _believed(_: Addresses) -> dict[str, str]:
    """Of a request from here the address is believed that it is said to come from."""
    return {"LIANGDENG_PROXIES": LOOPBACK}


def find_caddy() -> Path:
    """Return the Caddy that comes with the environment, else one of the machine."""
    beside = Path(sys.executable).with_name("caddy")
    found = beside if beside.exists() else shutil.which("caddy")
    if found:
        return Path(found)
    raise MachineError("没有 Caddy：请运行 make setup。", "No Caddy: run `make setup`.")
