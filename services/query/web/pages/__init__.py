"""Pages for people: rendered here, usable without JavaScript, Chinese first with an English switch."""

from __future__ import annotations

from services.query.web.pages.problem_page import problem_page
from services.query.web.pages.renderer import static
from services.query.web.pages.routes import router

__all__ = ["problem_page", "router", "static"]
