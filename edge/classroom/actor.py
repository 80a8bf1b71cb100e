"""Who asks for something by way of a page: a name and a role, for the audit log."""

from __future__ import annotations

from pydantic import Field

from edge.classroom.recorder_messages import LinkMessage

LONGEST_NAME = 64


class Actor(LinkMessage):
    """``role`` is teacher, technician, observer or board; ``name`` is the account's, empty for who needs none."""

    role: str = Field(max_length=LONGEST_NAME)
    name: str = Field(default="", max_length=LONGEST_NAME)

    def __str__(self) -> str:
        return f"{self.name} ({self.role})" if self.name not in ("", self.role) else self.role
