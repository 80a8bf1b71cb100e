"""The lease of the room's devices to the calibration: as long as its connection lasts, and until a lesson begins."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel

from drivers.samples import Beep, ButtonAction, ButtonEvent
from edge.classroom.lesson_events import LessonAdopted, LessonEvent, LessonStarted
from edge.classroom.recorder_messages import LendDevices, RecorderState, TakeUpConfig
from edge.controller.panel_trial import PanelTrial
from edge.link.calibration_messages import (
    FROM_CALIBRATION,
    BorrowDevices,
    ButtonSeen,
    CalibrationView,
    DevicesLent,
    DevicesTakenBack,
    FromCalibration,
    LoanRefused,
    ShowView,
    TakeUpSettings,
    TryBuzzer,
    TryLamp,
    TryPanel,
)
from edge.link.json_lines import encode_line, read_messages
from edge.link.socket_paths import CALIBRATION
from edge.link.unix_listener import listen

log = logging.getLogger(__name__)

NAME = "calibration"
EVENTS = (LessonStarted, LessonAdopted)

# The recorder ends a loan that is not renewed for so long: this process may be gone.
_LOAN_S = 3.0
_RENEW_S = 1.0
# Closing a camera takes up to three seconds.
_LENT_WITHIN_S = 6.0
# The calibration says every second that it lives; one that hangs must not keep the devices.
_SILENT_S = 10.0
_LETS_GO_WITHIN_S = 1.0


class CalibrationLease:
    """One borrower at a time; everything here belongs to the event loop.

    ``send`` sends to the recorder, whose last state is ``recorder()``, None while it is not reached. ``is_lesson_due``
    says whether the timetable has a lesson soon. ``take_up`` has this process started again.
    """

    def __init__(
        self,
        run: Path,
        send: Callable[[LendDevices | TakeUpConfig], bool],
        recorder: Callable[[], RecorderState | None],
        has_lesson: Callable[[], bool],
        is_lesson_due: Callable[[], bool],
        trial: PanelTrial,
        beep: Callable[[Beep], None],
        take_up: Callable[[], None],
    ) -> None:
        self.view: CalibrationView | None = None
        """What the calibration shows; None while there is none."""
        self._run = run
        self._send = send
        self._recorder = recorder
        self._has_lesson = has_lesson
        self._is_lesson_due = is_lesson_due
        self._trial = trial
        self._beep = beep
        self._take_up = take_up
        self._borrower: _Borrower | None = None
        self._recording_lamp = ""

    async def run(self) -> None:
        """Serve ``calibration.sock`` until cancelled.

        Raises:
            OSError: The socket cannot be made.
        """
        await listen(self._run / CALIBRATION, self._serve)

    def on_event(self, event: LessonEvent) -> None:
        """A lesson that begins takes everything back at once."""
        if self._borrower is not None:
            log.info("%s begins: the calibration must let go of the devices", event.lesson)
            self._borrower.take_back("lesson")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        borrower = _Borrower(writer)
        settings_changed = False
        try:
            async with asyncio.timeout(None) as silence:
                async for message in read_messages(reader, FROM_CALIBRATION):
                    silence.reschedule(asyncio.get_running_loop().time() + _SILENT_S)
                    if isinstance(message, TakeUpSettings):
                        settings_changed = True
                    elif not await self._handle(borrower, message):
                        return
        except TimeoutError:
            borrower.take_back("silent")
            await borrower.gone()
        finally:
            borrower.is_gone.set()
            if self._borrower is borrower:
                self._end(settings_changed=settings_changed)
            borrower.close()

    async def _handle(self, borrower: _Borrower, message: FromCalibration) -> bool:
        """Carry a message out; whether the connection goes on."""
        if isinstance(message, BorrowDevices):
            reason = await self._lend(borrower, message)
            borrower.send(LoanRefused(reason=reason) if reason else DevicesLent())
            return not reason
        if self._borrower is not borrower or borrower.is_taken_back:
            return True
        match message:
            case ShowView(view=view):
                self.view = view
            case TryPanel(seconds=seconds):
                self._recording_lamp = ""
                if seconds:
                    self._trial.begin(seconds, borrower.on_button)
                else:
                    self._trial.end()
            case TryLamp(lamp="status", pattern=pattern):
                self._trial.status_lamp = pattern
            case TryLamp(pattern=pattern):
                self._recording_lamp = pattern or ""
                self._renew()
            case TryBuzzer(beep=beep):
                self._beep(beep)
            case _:
                pass
        return True

    async def _lend(self, borrower: _Borrower, wish: BorrowDevices) -> str:
        """Have the recorder close its devices; why it does not, empty where it has."""
        if self._borrower is not None:
            return "borrowed-already"
        if self._has_lesson():
            return "lesson-running"
        if wish.purpose == "check" and self._is_lesson_due():
            return "lesson-due"
        if self._recorder() is None:
            return "no-recorder"
        self._borrower = borrower
        self.view = CalibrationView()
        borrower.renewal = asyncio.create_task(self._keep_lent(borrower))
        try:
            async with asyncio.timeout(_LENT_WITHIN_S):
                while not ((state := self._recorder()) is not None and state.are_lent):
                    if borrower.is_taken_back:
                        return "lesson-running"
                    await asyncio.sleep(0.05)
        except TimeoutError:
            return "no-recorder"
        log.info("cameras and microphones are lent to the %s", "nightly check" if wish.purpose == "check" else NAME)
        return ""

    async def _keep_lent(self, borrower: _Borrower) -> None:
        """Renew the loan until it is taken back, and see to it that the borrower goes then."""
        missed_s = 0.0
        while not borrower.is_taken_back:
            if not self._renew():
                missed_s += _RENEW_S
                if missed_s > _LOAN_S:
                    borrower.take_back("no-recorder")
            else:
                missed_s = 0.0
            with suppress(TimeoutError):
                async with asyncio.timeout(_RENEW_S):
                    await borrower.taken_back.wait()
        await borrower.gone()

    def _renew(self) -> bool:
        until_ns = time.monotonic_ns() + round(_LOAN_S * 1e9)
        return self._send(LendDevices(until_ns=until_ns, lamp=self._recording_lamp))

    def _end(self, *, settings_changed: bool) -> None:
        borrower, self._borrower, self.view = self._borrower, None, None
        if borrower is not None and borrower.renewal is not None:
            borrower.renewal.cancel()
        self._trial.end()
        self._recording_lamp = ""
        log.info("the calibration has given the devices back")
        self._send(LendDevices(until_ns=0))
        if settings_changed:
            self._send(TakeUpConfig())
            self._take_up()


class _Borrower:
    """One connection, and the process behind it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.taken_back = asyncio.Event()
        self.is_gone = asyncio.Event()
        self.renewal: asyncio.Task[None] | None = None
        self._writer = writer
        self._process = _peer(writer.get_extra_info("socket"))

    @property
    def is_taken_back(self) -> bool:
        """Whether it was told to let go."""
        return self.taken_back.is_set()

    def send(self, message: BaseModel) -> None:
        """Send a message; one to a borrower that is gone is dropped."""
        if not self._writer.is_closing():
            self._writer.write(encode_line(message))

    def on_button(self, event: ButtonEvent) -> None:
        """Report an edge of a button."""
        self.send(ButtonSeen(name=event.name, pressed=event.action is ButtonAction.PRESSED))

    def take_back(self, reason: str) -> None:
        """Tell it to let go; ``gone`` sees to it. Idempotent."""
        if not self.is_taken_back:
            self.taken_back.set()
            self.send(DevicesTakenBack(reason=reason))

    async def gone(self) -> None:
        """Wait until it has let go; kill its process where it does not within a second."""
        try:
            async with asyncio.timeout(_LETS_GO_WITHIN_S):
                await self.is_gone.wait()
        except TimeoutError:
            if self._process is None:
                return
            log.warning("the calibration does not let go of the devices, and is killed")
            with suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def close(self) -> None:
        """Let go of the process's descriptor."""
        process, self._process = self._process, None
        if process is not None:
            os.close(process)


def _peer(connection: socket.socket) -> int | None:
    """A descriptor of the process at the other end, None where it is gone."""
    pid, _user, _group = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None
