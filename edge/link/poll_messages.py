"""What the command line and the controller say to each other about polls and the roster."""

from __future__ import annotations

from pydantic import Field

from edge.classroom.polls import LONGEST_TEXT, MOST_CHOICES, PollKind
from edge.classroom.recorder_messages import LinkMessage
from edge.classroom.roster import SchoolClass

LONGEST_ANSWER = 32
MOST_POINTS = 1000


class PollRequest(LinkMessage):
    """The question of a poll to be opened; see ``edge.classroom.polls.Question``."""

    kind: PollKind
    choices: int = Field(default=0, ge=0, le=MOST_CHOICES)
    text: str = Field(default="", max_length=LONGEST_TEXT)
    answer: str = Field(default="", max_length=LONGEST_ANSWER)


class CountedAnswer(LinkMessage):
    """The answer of one clicker that counts; ``after_ms`` since the opening, ``name`` empty where it is unknown."""

    device: str
    name: str = ""
    text: str
    after_ms: float


class PollStatus(LinkMessage):
    """A poll as it stands on the disk.

    ``given`` is in the order of the presses; ``tally`` counts each answer. ``unknown`` are clickers that belong to
    nobody in the class, which are not counted there; ``expected`` is how many clickers the class has, 0 where no
    class has any and all count. ``unsaved`` answers wait for the disk.
    """

    lesson: str
    number: int
    kind: PollKind
    text: str = ""
    answer: str = ""
    is_open: bool
    open_s: float
    tally: dict[str, int] = {}
    given: list[CountedAnswer] = []
    expected: int = 0
    unknown: list[str] = []
    duplicates: int = 0
    late: int = 0
    invalid: int = 0
    lost: int = 0
    unsaved: int = 0


class RosterRequest(LinkMessage):
    """What is to be done with the roster: ``classes`` are imported, ``use`` is here from now on.

    ``number`` is the student who is bound to ``device``, or to none where that is empty. With ``since_ns`` the
    clickers that were pressed after that moment (CLOCK_MONOTONIC) are told.
    """

    classes: list[SchoolClass] = []
    use: str = ""
    number: str = ""
    device: str = ""
    since_ns: int = 0


class RosterStatus(LinkMessage):
    """The names of its classes, the class that is here, and the clickers that were pressed, in their order."""

    classes: list[str] = []
    here: SchoolClass | None = None
    pressed: list[str] = []
    now_ns: int = 0
