"""Messages between the calibration and the controller over ``calibration.sock``, whose connection is the lease."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from drivers.samples import Beep, Pattern
from edge.classroom.recorder_messages import LinkMessage

LONGEST_TRIAL_S = 120.0
# A JPEG of 480 pixels' height in base64; the link's longest line is 1 MiB.
LARGEST_PICTURE = 600_000
MOST_FIGURES = 40


class BorrowDevices(LinkMessage):
    """Ask for the recorder's cameras and microphones; answered with ``DevicesLent`` or ``LoanRefused``.

    A ``check`` is refused while a lesson is due, too: nobody waits for it.
    """

    type: Literal["borrow"] = "borrow"
    purpose: Literal["calibrate", "check"]


class KeepLoan(LinkMessage):
    """The calibration is alive."""

    type: Literal["keep"] = "keep"


class LiveFigure(LinkMessage):
    """One figure as people read it; ``verdict`` is a verdict of the calibration's results."""

    name: str = Field(max_length=80)
    device: str = Field(default="", max_length=80)
    text: str = Field(max_length=200)
    verdict: str = Field(default="", max_length=20)


class CalibrationView(LinkMessage):
    """What the page shows of the calibration: step, what is asked or done, live figures.

    Texts are in the technician's language. ``picture`` is a JPEG in base64; empty for none.
    """

    step: str = Field(default="", max_length=40)
    title: str = Field(default="", max_length=200)
    request: str = Field(default="", max_length=1000)
    figures: tuple[LiveFigure, ...] = Field(default=(), max_length=MOST_FIGURES)
    picture: str = Field(default="", max_length=LARGEST_PICTURE)


class ShowView(LinkMessage):
    """Show this on the page, in place of what was shown before."""

    type: Literal["view"] = "view"
    view: CalibrationView


class TryPanel(LinkMessage):
    """Report edges of the buttons instead of obeying them, for so long; 0 ends that."""

    type: Literal["try-panel"] = "try-panel"
    seconds: float = Field(ge=0, le=LONGEST_TRIAL_S)


class TryLamp(LinkMessage):
    """Show a pattern on a lamp during ``TryPanel``; None for the usual one."""

    type: Literal["try-lamp"] = "try-lamp"
    lamp: Literal["recording", "status"]
    pattern: Pattern | None = None


class TryBuzzer(LinkMessage):
    """Sound the buzzer."""

    type: Literal["try-buzzer"] = "try-buzzer"
    beep: Beep = Beep.SHORT


class TakeUpSettings(LinkMessage):
    """room.toml has changed: recorder and controller are started again with it when this connection ends."""

    type: Literal["take-up"] = "take-up"


class DevicesLent(LinkMessage):
    """The recorder has closed its devices."""

    type: Literal["lent"] = "lent"


class LoanRefused(LinkMessage):
    """The devices are not lent: ``lesson-running``, ``lesson-due``, ``borrowed-already``, ``no-recorder``."""

    type: Literal["refused"] = "refused"
    reason: str


class DevicesTakenBack(LinkMessage):
    """Let go of the devices and end within a second: ``lesson`` (one begins), ``silent`` or ``no-recorder``."""

    type: Literal["taken-back"] = "taken-back"
    reason: str


class ButtonSeen(LinkMessage):
    """An edge of a button during ``TryPanel``."""

    type: Literal["button"] = "button"
    name: str
    pressed: bool


FromCalibration = Annotated[
    BorrowDevices | KeepLoan | ShowView | TryPanel | TryLamp | TryBuzzer | TakeUpSettings, Field(discriminator="type")
]
ToCalibration = Annotated[DevicesLent | LoanRefused | DevicesTakenBack | ButtonSeen, Field(discriminator="type")]

FROM_CALIBRATION: TypeAdapter[FromCalibration] = TypeAdapter(FromCalibration)
TO_CALIBRATION: TypeAdapter[ToCalibration] = TypeAdapter(ToCalibration)
