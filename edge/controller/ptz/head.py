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
        self._source: DeviceSupervisor[HeadState, HeadModel] = DeviceSupervisor(
            f"ptz-{role}", self._made, self._changed
        )
        self._source.attach(self._heard)

    def start(self) -> None:
        """Begin to open it. Again: nothing."""
        if not self._is_started:
            self._is_started = True
            self._source.start()

    def wake(self) -> None:
        """Something was plugged in: try again now."""
        self._source.retry_now()

    def watch(self, now_ns: int) -> None:
        """Now and then: a head whose driver hangs is abandoned for a new one."""
        self._source.check_watchdog(now_ns)

    def close(self) -> None:
        """Stop it if it is driven, and let it go. It waits; again: nothing."""
        self._source.close()

    def recall(self, preset: str) -> Future[None]:
        """Go to a preset of the config; done when it has arrived. KeyError where there is none of that name.

        It fails with one of DeviceError: Superseded where another order came first.
        """
        number = self.config.presets[preset]
        device = self._open_device()
        return device.recall(number) if device is not None else self._absent()

    def send(self, preset: str) -> None:
        """Go to a preset; nobody waits, and what comes of it is logged."""
        log.info("%s: the head is sent to %s", self.role, preset)
        self.recall(preset).add_done_callback(self._sent)

    def drive(self, pan: float, tilt: float, zoom: float) -> Future[None]:
        """Turn and zoom at these shares of full speed until it is not renewed; all 0: stand still.

        Done when the head does so; it fails as ``recall`` does.
        """
        device = self._open_device()
        return device.drive(pan, tilt, zoom) if device is not None else self._absent()

    def status(self) -> HeadStatus:
        """How it is now."""
        condition, state = self._source.condition, self._state
        known = state if condition.state is DeviceState.RUNNING else None
        names = {number: name for name, number in self.config.presets.items()}
        return HeadStatus(
            state=condition.state,
            reason=condition.reason,
            preset=names.get(known.preset) if known is not None and known.preset is not None else None,
            moving=known is not None and known.moving,
        )

    def _open_device(self) -> PtzDevice | None:
        return self._device if self._source.condition.state in (DeviceState.RUNNING, DeviceState.STALLED) else None

    def _absent(self) -> Future[None]:
        promise: Future[None] = Future()
        promise.set_exception(DeviceLost(self.role, self._source.condition.reason or "the head is not there yet"))
        return promise

    def _made(self) -> PtzDevice:
        self._device = self._make()
        return self._device

    def _heard(self, _: HeadModel, state: HeadState) -> None:
        self._state = state

    def _changed(self, _: str, condition: DeviceCondition[HeadModel]) -> None:
        """The source has logged it; whoever asks reads it there."""

    def _sent(self, arrival: Future[None]) -> None:
        failed = arrival.exception()
        if isinstance(failed, Superseded):
            log.debug("%s: %s", self.role, failed.reason)
        elif isinstance(failed, DeviceError):
            log.warning("%s: the head did not get there: %s", self.role, failed.reason)
