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
from pipelines.devices.device_state import DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor

log = logging.getLogger(__name__)


class PtzHead:
    """A head in its role; the device runs in a thread of its own, so no method but ``close`` blocks."""

    def __init__(self, role: str, make: Callable[[], PtzDevice], config: model.PtzConfig) -> None:
        self.role = role
        self.config = config
        self._make = make
        self._device: PtzDevice | None = None
        self._state: HeadState | None = None
        self._is_started = False
        self._supervisor: DeviceSupervisor[HeadState, HeadModel] = DeviceSupervisor(
            f"ptz-{role}", self._make_device, lambda _role, _condition: None
        )
        self._supervisor.attach(self._on_state)

    def start(self) -> None:
        """Start opening it. Idempotent."""
        if not self._is_started:
            self._is_started = True
            self._supervisor.start()

    def retry_now(self) -> None:
        """Try to open it now: something was plugged in."""
        self._supervisor.retry_now()

    def check_watchdog(self, now_ns: int) -> None:
        """Replace a head whose driver hangs; to be called now and then."""
        self._supervisor.check_watchdog(now_ns)

    def close(self) -> None:
        """Stop its motion and close it; blocks. Idempotent."""
        self._supervisor.close()

    def recall(self, preset: str) -> Future[None]:
        """Recall a preset of the config; the future is done when the head has arrived, or fails with a DeviceError.

        It fails with Superseded where another command came first.

        Raises:
            KeyError: the config has no preset of that name.
        """
        number = self.config.presets[preset]
        return self._command(lambda device: device.recall(number))

    def start_recall(self, preset: str) -> Future[None]:
        """Recall a preset without waiting; the outcome is logged. The future is that of ``recall``."""
        log.info("%s: the head is sent to %s", self.role, preset)
        arrival = self.recall(preset)
        arrival.add_done_callback(self._log_arrival)
        return arrival

    def drive(self, pan: float, tilt: float, zoom: float) -> Future[None]:
        """Turn and zoom at these shares of full speed until it is not renewed; all 0: stand still.

        The future is done when the head does so; it fails as that of ``recall`` does.
        """
        return self._command(lambda device: device.drive(pan, tilt, zoom))

    def store(self, number: int) -> Future[None]:
        """Store where the head stands as preset ``number``; the future is done when it has, or fails as ``recall``'s.

        By number, since one that is new has no name in the config yet.
        """
        return self._command(lambda device: device.store(number))

    def status(self) -> HeadStatus:
        """The head's state, and the preset it is at, if known."""
        condition, state = self._supervisor.condition, self._state
        known = state if condition.state is DeviceState.RUNNING else None
        names = {number: name for name, number in self.config.presets.items()}
        return HeadStatus(
            state=condition.state,
            reason=condition.reason,
            preset=names.get(known.preset) if known is not None and known.preset is not None else None,
            moving=known is not None and known.moving,
        )

    def _command(self, command: Callable[[PtzDevice], Future[None]]) -> Future[None]:
        condition = self._supervisor.condition
        if self._device is not None and condition.state in (DeviceState.RUNNING, DeviceState.STALLED):
            return command(self._device)
        future: Future[None] = Future()
        future.set_exception(DeviceLost(self.role, condition.reason or "the head is not there yet"))
        return future

    def _make_device(self) -> PtzDevice:
        self._device = self._make()
        return self._device

    def _on_state(self, _: HeadModel, state: HeadState) -> None:
        self._state = state

    def _log_arrival(self, arrival: Future[None]) -> None:
        failed = arrival.exception()
        if isinstance(failed, Superseded):
            log.debug("%s: %s", self.role, failed.reason)
        elif isinstance(failed, DeviceError):
            log.warning("%s: the head did not get there: %s", self.role, failed.reason)
