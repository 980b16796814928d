"""Security events: one structured line each, counted, without secrets and without a way to forge a line."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any, Final, Literal

import orjson
from prometheus_client import CollectorRegistry, Counter

from web.identity import Identity

logger = logging.getLogger("liangdeng.security")
SecurityEvent = Literal[
    "signed_in",
    "sign_in_refused",
    "signed_out",
    "session_ended_by_provider",
    "token_refused",
    "right_denied",
    "privileged_read",
    "keys_lost",
    "keys_read",
    "person_added",
    "person_disabled",
    "person_changed",
    "person_erased",
    "account_opened",
    "credentials_reset",
    "work_handed_over",
    "directory_extended",
    "right_granted",
    "right_revoked",
    "form_forged",
]
MAX_TEXT: Final = 200


class SecurityLog:
    """Writes the events of one service and counts them; a line is JSON, so that nothing in it begins another one."""

    def __init__(self, service: str, registry: CollectorRegistry) -> None:
        self._service = service
        self._counter = Counter("liangdeng_security_events", "Security events by kind", ["event"], registry=registry)

    def tell(
        self, event: SecurityEvent, *, request_id: str = "", who: Identity | None = None, **about: str | int | None
    ) -> None:
        """Write one event; `about` names what it concerns, texts cut at 200 characters."""
        line: dict[str, Any] = {"at": datetime.now(UTC).isoformat(), "service": self._service, "event": event}
        if request_id:
            line["request_id"] = printable(request_id)
        if who is not None:
            line |= {"person": who.id, "role": who.role, "unit": who.unit, "jurisdictions": list(who.jurisdictions)}
        line |= {name: printable(value) if isinstance(value, str) else value for name, value in about.items()}
        self._counter.labels(event).inc()
        logger.warning("%s", orjson.dumps(line).decode())


def lines_on_stderr() -> None:
    """Let each event be a line of JSON on standard error and nothing else, whatever other logging looks like."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.handlers, logger.propagate = [handler], False


def printable(text: str) -> str:
    """What a terminal shows as it is: no control, format or surrogate characters."""
    return "".join(one if one.isprintable() else "?" for one in text[:MAX_TEXT])
