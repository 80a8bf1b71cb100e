"""Who may do what: the tables of routes of every page, joined."""

from __future__ import annotations

from edge.web.route import Route
from edge.web.routes import (
    account,
    accounts,
    acts,
    board,
    board_texts,
    calibration,
    console,
    events,
    first_use,
    home,
    lessons,
    login,
    openapi,
    static,
    stills,
    student,
)

ALL_ROUTES: tuple[Route, ...] = (
    *static.ROUTES,
    *login.ROUTES,
    *first_use.ROUTES,
    *account.ROUTES,
    *accounts.ROUTES,
    *home.ROUTES,
    *events.ROUTES,
    *openapi.ROUTES,
    *console.ROUTES,
    *acts.ROUTES,
    *stills.ROUTES,
    *lessons.ROUTES,
    *board.ROUTES,
    *board_texts.ROUTES,
    *student.ROUTES,
    *calibration.ROUTES,
)
