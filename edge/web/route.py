"""A row of the route table: an address, what answers there, and who may have it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from pydantic import BaseModel

from edge.web.access.roles import PUBLIC, Role

FORM_BYTES = 64 << 10
"""What a page's form or a request of its script may have."""
FILE_BYTES = 2 << 20
"""What a file may have that somebody of the staff hands in: a class list, a timetable, a list of seats."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """``handler`` answers ``method`` at ``path`` (aiohttp's syntax) for whoever has one of ``roles``.

    ``plain_http``: it is there on the port without TLS too, for the class board and the students' page alone.
    ``body`` is the model of the JSON that is sent to it; None is a form, or nothing. ``largest_body`` bounds what is
    sent, in bytes. ``logged``: reading it is an act that goes into the audit log, as every other method of the staff
    does anyway.
    """

    method: str
    path: str
    handler: Handler
    roles: frozenset[Role]
    plain_http: bool = False
    body: type[BaseModel] | None = None
    largest_body: int = FORM_BYTES
    logged: bool = False

    @property
    def is_public(self) -> bool:
        """Whether nobody needs a password for it."""
        return self.roles == PUBLIC

    @property
    def is_audited(self) -> bool:
        """Whether a line of the audit log says who had it."""
        return self.logged or (self.method != "GET" and not self.is_public)
