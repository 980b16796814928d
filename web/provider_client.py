"""The client with which services ask the sign-in provider: bounded in time, trusting what this machine trusts."""

from __future__ import annotations

import ssl
from functools import cache
from typing import Any

import httpx


def client(seconds: float) -> httpx.AsyncClient:
    """A client for one exchange; nothing takes longer than so many seconds, and no proxy stands in between."""
    return httpx.AsyncClient(timeout=seconds, **options())


def options() -> dict[str, Any]:
    """What every client to the provider is made with; SSL_CERT_FILE names further authorities, as for OpenSSL."""
    return {"trust_env": False, "verify": _trust()}


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
