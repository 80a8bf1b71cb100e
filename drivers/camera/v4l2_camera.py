"""The driver ``v4l2``: USB cameras, HDMI grabbers and any other video node of Linux."""

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
from drivers.camera.v4l2_capture_session import CaptureSession, describe_no_signal, describe_silence
from drivers.camera.v4l2_enumeration import list_nodes
from drivers.camera.v4l2_modes import PIXEL_FORMATS, WantedCoding, choose_mode
from drivers.camera.v4l2_node import OpenNode, can_capture
from drivers.device_identity import DEV, DeviceIdentity, match_identity
from drivers.errors import DeviceError, DeviceLost, DeviceMisconfigured, DeviceMissing, DeviceStalled
from drivers.node_access import refused_access
from drivers.samples import Picture, PictureFormat

log = logging.getLogger(__name__)

_UNSTABLE_NAME = re.compile(r"(/dev/)?(video)?\d+$")
_NO_PICTURE = "it opens, but sends no picture: unplug it and plug it in again"


@dataclass(frozen=True, slots=True)
class V4l2CameraOptions:
    """Identity and settings of a camera; ValueError for an invalid value."""

    device: str = ""
    """Its link below /dev/v4l (``by-id/…``, ``by-path/…``) or its name, as ``classroom-edge devices`` shows it."""
    serial: str = ""
    """Serial number of the USB camera."""
    usb_port: str = ""
    """The USB port that it is plugged into, such as ``1-1.2``."""
    coding: WantedCoding = "auto"
    """Coding of the pictures on the cable."""
    open_timeout_s: float = 5.0
    """The longest time until the first picture."""
    power_line_hz: Literal[0, 50, 60] = 50
    """Mains frequency, against flicker of lamps; 0 leaves it as it is."""
    exposure_ms: float | None = None
    """Exposure time; 0: automatic; left out: unchanged."""
    autofocus: bool | None = None
    """Automatic focus; left out: unchanged."""
    focus: int | None = None
    """Focus position in the camera's own unit; switches autofocus off."""
    white_balance_k: int | None = None
    """Colour temperature of the light; 0: automatic; left out: unchanged."""

    def __post_init__(self) -> None:
        if not (self.device or self.serial or self.usb_port):
            raise ValueError("device, serial or usb_port must say which camera it is: run classroom-edge devices")
        if _UNSTABLE_NAME.fullmatch(self.device):
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
        return DeviceIdentity(self.device.removeprefix("/dev/v4l/"), self.serial, self.usb_port)

    def profile(self) -> v4l2_controls.ControlProfile:
        return v4l2_controls.ControlProfile(
            self.power_line_hz, self.exposure_ms, self.autofocus, self.focus, self.white_balance_k
        )


class V4l2Camera:
    """See ``drivers.protocols.Camera``: MJPEG as JPEG files, H.264 as access units, uncompressed pictures as planes.

    Every ``open`` finds the camera by its identity, whatever its number. Capture times are the kernel's.
    """

    Options = V4l2CameraOptions

    def __init__(self, role: str, wanted: PictureFormat, options: V4l2CameraOptions) -> None:
        self._role = role
        self._wanted = wanted
        self._options = options
        self._session: CaptureSession | None = None

    def open(self) -> PictureFormat:
        """Find the camera, choose a mode, start capture, set the controls and wait for the first picture."""
        path = self._find_node()
        try:
            with OpenNode(path) as node:
                if not node.has_signal():
                    raise DeviceMissing(self._role, describe_no_signal(path))
                mode = choose_mode(node.modes(self._wanted), self._wanted, self._options.coding)
                if mode is None:
                    raise self._no_mode_error(node, path)
                session = self._session = CaptureSession(self._role, path, mode, self._options.open_timeout_s)
                v4l2_controls.apply(self._role, node, self._options.profile())
        except OSError as error:
            raise self._open_error(path, error) from error
        except DeviceError:
            self.close()
            raise
        if not session.wait_for_first(self._options.open_timeout_s):
            self.close()
            raise DeviceMissing(self._role, describe_silence(path, _NO_PICTURE))
        log.info("%s: %s sends %s", self._role, path, mode)
        return session.format

    def read(self, timeout_s: float) -> Picture:
        session = self._session
        if session is None:
            raise DeviceLost(self._role, "the camera is closed")
        if not session.has_signal():
            raise DeviceLost(self._role, session.describe_silence("no signal"))
        picture = session.next_picture(timeout_s)
        if picture is None:
            raise DeviceStalled(self._role, session.describe_silence(f"no picture for {timeout_s:g} s"))
        return picture

    def close(self) -> None:
        """Stop capture; a driver that hangs is abandoned."""
        session, self._session = self._session, None
        if session is not None and not session.close():
            log.warning("%s: the camera's driver hangs and is left behind", self._role)

    def _find_node(self) -> Path:
        candidates = match_identity(self._role, "camera", list_nodes(), self._options.identity())
        for node in candidates:
            if can_capture(path := DEV / node.node):
                return path
        raise DeviceMisconfigured(self._role, f"{candidates[0].names[0]} is there, but gives no pictures")

    def _no_mode_error(self, node: OpenNode, path: Path) -> DeviceError:
        pixel_formats = ", ".join(node.pixel_formats())
        if not pixel_formats:
            return DeviceMissing(self._role, f"{path} is there, but offers no pictures now")
        wanted_coding = self._options.coding
        accepted = ", ".join(PIXEL_FORMATS) if wanted_coding == "auto" else wanted_coding
        return DeviceMisconfigured(
            self._role, f"{path} sends pictures as {pixel_formats}; wanted is one of: {accepted}"
        )

    def _open_error(self, path: Path, error: OSError) -> DeviceError:
        self.close()
        match error.errno:
            case errno.EACCES | errno.EPERM:
                return refused_access(
                    self._role, path, f"{path} may not be opened: add this user to {_group_name(path)}"
                )
            case errno.EBUSY:
                return DeviceMissing(self._role, f"another program holds {path}: end it, or name another camera")
            case errno.ETIMEDOUT:
                return DeviceMissing(self._role, describe_silence(path, _NO_PICTURE))
            case errno.ENOSPC:
                return DeviceMisconfigured(
                    self._role, "the USB bus is too narrow for all its cameras: plug one in elsewhere, or ask for less"
                )
            case errno.ENODEV | errno.ENXIO | errno.ENOENT:
                return DeviceMissing(self._role, f"{path} has gone while it was opened")
            case _:
                return DeviceMissing(self._role, f"{path} does not start: {error.strerror}; unplug it, plug it in")


def _group_name(path: Path) -> str:
    try:
        return f"the group {grp.getgrgid(os.stat(path).st_gid).gr_name}"
    except (OSError, KeyError):
        return "the group video"
