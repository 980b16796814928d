"""The ports of the services' doors, unless they are told otherwise; a test holds compose and Kubernetes to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PORTS: Final[Mapping[str, int]] = {"intake": 8001, "query": 8004}
"""Where people and programs find a service."""
OPS_PORTS: Final[Mapping[str, int]] = {"intake": 9001, "rating": 9002, "notify": 9003, "query": 9004}
"""Where the operator does: /metrics, /healthz, /readyz. Rating and notify have no other door."""
