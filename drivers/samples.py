"""The data types that drivers exchange with their callers: pictures, sound, button events, clicker answers, PTZ states.

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
    """The form in which a driver delivers pictures."""

    MJPEG = "mjpeg"
    H264 = "h264"
    PLANES = "planes"


class ColourMatrix(StrEnum):
    """How luma and chroma were made of red, green and blue; a player takes UNKNOWN for BT.601 up to 576 rows."""

    UNKNOWN = ""
    BT601 = "bt601"
    BT709 = "bt709"


SQUARE = Fraction(1)
"""The shape of a pixel that is as wide as it is high."""


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """Size in pixels (both even), nominal frames a second and coding.

    ``why`` says why pictures are decoded although the device sends them coded; usually empty. ``pixel_aspect`` is the
    width of a pixel divided by its height. ``full_range``: luma is 0..255 and not 16..235.
    """

    width: int
    height: int
    fps: Fraction
    coding: Coding
    why: str = ""
    pixel_aspect: Fraction = SQUARE
    full_range: bool = False
    matrix: ColourMatrix = ColourMatrix.UNKNOWN


@dataclass(frozen=True, slots=True)
class JpegPicture:
    """One complete JPEG file, as an MJPEG camera sends it; ``note`` as in ``AccessUnit``."""

    captured_ns: int
    data: bytes
    note: str = ""


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One H.264 access unit in Annex B format, in decoding order; a key picture includes its SPS and PPS.

    ``reordered`` is true once a stream that did not announce B-frames shows pictures in another order than it sends
    them; such a stream cannot be passed through. ``note`` is what the driver has to tell about the camera from this
    picture on, such as a clock that stepped; usually empty.
    """

    captured_ns: int
    data: bytes
    key: bool
    reordered: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class DecodedPicture:
    """A picture as yuv420p planes, owned by the receiver; nobody writes to it any more.

    ``pixel_aspect`` is the width of a pixel divided by its height; ``note`` as in ``AccessUnit``.
    """

    captured_ns: int
    frame: VideoFrame
    pixel_aspect: Fraction = SQUARE
    note: str = ""


@dataclass(frozen=True, slots=True)
class DamagedPicture:
    """A picture that came damaged, or refers to one that did: nobody should see it, but it is counted."""

    captured_ns: int
    note: str = ""


Picture = JpegPicture | AccessUnit | DecodedPicture | DamagedPicture


def memory_bytes(picture: Picture) -> int:
    """Return how many bytes of memory a picture takes."""
    match picture:
        case DecodedPicture():
            return sum(plane.buffer_size for plane in picture.frame.planes)
        case DamagedPicture():
            return 0
        case _:
            return len(picture.data)


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """Nominal sample rate of each channel in Hz, and number of channels."""

    rate_hz: int
    channels: int


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """Samples of shape (n, channels), int16; ``captured_ns`` is the time of the first sample."""

    captured_ns: int
    samples: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class WandFlash:
    """When a wand's line was raised and lowered (CLOCK_MONOTONIC); either is right to within ``uncertainty_ns``."""

    raised_ns: int
    lowered_ns: int
    uncertainty_ns: int


class ButtonAction(StrEnum):
    """The direction of a button's edge."""

    PRESSED = "pressed"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class ButtonEvent:
    """One debounced edge of a button."""

    name: str
    action: ButtonAction
    at_ns: int


class Pattern(StrEnum):
    """Everything that a lamp can show; a one-colour lamp has the first four."""

    OFF = "off"
    ON = "on"
    SLOW_BLINK = "slow-blink"
    SHORT_BLINK = "short-blink"
    GREEN = "green"
    GREEN_BLINK = "green-blink"
    AMBER = "amber"
    AMBER_BLINK = "amber-blink"
    AMBER_FAST_BLINK = "amber-fast-blink"
    ALTERNATING = "alternating"


class Beep(StrEnum):
    """Everything that the buzzer can say, once each time; ``SILENT`` ends what it says."""

    SILENT = "silent"
    SHORT = "short"
    DOUBLE = "double"
    TRIPLE = "triple"
    LONG = "long"


class QuestionKind(StrEnum):
    """The kind of answer that a question asks for."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    NUMBER = "number"
    RUSH = "rush"


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """Start a question and accept answers from now on; a question that is still open ends.

    ``choices`` is the number of letters from A on in a single or multiple choice; true or false is a single choice of
    two. In a rush every key counts, and the first press wins.
    """

    kind: QuestionKind
    choices: int = 4


@dataclass(frozen=True, slots=True)
class StopAsking:
    """End the question."""


@dataclass(frozen=True, slots=True)
class AssignNumber:
    """Assign this number to the clicker that waits for one; its own keys put it into that state."""

    device: str


ReceiverCommand = AskQuestion | StopAsking | AssignNumber


@dataclass(frozen=True, slots=True)
class ReceiverCapabilities:
    """The abilities of a base: model, kinds of question, most letters, and whether it assigns clickers' numbers."""

    model: str
    kinds: frozenset[QuestionKind]
    max_choices: int
    assigns_numbers: bool


class AnswerForm(StrEnum):
    """The form of an answer: letters, a number, or the key for rushes."""

    KEYS = "keys"
    NUMBER = "number"
    RUSH = "rush"


@dataclass(frozen=True, slots=True)
class ClickerAnswer:
    """One answer as the base reported it; the same press may arrive twice, and a student may answer again.

    ``device`` is the base's id of the clicker, constant until somebody renumbers it. ``text`` holds letters in order
    (``A``, ``ACD``), a number as it was keyed (``42``, ``-3.5``), or nothing for the rush key. Where a base has them:
    ``sequence`` is its own count of answers, 1 to 255 and then 1 again; ``question`` the number of the question as the
    clicker shows it; ``ticks`` the base's own time, in an unknown unit.
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
    """A key of the teacher's keypad was pressed."""

    captured_ns: int
    key: TeacherKey


@dataclass(frozen=True, slots=True)
class NumberAssigned:
    """A clicker's reply to ``AssignNumber``: its new number where the base reports it, and whether it accepted it."""

    captured_ns: int
    device: str | None
    accepted: bool = True


@dataclass(frozen=True, slots=True)
class LostAnswers:
    """By the base's own count, this many answers are missing between the last two."""

    captured_ns: int
    answers: int


@dataclass(frozen=True, slots=True)
class GarbledBytes:
    """This many received bytes were part of no valid message."""

    captured_ns: int
    octets: int


ReceiverEvent = ClickerAnswer | KeypadKey | NumberAssigned | LostAnswers | GarbledBytes


@dataclass(frozen=True, slots=True)
class HeadModel:
    """Vendor, model and revision number that a PTZ head reports; all 0 if it reports none."""

    vendor: int
    model: int
    revision: int


@dataclass(frozen=True, slots=True)
class HeadState:
    """The position of a PTZ head: ``preset`` is where it is or is going, None where that is no preset or unknown.

    ``moving`` is true on the way to a preset and while it is driven.
    """

    preset: int | None
    moving: bool
