"""Who may do what: the tables of routes of every page, joined."""

from __future__ import annotations

from edge.web.route import Route
from edge.web.routes import account, acts, console, events, home, login, static, stills

ALL_ROUTES: tuple[Route, ...] = (
    *static.ROUTES,
    *login.ROUTES,
    *account.ROUTES,
    *home.ROUTES,
    *events.ROUTES,
    *console.ROUTES,
    *acts.ROUTES,
    *stills.ROUTES,
)
