"""The cameras and microphones that the calibration has borrowed: opened when a step first needs one."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from drivers.samples import Picture, PictureFormat, SoundBlock, SoundFormat
from edge.calibration.room_under_test import DeviceUnavailable, OnBlock, OnPicture
from edge.config.model import Config
from edge.recorder import composition
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.recording.room_devices import RoomDevices

log = logging.getLogger(__name__)

# A camera that needs its second try, and a sound card's process that starts.
_OPENS_WITHIN_S = 12.0
_LETS_GO_WITHIN_S = 0.6


class BorrowedDevices:
    """See ``RoomUnderTest``. Each device has at most one listener at a time; any thread may close them all."""

    def __init__(self, config: Config) -> None:
        self._lock = threading.Lock()
        self._changed = threading.Condition()
        self._is_closed = False
        self.use_config(config)

    def use_config(self, config: Config) -> None:
        """Take up a config that a step has changed: devices are opened anew with it."""
        with self._lock:
            started = self._started if hasattr(self, "_started") else {}
            self._started: dict[str, DeviceSupervisor[Any, Any]] = {}
            self.config = config
            self._devices = composition.room_devices(config, self._device_changed)
        _close(started, _LETS_GO_WITHIN_S)

    def start(self, role: str) -> DeviceSupervisor[Any, Any]:
        """Open a device, if it is not open yet, and wait until it delivers.

        Raises:
            DeviceUnavailable: It does not within a few seconds.
        """
        supervisor = self._started_one(role)
        deadline_s = time.monotonic() + _OPENS_WITHIN_S
        with self._changed:
            while (state := supervisor.condition.state) is not DeviceState.RUNNING:
                left_s = deadline_s - time.monotonic()
                is_hopeless = state is DeviceState.UNFIT or self._is_closed
                if is_hopeless or left_s <= 0:
                    raise DeviceUnavailable(role, supervisor.condition.reason or "it does not open")
                self._changed.wait(min(left_s, 0.5))
        return supervisor

    @contextlib.contextmanager
    def watch(self, role: str, on_picture: OnPicture) -> Iterator[None]:
        """Pass the pictures of a camera to ``on_picture`` while the context lasts."""
        with self._attached(role, on_picture):
            yield

    @contextlib.contextmanager
    def listen(self, role: str, on_block: OnBlock) -> Iterator[None]:
        """Pass the sound of a microphone to ``on_block`` while the context lasts."""
        with self._attached(role, on_block):
            yield

    @contextlib.contextmanager
    def all_devices(self) -> Iterator[RoomDevices]:
        """All supervisors, each delivering and attached to nothing, for a recording of all roles.

        Raises:
            DeviceUnavailable: One does not open.
        """
        for supervisor in self._devices:
            self._started_one(supervisor.role)
        for supervisor in self._devices:
            self.start(supervisor.role)
        self._devices.resume_preroll()
        try:
            yield self._devices
        finally:
            self._devices.detach()
            self._devices.suspend_preroll()

    def close(self) -> None:
        """Close all devices, in at most a second; those that hang are left behind. Idempotent."""
        self._is_closed = True
        with self._lock:
            started, self._started = self._started, {}
        _close(started, _LETS_GO_WITHIN_S)

    @contextlib.contextmanager
    def _attached(self, role: str, listener: Callable[[Any, Any], None]) -> Iterator[None]:
        supervisor = self.start(role)
        supervisor.attach(listener)
        try:
            yield
        finally:
            supervisor.detach()

    def _started_one(self, role: str) -> DeviceSupervisor[Any, Any]:
        with self._lock:
            if self._is_closed:
                raise DeviceUnavailable(role, "the devices were given back")
            if role not in self._started:
                supervisor = self._supervisor(role)
                # What came before a step began is of no use to it.
                supervisor.suspend_preroll()
                supervisor.start()
                self._started[role] = supervisor
            return self._started[role]

    def _supervisor(self, role: str) -> DeviceSupervisor[Any, Any]:
        cameras: Mapping[str, DeviceSupervisor[Picture, PictureFormat]] = self._devices.cameras
        microphones: Mapping[str, DeviceSupervisor[SoundBlock, SoundFormat]] = self._devices.microphones
        found: DeviceSupervisor[Any, Any] | None = cameras.get(role) or microphones.get(role)
        if found is None:
            raise DeviceUnavailable(role, "the config has no such device")
        return found

    def _device_changed(self, _role: str, _condition: DeviceCondition[object]) -> None:
        with self._changed:
            self._changed.notify_all()


def _close(started: Mapping[str, DeviceSupervisor[Any, Any]], deadline_s: float) -> None:
    closers = [
        threading.Thread(target=supervisor.close, args=(deadline_s,), name=f"close-{role}", daemon=True)
        for role, supervisor in started.items()
    ]
    for closer in closers:
        closer.start()
    for closer in closers:
        closer.join(deadline_s + 0.2)
