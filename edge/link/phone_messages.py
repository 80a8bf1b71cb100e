"""Parts of the controller socket's messages that are about students' phones."""

from __future__ import annotations

from edge.classroom.recorder_messages import LinkMessage


class PhoneState(LinkMessage):
    """What a phone may know of itself: its token while it holds a seat, and whether its answer counts in the open poll.

    The token is the secret by which the phone is known, empty where it holds no seat.
    """

    token: str = ""
    counted: bool = False


class JoinedPhone(LinkMessage):
    """A student whose seat is held by a phone."""

    number: str
    name: str
    seat: str = ""
