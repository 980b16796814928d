"""The operator's door, the same at every service: liveness, readiness with its reasons, and metrics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple, Protocol

from fastapi import APIRouter, FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException

from web.entrance import Entrance
from web.gate import GuardedRoute, does
from web.problem import HttpProblem
from web.visitor import request_id


class Readiness(NamedTuple):
    """Whether a service would do its work now, and what else its readiness tells, such as the reasons why not."""

    ready: bool
    details: Mapping[str, object]


class Left(Protocol):
    """What is left to be read of the log."""

    @property
    def records(self) -> int: ...
    @property
    def per_second(self) -> float: ...
    @property
    def seconds(self) -> int | None: ...


def time_left(left: Left | None) -> Mapping[str, object]:
    """For readiness: records left, records a second, seconds left; nothing once everything is read."""
    if left is None:
        return {}
    told = {"records": left.records, "per_second": round(left.per_second), "seconds": left.seconds}
    return {"catching_up": told}


def always(_: Request) -> bool:
    """A process that answers is alive."""
    return True


def operator_routes(
    readiness: Callable[[Request], Awaitable[Readiness]],
    metrics: Callable[[Request], Awaitable[bytes]],
    alive: Callable[[Request], bool] = always,
) -> APIRouter:
    """`/healthz`, `/readyz` and `/metrics`: 503 where the service is not alive or not ready; Prometheus text."""
    router = APIRouter(route_class=GuardedRoute)

    @router.get("/healthz")
    @does("ops.health")
    async def healthz(request: Request) -> Response:
        """The process answers, and does what it is there for."""
        living = alive(request)
        return PlainTextResponse("ok\n" if living else "ended\n", 200 if living else 503)

    @router.get("/readyz")
    @does("ops.ready")
    async def readyz(request: Request) -> Response:
        """200 when it is ready, else 503 with the reasons."""
        ready, details = await readiness(request)
        return JSONResponse(jsonable_encoder({"ready": ready, **details}), 200 if ready else 503)

    @router.get("/metrics")
    @does("ops.metrics")
    async def prometheus(request: Request) -> Response:
        """Prometheus text."""
        return Response(await metrics(request), media_type=CONTENT_TYPE_LATEST)

    return router


def operator_door(app: FastAPI, service: str, router: APIRouter) -> FastAPI:
    """The door of a built service as an application of its own, which shares the service's state."""
    door = FastAPI(title=f"亮灯 · {service}, operator", docs_url=None, redoc_url=None, openapi_url=None)
    door.state = app.state
    door.include_router(router)
    return guarded(door)


def guarded(door: FastAPI) -> FastAPI:
    """The same application, with the entrance before it and problem documents for what it does not have."""
    door.add_exception_handler(HTTPException, _http_error)
    door.add_middleware(Entrance, told=_told)
    return door


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = "method" if error.status_code == 405 else "no_such_address"
    return await _told(request, HttpProblem(code, headers=error.headers))


async def _told(request: Request, problem: HttpProblem) -> Response:
    return problem.response(request_id(request))
