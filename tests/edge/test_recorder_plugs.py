"""A camera that is plugged in is opened long before its back-off would have tried it."""

from __future__ import annotations

import asyncio
import socket
import time
from fractions import Fraction
from pathlib import Path

import pytest

from drivers.camera.simulated import SimulatedCamera
from drivers.samples import Coding, PictureFormat
from edge.recorder import plugs
from pipelines.capture.source import Health, Source
from pipelines.recording.recording import Sources

WANTED = PictureFormat(320, 180, Fraction(30), Coding.MJPEG)
CAME = b"ACTION=add\0SUBSYSTEM=video4linux\0DEVNAME=/dev/video7\0"
HEADER = b"libudev\0\xfe\xed\xca\xfe" + b"".join(
    number.to_bytes(4, "little") for number in (40, 40, len(CAME), 0, 0, 0, 0)
)


async def test_a_plugged_camera_is_opened_at_once(tmp_path: Path) -> None:
    fault = tmp_path / "fault"
    fault.write_text("lost")
    options = SimulatedCamera.Options(fault_file=fault)
    source = Source("teacher", lambda: SimulatedCamera("teacher", WANTED, options), lambda *_: None)
    watching = asyncio.create_task(plugs.watch(Sources({"teacher": source}, {})))
    source.start()
    try:
        await asyncio.sleep(1.5)  # by now it waits a second and more
        assert source.condition.health is Health.MISSING
        fault.unlink()
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15) as udev:
            try:
                udev.sendto(HEADER + CAME, (0, 2))
            except PermissionError:
                pytest.skip("only root may speak in udev's place")
        plugged = time.monotonic()
        while source.condition.health is not Health.RUNNING and time.monotonic() < plugged + 3:
            await asyncio.sleep(0.01)
        assert time.monotonic() - plugged < 0.3
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        source.close()
