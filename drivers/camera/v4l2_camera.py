"""A camera on this machine: a USB camera, an HDMI grabber, whatever Linux shows as a video node."""

from __future__ import annotations

import errno
import grp
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from drivers.camera import v4l2_controls
from drivers.camera.v4l2_capture_session import CaptureSession, no_signal, silence
from drivers.camera.v4l2_enumeration import nodes
from drivers.camera.v4l2_modes import ORDER, WantedCoding
from drivers.camera.v4l2_modes import chosen as chosen_mode
from drivers.camera.v4l2_node import OpenNode, captures
from drivers.device_identity import DEV, AmbiguousDevice, DeviceIdentity, DeviceNotFound
from drivers.device_identity import chosen as chosen_hardware
from drivers.errors import DeviceError, DeviceLost, DeviceMisconfigured, DeviceMissing, DeviceStalled
from drivers.samples import Picture, PictureFormat

log = logging.getLogger(__name__)

_PASSING_NAME = re.compile(r"(/dev/)?(video)?\d+$")
_NO_PICTURE = "it opens, but sends no picture: unplug it and plug it in again"


@dataclass(frozen=True, slots=True)
class V4l2CameraOptions:
    """Which camera it is and how it is set; ValueError where a value makes no sense."""

    device: str = ""
    """Its link below /dev/v4l (``by-id/…``, ``by-path/…``) or its name, as ``classroom-edge devices`` shows it."""
    serial: str = ""
    """Serial number of the USB camera."""
    usb_port: str = ""
    """The USB port it is plugged into, such as ``1-1.2``."""
    coding: WantedCoding = "auto"
    """How pictures come over the cable."""
    open_timeout_s: float = 5.0
    """How long the first picture may take."""
    power_line_hz: Literal[0, 50, 60] = 50
    """Frequency of the mains, against flicker of lamps; 0 leaves it as it is."""
    exposure_ms: float | None = None
    """How long a picture is exposed; 0: the camera decides; left out: as it is."""
    autofocus: bool | None = None
    """Whether the camera focuses by itself; left out: as it is."""
    focus: int | None = None
    """Where it is focused, in the camera's own numbers; switches autofocus off."""
    white_balance_k: int | None = None
    """Colour temperature of the light; 0: the camera decides; left out: as it is."""

    def __post_init__(self) -> None:
        if not (self.device or self.serial or self.usb_port):
            raise ValueError("device, serial or usb_port must say which camera it is: run classroom-edge devices")
        if _PASSING_NAME.fullmatch(self.device):
            raise ValueError(
                f"{self.device} may be another camera after the next start: "
                "run classroom-edge devices for a name that stays"
            )
        if not 0 < self.open_timeout_s <= 8:
            raise ValueError("open_timeout_s must be above 0 and at most 8")
        if self.exposure_ms is not None and not 0 <= self.exposure_ms <= 1000:
            raise ValueError("exposure_ms must be from 0 to 1000")
        if self.focus is not None and self.autofocus:
            raise ValueError("focus makes no sense with autofocus = true")
        if self.white_balance_k is not None and self.white_balance_k and not 1000 <= self.white_balance_k <= 15000:
            raise ValueError("white_balance_k must be 0, or from 1000 to 15000")

    def identity(self) -> DeviceIdentity:
        """Which camera it is."""
        return DeviceIdentity(self.device.removeprefix("/dev/v4l/"), self.serial, self.usb_port)

    def profile(self) -> v4l2_controls.ControlProfile:
        """How it is set."""
        return v4l2_controls.ControlProfile(
            self.power_line_hz, self.exposure_ms, self.autofocus, self.focus, self.white_balance_k
        )


class V4l2Camera:
    """Pictures as the camera sends them: MJPEG as JPEG, H.264 as access units, uncompressed ones as planes.

    It is looked for by its identity at every ``open``, under whatever number. Capture times are the kernel's.
    """

    Options = V4l2CameraOptions

    def __init__(self, role: str, wanted: PictureFormat, options: V4l2CameraOptions) -> None:
        self._role = role
        self._wanted = wanted
        self._options = options
        self._run: CaptureSession | None = None

    def open(self) -> PictureFormat:
        """Start it and see its first picture. DeviceMissing, DeviceUnfit."""
        path = self._found()
        try:
            with OpenNode(path) as node:
                if not node.has_signal():
                    raise DeviceMissing(self._role, no_signal(path))
                mode = chosen_mode(node.modes(self._wanted), self._wanted, self._options.coding)
                if mode is None:
                    raise self._without_mode(node, path)
                run = self._run = CaptureSession(self._role, path, mode, self._options.open_timeout_s)
                v4l2_controls.apply(self._role, node, self._options.profile())
        except OSError as error:
            raise self._unopened(path, error) from error
        except DeviceError:
            self.close()
            raise
        if not run.begins(self._options.open_timeout_s):
            self.close()
            raise DeviceMissing(self._role, silence(path, _NO_PICTURE))
        log.info("%s: %s sends %s", self._role, path, mode)
        return run.format

    def read(self, timeout_s: float) -> Picture:
        """The next picture. DeviceStalled, DeviceLost."""
        run = self._run
        if run is None:
            raise DeviceLost(self._role, "the camera is closed")
        if not run.has_signal():
            raise DeviceLost(self._role, run.silence("no signal"))
        picture = run.next(timeout_s)
        if picture is None:
            raise DeviceStalled(self._role, run.silence(f"no picture for {timeout_s:g} s"))
        return picture

    def close(self) -> None:
        """End a read in progress; a driver that hangs is left to it. Again: nothing."""
        run, self._run = self._run, None
        if run is not None and not run.close():
            log.warning("%s: the camera's driver hangs and is left behind", self._role)

    def _found(self) -> Path:
        try:
            candidates = chosen_hardware(nodes(), self._options.identity())
        except DeviceNotFound as error:
            raise DeviceMissing(self._role, f"the camera is not there: {error}") from error
        except AmbiguousDevice as error:
            raise DeviceMisconfigured(self._role, f"which camera is meant? {error}") from error
        for node in candidates:
            if captures(path := DEV / node.node):
                return path
        raise DeviceMisconfigured(self._role, f"{candidates[0].names[0]} is there, but gives no pictures")

    def _without_mode(self, node: OpenNode, path: Path) -> DeviceError:
        codes = ", ".join(node.codes())
        if not codes:
            return DeviceMissing(self._role, f"{path} is there, but offers no pictures now")
        asked = self._options.coding
        known = ", ".join(ORDER) if asked == "auto" else asked
        return DeviceMisconfigured(self._role, f"{path} sends pictures as {codes}; wanted is one of: {known}")

    def _unopened(self, path: Path, error: OSError) -> DeviceError:
        self.close()
        match error.errno:
            case errno.EACCES | errno.EPERM:
                return DeviceMisconfigured(self._role, f"{path} may not be opened: add this user to {_group(path)}")
            case errno.EBUSY:
                return DeviceMissing(self._role, f"another program holds {path}: end it, or name another camera")
            case errno.ETIMEDOUT:
                return DeviceMissing(self._role, silence(path, _NO_PICTURE))
            case errno.ENOSPC:
                return DeviceMisconfigured(
                    self._role,
                    "the USB bus is too narrow for all its cameras: plug one in elsewhere, or ask for less",
                )
            case errno.ENODEV | errno.ENXIO | errno.ENOENT:
                return DeviceMissing(self._role, f"{path} has gone while it was opened")
            case _:
                return DeviceMissing(self._role, f"{path} does not start: {error.strerror}; unplug it, plug it in")


def _group(path: Path) -> str:
    try:
        return f"the group {grp.getgrgid(os.stat(path).st_gid).gr_name}"
    except (OSError, KeyError):
        return "the group video"
