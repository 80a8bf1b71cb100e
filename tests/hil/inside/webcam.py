"""A USB camera that is not there: bar-coded JPEG pictures, written into v4l2loopback. Runs in the guest.

usage: webcam.py DEVICE LOG   (with the Python of the installed product, whose simulated camera makes the pictures)

LOG gets a line for every picture, see the simulated camera. The node is a capture device while this runs.
"""

from __future__ import annotations

import fcntl
import os
import struct
import sys
from fractions import Fraction
from pathlib import Path

from edge.service.sd_notify import notify

WIDTH, HEIGHT, FPS = 320, 180, 10
_LARGEST_JPEG = 64 << 10
_OUTPUT = 2  # V4L2_BUF_TYPE_VIDEO_OUTPUT
_SET_FORMAT = 0xC0D05605  # VIDIOC_S_FMT
_SET_RATE = 0xC0CC5616  # VIDIOC_S_PARM
_STREAM_ON = 0x40045612  # VIDIOC_STREAMON
_FIELD_NONE, _COLOURS_OF_JPEG = 1, 7


def announce(node: int) -> None:
    """Say what will be written: the node is a camera from now on."""
    mjpg = struct.unpack("<I", b"MJPG")[0]
    form = (_OUTPUT, 0, WIDTH, HEIGHT, mjpg, _FIELD_NONE, 0, _LARGEST_JPEG, _COLOURS_OF_JPEG)
    fcntl.ioctl(node, _SET_FORMAT, struct.pack("<9I", *form).ljust(208, b"\0"))
    rate = (_OUTPUT, 0, 0, 1, FPS)
    fcntl.ioctl(node, _SET_RATE, struct.pack("<5I", *rate).ljust(204, b"\0"))
    fcntl.ioctl(node, _STREAM_ON, struct.pack("<I", _OUTPUT))


def write_pictures(node: int, log: Path) -> None:
    """Write pictures until somebody ends this process."""
    # These take an emulated machine seconds, in which the recorder starts and looks for its cameras.
    from drivers.camera.simulation.simulated_camera import SimulatedCamera
    from drivers.samples import Coding, PictureFormat

    wanted = PictureFormat(WIDTH, HEIGHT, Fraction(FPS), Coding.MJPEG)
    camera = SimulatedCamera("students", wanted, SimulatedCamera.Options(seed=1, log=log, buffers=30))
    camera.open()
    while True:
        os.write(node, camera.read(5.0).data)


def main(device: str, log: str) -> None:
    """Become the camera at ``device``."""
    node = os.open(device, os.O_RDWR)
    announce(node)
    notify("READY=1")
    write_pictures(node, Path(log))


main(*sys.argv[1:])
