"""The calibration's side of the lease: it borrows the recorder's devices, and lets go when they are taken back."""

from __future__ import annotations

import contextlib
import queue
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Literal, Self

from pydantic import BaseModel, ValidationError

from drivers.samples import Beep, Pattern
from edge.calibration.interruptions import LoanUnavailable, TakenBack
from edge.link.calibration_messages import (
    TO_CALIBRATION,
    BorrowDevices,
    ButtonSeen,
    CalibrationView,
    DevicesLent,
    DevicesTakenBack,
    KeepLoan,
    LoanRefused,
    ShowView,
    TakeUpSettings,
    ToCalibration,
    TryBuzzer,
    TryLamp,
    TryPanel,
)
from edge.link.json_lines import encode_line
from edge.link.socket_paths import CALIBRATION

_ALIVE_EVERY_S = 1.0
_ANSWER_S = 15.0
_MOST_EDGES = 64


class Lease:
    """A connection to the controller that holds the room's devices; used by the main thread alone.

    ``let_go`` closes every borrowed device at once; it is called from a thread of this class when they are taken back.
    The main thread then gets TakenBack wherever it is, by a signal.
    """

    def __init__(self, run: Path, let_go: Callable[[], None]) -> None:
        self._path = run / CALIBRATION
        self._let_go = let_go
        self._socket = socket.socket(socket.AF_UNIX)
        self._sending = threading.Lock()
        self._ended = threading.Event()
        self._answers: queue.Queue[DevicesLent | LoanRefused | DevicesTakenBack] = queue.Queue()
        self._buttons: queue.Queue[ButtonSeen] = queue.Queue(_MOST_EDGES)
        self._reason = ""
        self._handler: Callable[[int, FrameType | None], object] | int | None = None
        self._threads = [
            threading.Thread(target=self._receive, name="lease", daemon=True),
            threading.Thread(target=self._keep, name="lease alive", daemon=True),
        ]

    def borrow(self, purpose: Literal["calibrate", "check"]) -> None:
        """Have the recorder close its devices.

        Raises:
            LoanUnavailable: It does not, or no controller answers (``no-controller``).
        """
        try:
            self._socket.settimeout(_ANSWER_S)
            self._socket.connect(str(self._path))
            self._socket.settimeout(None)
        except OSError as error:
            raise LoanUnavailable("no-access" if isinstance(error, PermissionError) else "no-controller") from error
        self._handler = signal.signal(signal.SIGUSR1, self._on_signal)
        for thread in self._threads:
            thread.start()
        self._send(BorrowDevices(purpose=purpose))
        try:
            answer = self._answers.get(timeout=_ANSWER_S)
        except queue.Empty:
            raise LoanUnavailable("no-recorder") from None
        if not isinstance(answer, DevicesLent):
            raise LoanUnavailable(answer.reason)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the devices back. They must be closed. Idempotent."""
        self._ended.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join(2.0)
        self._socket.close()
        if self._handler is not None:
            signal.signal(signal.SIGUSR1, self._handler)
            self._handler = None

    def show(self, view: CalibrationView) -> None:
        """Show this on the page of the calibration."""
        self._send(ShowView(view=view))

    def take_up_settings(self) -> None:
        """Have recorder and controller started again, with the new settings, once this lease has ended."""
        self._send(TakeUpSettings())

    @contextlib.contextmanager
    def panel_trial(self, seconds: float) -> Iterator[None]:
        """Have edges of buttons reported instead of obeyed while the context lasts, at most for ``seconds``."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._buttons.get_nowait()
        self._send(TryPanel(seconds=seconds))
        try:
            yield
        finally:
            self._send(TryPanel(seconds=0))

    def next_button(self, timeout_s: float) -> ButtonSeen | None:
        """The next edge of a button, None where there is none in time."""
        try:
            return self._buttons.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def show_lamp(self, lamp: Literal["recording", "status"], pattern: Pattern | None) -> None:
        """Show a pattern on a lamp while the panel is tried; None for the usual one."""
        self._send(TryLamp(lamp=lamp, pattern=pattern))

    def beep(self, beep: Beep) -> None:
        """Sound the buzzer."""
        self._send(TryBuzzer(beep=beep))

    def _send(self, message: BaseModel) -> None:
        # What the other side no longer hears is told by the thread that reads.
        with self._sending, contextlib.suppress(OSError):
            self._socket.sendall(encode_line(message))

    def _keep(self) -> None:
        while not self._ended.wait(_ALIVE_EVERY_S):
            self._send(KeepLoan())

    def _receive(self) -> None:
        reason = "no-controller"
        with contextlib.suppress(OSError), self._socket.makefile("rb") as lines:
            for line in lines:
                try:
                    message: ToCalibration = TO_CALIBRATION.validate_json(line)
                except ValidationError:
                    continue
                if isinstance(message, ButtonSeen):
                    with contextlib.suppress(queue.Full):
                        self._buttons.put_nowait(message)
                    continue
                self._answers.put(message)
                if isinstance(message, DevicesTakenBack):
                    reason = message.reason
                    break
                if isinstance(message, LoanRefused):
                    return
        if not self._ended.is_set():
            self._lose(reason)

    def _lose(self, reason: str) -> None:
        self._ended.set()
        self._reason = reason
        self._answers.put(DevicesTakenBack(reason=reason))
        self._let_go()
        # The controller kills a calibration whose connection is still there after a second.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        raise TakenBack(self._reason)
