"""What devices give and take: pictures, sound, button events, answers of clickers and what is asked of them.

Every ``captured_ns`` is CLOCK_MONOTONIC in nanoseconds (``time.monotonic_ns()``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av import VideoFrame


class Coding(StrEnum):
    """How a camera's pictures leave its driver."""

    MJPEG = "mjpeg"
    H264 = "h264"
    PLANES = "planes"


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """Size in pixels (both even), nominal frames a second, and coding; ``why`` that is not the device's own."""

    width: int
    height: int
    fps: Fraction
    coding: Coding
    why: str = ""


@dataclass(frozen=True, slots=True)
class JpegPicture:
    """One whole JPEG file, as an MJPEG camera sends it."""

    captured_ns: int
    data: bytes


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One H.264 picture in Annex B, in decoding order; key pictures carry their own SPS and PPS.

    ``reordered`` is true once the stream, against what it said when it was opened, shows pictures in
    another order than it sends them (B-frames); such a stream cannot be passed through.
    """

    captured_ns: int
    data: bytes
    key: bool
    reordered: bool = False


@dataclass(frozen=True, slots=True)
class DecodedPicture:
    """A picture as yuv420p planes, owned by the receiver; no one writes to it any more."""

    captured_ns: int
    frame: VideoFrame


Picture = JpegPicture | AccessUnit | DecodedPicture


def memory_bytes(picture: Picture) -> int:
    """How many bytes of memory a picture holds."""
    if isinstance(picture, DecodedPicture):
        return sum(plane.buffer_size for plane in picture.frame.planes)
    return len(picture.data)


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """Nominal samples a second of each channel, and channels."""

    rate_hz: int
    channels: int


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """Samples of shape (n, channels), int16; ``captured_ns`` is the time of the first one."""

    captured_ns: int
    samples: NDArray[np.int16]


class ButtonAction(StrEnum):
    """What happened to a button."""

    PRESSED = "pressed"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class ButtonEvent:
    """One debounced edge of a button."""

    name: str
    action: ButtonAction
    at_ns: int


class Pattern(StrEnum):
    """Everything a lamp can say; a one-colour lamp knows the first four."""

    OFF = "off"
    ON = "on"
    SLOW_BLINK = "slow-blink"
    SHORT_BLINK = "short-blink"
    GREEN = "green"
    GREEN_BLINK = "green-blink"
    AMBER = "amber"
    AMBER_BLINK = "amber-blink"
    AMBER_FAST_BLINK = "amber-fast-blink"


class QuestionKind(StrEnum):
    """What students are asked to press."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    NUMBER = "number"
    RUSH = "rush"


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """Open a question and take answers to it from now on; one that is still open ends.

    ``choices`` counts the letters from A on that a single or multiple choice has; true or false is a
    single choice of two. In a rush every key counts, and the first one wins.
    """

    kind: QuestionKind
    choices: int = 4


@dataclass(frozen=True, slots=True)
class StopAsking:
    """Take no more answers."""


@dataclass(frozen=True, slots=True)
class AssignNumber:
    """Give this number to the clicker that waits for one (its own keys put it into that state)."""

    device: str


ReceiverCommand = AskQuestion | StopAsking | AssignNumber


@dataclass(frozen=True, slots=True)
class ReceiverCapabilities:
    """What a base can do: its model, the kinds of question, its most letters, and whether it numbers clickers."""

    model: str
    kinds: frozenset[QuestionKind]
    max_choices: int
    assigns_numbers: bool


class AnswerForm(StrEnum):
    """What a student pressed: letters, a number, or the key for rushes."""

    KEYS = "keys"
    NUMBER = "number"
    RUSH = "rush"


@dataclass(frozen=True, slots=True)
class ClickerAnswer:
    """One answer as the base gave it; the same press may come twice, and a student may answer again.

    ``device`` is what the base calls the clicker, the same for as long as nobody renumbers it. ``text`` holds
    letters in their order (``A``, ``ACD``), a number as it was keyed (``42``, ``-3.5``), or nothing for the rush
    key. Where a base has them: ``sequence`` is its own count of answers, 1 to 255 and then 1 again; ``question``
    the number of the question as the clicker shows it; ``ticks`` the base's own time, in an unknown unit.
    """

    captured_ns: int
    device: str
    form: AnswerForm
    text: str
    sequence: int | None = None
    question: int | None = None
    ticks: int | None = None


class TeacherKey(StrEnum):
    """A key of the teacher's keypad."""

    UP = "up"
    OK = "ok"
    POWER = "power"
    RESULT = "result"
    REPORT = "report"
    START_PAUSE = "start-pause"
    STOP = "stop"
    DOWN = "down"
    MODE = "mode"
    QUESTION = "question"
    F1 = "f1"
    F2 = "f2"


@dataclass(frozen=True, slots=True)
class KeypadKey:
    """The teacher's keypad was pressed."""

    captured_ns: int
    key: TeacherKey


@dataclass(frozen=True, slots=True)
class NumberAssigned:
    """A clicker answered to ``AssignNumber``: its new number where the base tells it, and whether it took it."""

    captured_ns: int
    device: str | None
    accepted: bool = True


@dataclass(frozen=True, slots=True)
class LostAnswers:
    """So many answers are missing between the last two, by the base's own count."""

    captured_ns: int
    answers: int


@dataclass(frozen=True, slots=True)
class GarbledBytes:
    """So many bytes came that are part of no whole message."""

    captured_ns: int
    octets: int


ReceiverEvent = ClickerAnswer | KeypadKey | NumberAssigned | LostAnswers | GarbledBytes


@dataclass(frozen=True, slots=True)
class HeadModel:
    """What a PTZ head says it is, in its makers' numbers; all 0 where it does not say."""

    vendor: int
    model: int
    revision: int


@dataclass(frozen=True, slots=True)
class HeadState:
    """``preset`` is where a PTZ head stands or is going, None where that is no preset or not known.

    ``moving``: it is on its way there, or is driven.
    """

    preset: int | None
    moving: bool
