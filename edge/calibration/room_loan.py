"""The room while it is lent to a walk: borrowed with the first step, and given back at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Literal

from edge.calibration.borrowed_devices import BorrowedDevices
from edge.calibration.interruptions import LoanUnavailable
from edge.calibration.lease import Lease
from edge.calibration.results import SettingChange
from edge.calibration.room_under_test import RoomUnderTest
from edge.calibration.step import Step
from edge.config.load import load
from edge.config.model import Config
from edge.i18n import LazyMessage, lazy_message
from edge.link.calibration_messages import CalibrationView
from edge.link.control_client import recorder_state

_USED = frozenset({"lesson-running", "lesson-due", "borrowed-already"})


class RoomLoan:
    """A context; within it TakenBack may be raised anywhere in the main thread once the room was borrowed.

    Where neither controller nor recorder runs the devices are nobody's, and are opened without a lease. Settings that
    were changed are taken up by the running system when the context ends.
    """

    def __init__(
        self,
        config_file: Path,
        config: Config,
        purpose: Literal["calibrate", "check"],
        tell: Callable[[LazyMessage], None],
    ) -> None:
        self._config_file = config_file
        self._purpose: Literal["calibrate", "check"] = purpose
        self._tell = tell
        self._devices = BorrowedDevices(config)
        self._lease: Lease | None = None
        self._is_free = False
        self._has_new_settings = False

    def __enter__(self) -> RoomLoan:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._devices.close()
            if self._has_new_settings:
                self._have_settings_taken_up()
        finally:
            if self._lease is not None:
                self._lease.close()

    @property
    def lease(self) -> Lease | None:
        """What the devices are borrowed by; None while nothing is."""
        return self._lease

    def show_page(self, view: CalibrationView) -> None:
        """Show this on the room's page; nothing while nothing is borrowed."""
        if self._lease is not None:
            self._lease.show(view)

    @contextmanager
    def lend(self, step: Step) -> Iterator[RoomUnderTest]:
        """The room for one step; also one that needs no device must not load disk or network beside a lesson.

        Raises:
            LoanUnavailable: the room is used, or its devices are not lent and the step needs them.
        """
        if self._lease is None and not self._is_free:
            try:
                self._borrow()
            except LoanUnavailable as error:
                if step.needs == "devices" or error.reason in _USED:
                    raise
        yield self._devices

    def take_up(self, _changes: Sequence[SettingChange]) -> None:
        """Go on with the config as it is on disk now."""
        self._devices.use_config(load(self._config_file))
        if self._lease is not None:
            self._lease.take_up_settings()
        else:
            self._has_new_settings = True

    def _borrow(self) -> None:
        lease = Lease(self._devices.config.paths.run, self._devices.close)
        try:
            lease.borrow(self._purpose)
        except LoanUnavailable as error:
            lease.close()
            if error.reason != "no-controller" or recorder_state(self._devices.config.paths.run) is not None:
                raise
            self._is_free = True
            self._tell(lazy_message("calibration.opened-directly"))
            return
        self._lease = lease

    def _have_settings_taken_up(self) -> None:
        """Tell the running system of what was changed before a device was borrowed."""
        if self._lease is None and not self._is_free:
            with suppress(LoanUnavailable):
                self._borrow()
        if self._lease is not None:
            self._lease.take_up_settings()
        else:
            self._tell(lazy_message("calibration.not-taken-up"))
