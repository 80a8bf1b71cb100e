"""What is known of a request when its handler is called, by typed keys: ``request[ACTOR]``."""

from __future__ import annotations

from typing import cast

from aiohttp import web

from edge.classroom.actor import Actor
from edge.i18n import Language
from edge.web.access.sessions import Session

ACTOR = web.RequestKey("actor", Actor)
"""Who is asking; with the role ``board`` where nobody has logged in."""
SESSION = web.RequestKey("session", Session)
"""Only where somebody has logged in."""
LANGUAGE = cast("web.RequestKey[Language]", web.RequestKey("language", str))
"""The reader's language."""
ADDRESS = web.RequestKey("address", str)
"""Where it comes from (``edge.web.access.client_address``)."""
DETAILS = cast("web.RequestKey[dict[str, str]]", web.RequestKey("details", dict))
"""What a handler adds to the line of the audit log; no name of a student, nothing secret."""
