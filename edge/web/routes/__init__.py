"""Who may do what: the tables of routes of every page, joined."""

from __future__ import annotations

from edge.web.route import Route
from edge.web.routes import account, accounts, events, first_use, home, login, openapi, static

ALL_ROUTES: tuple[Route, ...] = (
    *static.ROUTES,
    *login.ROUTES,
    *first_use.ROUTES,
    *account.ROUTES,
    *accounts.ROUTES,
    *home.ROUTES,
    *events.ROUTES,
    *openapi.ROUTES,
)
