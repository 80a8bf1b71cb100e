"""Parts of the controller socket's messages that are about polls and the roster."""

from __future__ import annotations

from pydantic import Field

from edge.classroom.polls import MAX_CHOICES, MAX_TEXT_LENGTH, PollKind
from edge.classroom.recorder_messages import LinkMessage
from edge.classroom.roster import SchoolClass
from pipelines.number_ranges import FiniteFloat, Int64

LONGEST_ANSWER = 32
MOST_POINTS = 1000


class PollQuestion(LinkMessage):
    """The question of a poll that is to be opened; see ``edge.classroom.polls.Question``."""

    kind: PollKind
    choices: int = Field(default=0, ge=0, le=MAX_CHOICES)
    text: str = Field(default="", max_length=MAX_TEXT_LENGTH)
    answer: str = Field(default="", max_length=LONGEST_ANSWER)


class PollProgress(LinkMessage):
    """The newest poll of the running lesson as everybody of the staff may see it: counts, and no names.

    ``answered`` are the students whose answer counts, ``expected`` and ``tally`` are as in ``PollStatus``.
    """

    number: Int64
    kind: PollKind
    choices: Int64 = 0
    text: str = ""
    answer: str = ""
    is_open: bool
    answered: Int64 = 0
    expected: Int64 = 0
    tally: dict[str, Int64] = {}


class CountedAnswer(LinkMessage):
    """The answer of one clicker that counts; ``after_ms`` since the opening, ``name`` empty where it is unknown."""

    device: str
    name: str = ""
    text: str
    after_ms: FiniteFloat


class PollStatus(LinkMessage):
    """A poll as it is in the ledger.

    ``given`` is in the order of the presses; ``tally`` counts each answer. ``unknown`` are clickers that belong to
    nobody in the class, which are not counted there; ``expected`` is how many clickers the class has, 0 where no
    class has any and all count. ``unsaved`` answers wait for the disk.
    """

    lesson: str
    number: Int64
    kind: PollKind
    text: str = ""
    answer: str = ""
    is_open: bool
    open_s: FiniteFloat
    tally: dict[str, Int64] = {}
    given: list[CountedAnswer] = []
    expected: Int64 = 0
    unknown: list[str] = []
    duplicates: Int64 = 0
    late: Int64 = 0
    invalid: Int64 = 0
    lost: Int64 = 0
    unsaved: Int64 = 0


class ImportedClasses(LinkMessage):
    """Classes for the roster."""

    classes: list[SchoolClass] = []


class ClassChoice(LinkMessage):
    """The name of the class that is here from now on."""

    use: str = ""


class BoundClicker(LinkMessage):
    """The student ``number`` of the class that is here has the clicker ``device``, or none where that is empty."""

    number: str = ""
    device: str = ""


class PressesSince(LinkMessage):
    """Ask for the clickers that were pressed after ``since_ns`` (CLOCK_MONOTONIC).

    ``anew``: the base begins a question of its own for it, so that clickers that show an answer send another.
    """

    since_ns: Int64 = 0
    anew: bool = False


class RosterStatus(LinkMessage):
    """The names of the roster's classes, the class that is here, and the clickers pressed, in order of the presses.

    ``pressed_at_ns`` are the presses' times (CLOCK_MONOTONIC), one for each of ``pressed``.
    """

    classes: list[str] = []
    here: SchoolClass | None = None
    pressed: list[str] = []
    pressed_at_ns: list[Int64] = []
    now_ns: Int64 = 0
