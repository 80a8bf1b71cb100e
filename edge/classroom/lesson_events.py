"""Lesson events, published to their subscribers in the controller; commands to the recorder are no events.

The usual order is ``LessonStarted``, ``LessonEnded`` (the end was decided), ``LessonFilesClosed``, ``LessonChecked``,
``LessonFinalised`` (the end can no longer be taken back), ``LessonDescribed``, ``LessonCopied``, ``LessonStored``. The
state machine emits those up to ``LessonFinalised``, the parts that work on ended lessons the others. ``at_ns`` is
CLOCK_MONOTONIC in nanoseconds: when it happened in the room, which may be earlier than when it is published.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.journal.entries import Cause


@dataclass(frozen=True, slots=True)
class LessonEvent:
    """Base of the events: the lesson's id, and when it happened."""

    lesson: str
    at_ns: int


@dataclass(frozen=True, slots=True)
class LessonStarted(LessonEvent):
    """A new lesson begins; the recorder was commanded to record it. ``cause``: by a person, or as planned."""

    cause: Cause = Cause.TEACHER


class LessonAdopted(LessonEvent):
    """A controller that has just started found the lesson running in the recorder."""


@dataclass(frozen=True, slots=True)
class LessonRejected(LessonEvent):
    """The recorder cannot begin the lesson, for ``reason``: no lesson of this id exists."""

    reason: str


class LessonPaused(LessonEvent):
    """Nothing is recorded until it is resumed."""


class LessonResumed(LessonEvent):
    """It goes on after a pause."""


@dataclass(frozen=True, slots=True)
class LessonMarked(LessonEvent):
    """Somebody marked this moment."""

    label: str


class LessonButtonTapped(LessonEvent):
    """The lesson button was pressed shortly while the lesson is recorded, which changes nothing in it."""


class StartDeclined(LessonEvent):
    """The pause button was pressed while there is no lesson, which has no id: whatever would begin is not wanted."""


@dataclass(frozen=True, slots=True)
class LessonEnded(LessonEvent):
    """The lesson is over, because somebody ended it or by itself; for a while its end can be taken back."""

    cause: Cause = Cause.TEACHER


class LessonEndTakenBack(LessonEvent):
    """The lesson goes on: whatever was found or begun because of its end is void."""


@dataclass(frozen=True, slots=True)
class LessonFileFinished(LessonEvent):
    """A file of the lesson has its final name and is durable; ``path`` is relative to the lesson's folder."""

    path: str


class LessonFilesClosed(LessonEvent):
    """All files of the lesson are closed, again if they were before: it can be checked.

    There are none where it was ended before the recorder could begin it.
    """


class LessonFinalised(LessonEvent):
    """The lesson has ended for good: its files are closed and its end can no longer be taken back."""


@dataclass(frozen=True, slots=True)
class LessonChecked(LessonEvent):
    """The recording was checked and its receipt written."""

    is_good: bool


class LessonDescribed(LessonEvent):
    """The controller's own files about the lesson are written, or were changed: it can be completed in the store."""


class LessonPreviewed(LessonEvent):
    """Poster, thumbnails or the text of the screen were made, which the controller's own files do not list yet."""


class LessonCopied(LessonEvent):
    """Every file of the lesson, as it is now, was compared with the store."""


class LessonRemoved(LessonEvent):
    """The lesson's folder is gone from this box: somebody had it erased, or room was needed."""


class LessonStored(LessonEvent):
    """The receipt and the ledger say that the lesson is stored, and the store has that receipt too."""
