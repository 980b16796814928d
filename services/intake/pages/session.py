"""Who uses the browser, and the proof that a form was opened in the same session."""

from __future__ import annotations

from starlette.requests import Request

from services.intake.dependencies import Dependencies
from services.intake.problem import IntakeProblem
from web.identity import Identity, Unauthenticated
from web.visitor import known_visitor, same_site


def signed_in(request: Request) -> tuple[Dependencies, Identity]:
    """What a handler needs, and who is signed in. Raises Unauthenticated."""
    dependencies: Dependencies = request.app.state.dependencies
    identity = known_visitor(request).identity
    if identity is None:
        raise Unauthenticated("nobody is signed in")
    return dependencies, identity


def form_token(request: Request, action: str = "") -> str:
    """Stands in the form of this page; `action`: the last part of the address that it goes to, if that is another."""
    path: str = request.scope["path"]
    return known_visitor(request).form_token(f"{path.rpartition('/')[0]}/{action}" if action else path)


def check_origin(request: Request) -> None:
    """Refuses a form that another site sent, before its body is read. Raises IntakeProblem `form_expired`."""
    dependencies: Dependencies = request.app.state.dependencies
    if not same_site(request, dependencies.settings.origin):
        dependencies.who.visitors.tell("form_forged", request, "sent from another site")
        raise IntakeProblem("form_expired", "请求来自其他网站", "the request comes from another site")


def check_form_token(request: Request, given: str) -> None:
    """Raises IntakeProblem `form_expired` unless the form was opened in this session."""
    if not known_visitor(request).sent(given, request.scope["path"]):
        dependencies: Dependencies = request.app.state.dependencies
        dependencies.who.visitors.tell("form_forged", request, "not opened in this session")
        raise IntakeProblem("form_expired")
