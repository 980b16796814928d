"""Which parts the house has, and what each is told in its environment."""

import os
from collections.abc import Mapping
from pathlib import Path

from embedded.child_process import LOOPBACK

MODULES = {
    "mail": "sandbox.mail",
    "issuer": "sandbox.issuer",
    "rating": "services.rating",
    "intake": "services.intake",
    "query": "services.query",
    "notify": "services.notify",
}
SERVERS = ("kafka", "postgres")
EVERYTHING = (*SERVERS, *MODULES)
DATABASE = "liangdeng"
ISSUER = "liangdeng-sandbox"
DIRECTORY = Path(__file__).resolve().parents[1] / "sandbox" / "directory.yaml"
FIRST = ("mail", "issuer")
"""What the services need from their first moment on: somebody's keys, somewhere for mail."""


def shared_settings(home: Path, *, kafka: str, clock: Path | None) -> dict[str, str]:
    """What every service reads, and any client that wants to reach the same log."""
    return {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "LIANGDENG_HOME": str(home),
        "LIANGDENG_LOG": os.environ.get("LIANGDENG_LOG", "1"),
        "LIANGDENG_TOPIC_PREFIX": os.environ.get("LIANGDENG_TOPIC_PREFIX", ""),
        "LIANGDENG_CLOCK": str(clock or ""),
        "LIANGDENG_JWKS": str(home / "issuer" / "jwks.json"),
    }


def own_settings(module: str, home: Path, urls: Mapping[str, str], *, smtp_port: int) -> dict[str, str]:
    """What one kind of part reads besides, given where the others answer."""
    intake, query, issuer = (urls.get(name, "") for name in ("intake", "query", "issuer"))
    tellings = {
        "sandbox.mail": {"MAIL_FOLDER": str(home / "mail"), "MAIL_SMTP_PORT": str(smtp_port)},
        "sandbox.issuer": {"ISSUER_FOLDER": str(home / "issuer"), "ISSUER_NAME": ISSUER, "ISSUER_QUERY_URL": query},
        "services.intake": {
            "INTAKE_EVIDENCE_FOLDER": str(home / "evidence"),
            "INTAKE_ISSUER": ISSUER,
            "INTAKE_QUERY_URL": query,
            "INTAKE_SIGN_IN_URL": issuer,
        },
        "services.rating": {"RATING_QUARANTINE": str(home / "quarantine")},
        "services.notify": {
            "NOTIFY_DIRECTORY": str(DIRECTORY),
            "NOTIFY_MAIL_FROM": "ducha@yuancheng.example.test",
            "NOTIFY_SMTP_HOST": LOOPBACK,
            "NOTIFY_SMTP_PORT": str(smtp_port),
            "NOTIFY_SMTP_SECURITY": "none",
            # One machine, one clock, a mail server next door: what a crash leaves open is resolved within seconds.
            "NOTIFY_SMTP_TIMEOUT": "5",
            "NOTIFY_LEASE": "12",
            "NOTIFY_SKEW": "1",
            "NOTIFY_RETRY_FIRST": "1",
        },
        "services.query": {"QUERY_INTAKE_URL": intake, "QUERY_ISSUER": ISSUER, "QUERY_SIGN_IN_URL": issuer},
    }
    return tellings.get(module, {})
