"""One PTZ head in its role: kept open, and sent to presets by their names."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future

from drivers.errors import DeviceError, DeviceLost, Superseded
from drivers.protocols import PtzDevice
from drivers.samples import HeadModel, HeadState
from edge.config import model
from edge.link.control_messages import HeadStatus
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor

log = logging.getLogger(__name__)


class PtzHead:
    """Everything here may be called on the loop: the device is talked with in a thread of its own."""

    def __init__(self, role: str, make: Callable[[], PtzDevice], config: model.PtzConfig) -> None:
        self.role = role
        self.config = config
        self._make = make
        self._device: PtzDevice | None = None
        self._state: HeadState | None = None
        self._is_started = False
        self._supervisor: DeviceSupervisor[HeadState, HeadModel] = DeviceSupervisor(
            f"ptz-{role}", self._make_device, self._on_condition
        )
        self._supervisor.attach(self._on_state)

    def start(self) -> None:
        """Begin to open it. Again: nothing."""
        if not self._is_started:
            self._is_started = True
            self._supervisor.start()

    def retry_now(self) -> None:
        """Something was plugged in: try again now."""
        self._supervisor.retry_now()

    def check_watchdog(self, now_ns: int) -> None:
        """Now and then: a head whose driver hangs is abandoned for a new one."""
        self._supervisor.check_watchdog(now_ns)

    def close(self) -> None:
        """Stop it if it is driven, and let it go. It waits; again: nothing."""
        self._supervisor.close()

    def recall(self, preset: str) -> Future[None]:
        """Go to a preset of the config; done when it has arrived. KeyError where there is none of that name.

        It fails with one of DeviceError: Superseded where another order came first.
        """
        number = self.config.presets[preset]
        device = self._open_device()
        return device.recall(number) if device is not None else self._not_open()

    def start_recall(self, preset: str) -> None:
        """Go to a preset; nobody waits, and what comes of it is logged."""
        log.info("%s: the head is sent to %s", self.role, preset)
        self.recall(preset).add_done_callback(self._log_arrival)

    def drive(self, pan: float, tilt: float, zoom: float) -> Future[None]:
        """Turn and zoom at these shares of full speed until it is not renewed; all 0: stand still.

        Done when the head does so; it fails as ``recall`` does.
        """
        device = self._open_device()
        return device.drive(pan, tilt, zoom) if device is not None else self._not_open()

    def status(self) -> HeadStatus:
        """How it is now."""
        condition, state = self._supervisor.condition, self._state
        known = state if condition.state is DeviceState.RUNNING else None
        names = {number: name for name, number in self.config.presets.items()}
        return HeadStatus(
            state=condition.state,
            reason=condition.reason,
            preset=names.get(known.preset) if known is not None and known.preset is not None else None,
            moving=known is not None and known.moving,
        )

    def _open_device(self) -> PtzDevice | None:
        return self._device if self._supervisor.condition.state in (DeviceState.RUNNING, DeviceState.STALLED) else None

    def _not_open(self) -> Future[None]:
        future: Future[None] = Future()
        future.set_exception(DeviceLost(self.role, self._supervisor.condition.reason or "the head is not there yet"))
        return future

    def _make_device(self) -> PtzDevice:
        self._device = self._make()
        return self._device

    def _on_state(self, _: HeadModel, state: HeadState) -> None:
        self._state = state

    def _on_condition(self, _: str, condition: DeviceCondition[HeadModel]) -> None:
        """The source has logged it; whoever asks reads it there."""

    def _log_arrival(self, arrival: Future[None]) -> None:
        failed = arrival.exception()
        if isinstance(failed, Superseded):
            log.debug("%s: %s", self.role, failed.reason)
        elif isinstance(failed, DeviceError):
            log.warning("%s: the head did not get there: %s", self.role, failed.reason)
