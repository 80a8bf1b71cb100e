"""A camera that is plugged in is opened long before its back-off would have tried it."""

from __future__ import annotations

import asyncio
import socket
from fractions import Fraction
from pathlib import Path

import pytest
from waiting import until_async

from drivers.camera.simulation.simulated_camera import SimulatedCamera
from drivers.samples import Coding, PictureFormat
from edge.service import hotplug
from pipelines.backoff import BackOff
from pipelines.devices import device_supervisor
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor

WANTED = PictureFormat(320, 180, Fraction(30), Coding.MJPEG)
CAME = b"ACTION=add\0SUBSYSTEM=video4linux\0DEVNAME=/dev/video7\0"
HEADER = b"libudev\0\xfe\xed\xca\xfe" + b"".join(
    number.to_bytes(4, "little") for number in (40, 40, len(CAME), 0, 0, 0, 0)
)


async def test_a_plugged_camera_is_opened_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = tmp_path / "fault"
    fault.write_text("lost")
    options = SimulatedCamera.Options(fault_file=fault)
    loop = asyncio.get_running_loop()
    running = asyncio.Event()

    def changed(_role: str, condition: DeviceCondition[PictureFormat]) -> None:
        if condition.state is DeviceState.RUNNING:
            loop.call_soon_threadsafe(running.set)

    monkeypatch.setattr(device_supervisor, "BackOff", lambda **_: BackOff(initial_s=3600.0, max_s=3600.0))
    supervisor = DeviceSupervisor("teacher", lambda: SimulatedCamera("teacher", WANTED, options), changed)
    watching = asyncio.create_task(hotplug.watch({"video4linux": supervisor.retry_now}))
    await asyncio.sleep(0)  # from here on it listens
    supervisor.start()
    try:
        await until_async(lambda: supervisor.condition.state is DeviceState.MISSING)
        fault.unlink()
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15) as udev:
            try:
                udev.sendto(HEADER + CAME, (0, 2))
            except PermissionError:
                pytest.skip("only root may speak in udev's place")
        async with asyncio.timeout(10):
            await running.wait()
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        supervisor.close()
