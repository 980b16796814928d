"""Every application that a service serves, the operator's doors included; nothing connects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import SecretStr

import services.intake.app
import services.notify.app
import services.query.app
import services.rating.ops
from services.intake.settings import IntakeSettings
from services.notify.settings import NotifySettings
from services.query.settings import QuerySettings
from tests.web.desk import DEFAULTS

NOWHERE = "postgresql://nowhere/none"


def applications(folder: Path) -> dict[str, FastAPI]:
    """By name; `folder` is where evidence would be kept."""
    told: dict[str, Any] = {
        "bootstrap_servers": "",
        "jwks": "none.json",
        "database_url": NOWHERE,
        **DEFAULTS,
        "origin": "http://localhost:1",
    }
    intake = services.intake.app.build(
        IntakeSettings(**told, receipt_key=SecretStr("k" * 32), evidence_folder=folder, library=folder)
    )
    query = services.query.app.build(QuerySettings(**told))
    notify = services.notify.app.build(
        NotifySettings(bootstrap_servers="", database_url=NOWHERE, smtp_host="", mail_from="a@b.cn")
    )
    rating = services.rating.ops.build(None)  # type: ignore[arg-type]
    return {
        "intake": intake,
        "intake's operator": intake.state.operator,
        "query": query,
        "query's operator": query.state.operator,
        "notify's operator": notify,
        "rating's operator": rating,
    }
