"""The room that is calibrated: its config, and its cameras and microphones while they are borrowed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from drivers.samples import Picture, PictureFormat, SoundBlock, SoundFormat
from edge.config.model import Config
from pipelines.recording.room_devices import RoomDevices

OnPicture = Callable[[PictureFormat, Picture], None]
OnBlock = Callable[[SoundFormat, SoundBlock], None]


class DeviceUnavailable(Exception):
    """A borrowed device does not deliver; ``reason`` is an English sentence as drivers give it."""

    def __init__(self, role: str, reason: str) -> None:
        super().__init__(f"{role}: {reason}")
        self.role = role
        self.reason = reason


class RoomUnderTest(Protocol):
    """Every listener is called from the device's own thread and must not block."""

    @property
    def config(self) -> Config:
        """The config as it stands now, with what the steps so far have changed."""

    def watch(self, role: str, on_picture: OnPicture) -> AbstractContextManager[None]:
        """Pass the pictures of a camera to ``on_picture`` while the context lasts.

        Raises:
            DeviceUnavailable: It does not deliver within a few seconds.
        """

    def listen(self, role: str, on_block: OnBlock) -> AbstractContextManager[None]:
        """Pass the sound of a microphone to ``on_block`` while the context lasts. Raises as ``watch``."""

    def all_devices(self) -> AbstractContextManager[RoomDevices]:
        """All devices, each delivering and attached to nothing, for a recording of all roles. Raises as ``watch``."""
