"""The menu of the pages for those who have logged in: what is where, in order, and for whom."""

from __future__ import annotations

from dataclasses import dataclass

from edge.web.access.roles import STAFF, TEACHER_OR_TECHNICIAN, TECHNICIAN, Role


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A page at ``path``; ``key`` is the message that names it."""

    path: str
    key: str
    roles: frozenset[Role]


MENU = (
    MenuItem("/console", "pages.console", STAFF),
    MenuItem("/lessons", "pages.lessons", TEACHER_OR_TECHNICIAN),
    MenuItem("/board/texts", "pages_board_editor.title", TEACHER_OR_TECHNICIAN),
    MenuItem("/calibration", "pages_calibration.title", TECHNICIAN),
    MenuItem("/accounts", "pages_account.accounts", TECHNICIAN),
    MenuItem("/account", "pages_account.title", STAFF),
)


def menu_for(role: str) -> list[MenuItem]:
    """The items of a role."""
    return [item for item in MENU if role in item.roles]
