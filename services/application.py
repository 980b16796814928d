"""The application of a service with a public door: its entrance and its limits, before any address is in it."""

from __future__ import annotations

from collections.abc import Collection

from fastapi import FastAPI
from starlette.types import Lifespan

from services.limit_settings import LimitSettings
from web.body_deadline import BodyDeadline, UnreadBody
from web.entrance import Entrance, Told
from web.request_limits import LimitedDoor, RequestLimits
from web.root_path import RootPath


def application(
    title: str,
    limits: LimitSettings,
    *,
    told: Told,
    lifespan: Lifespan[FastAPI],
    origin: str,
    hosts: Collection[str],
    root_path: str = "",
) -> FastAPI:
    """`told` tells of a problem; `origin` is people's address, `hosts` the names that it is asked by.

    `root_path` is where it lies below people's address.
    """
    app = FastAPI(
        title=title,
        version="1",
        lifespan=lifespan,
        # The API is described by a document of its own.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # Services count in metrics of their own; FastAPI's looked for somebody to tell with every request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        redirect_slashes=False,  # it would build the address from what the request says of its host
    )
    app.add_middleware(Entrance, told=told, origin=origin, hosts=hosts)
    if root_path:
        app.add_middleware(RootPath, root=root_path)
    app.add_middleware(BodyDeadline, seconds=limits.body_seconds, a_second=limits.body_a_second)
    app.state.request_limits = RequestLimits(limits.allowance)
    app.add_middleware(LimitedDoor, limits=app.state.request_limits)
    app.add_middleware(UnreadBody)
    return app
