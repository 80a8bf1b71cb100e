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

from drivers.camera.simulated import SimulatedCamera
from drivers.samples import Coding, PictureFormat
from edge.link.notify import notify

WIDTH, HEIGHT, FPS = 320, 180, 10
_LARGEST_JPEG = 64 << 10
_OUTPUT = 2  # V4L2_BUF_TYPE_VIDEO_OUTPUT
_SET_FORMAT = 0xC0D05605  # VIDIOC_S_FMT
_SET_RATE = 0xC0CC5616  # VIDIOC_S_PARM
_FIELD_NONE, _COLOURS_OF_JPEG = 1, 7


def announce(node: int) -> None:
    """Say what will be written: the node then offers it to readers."""
    mjpg = struct.unpack("<I", b"MJPG")[0]
    form = (_OUTPUT, 0, WIDTH, HEIGHT, mjpg, _FIELD_NONE, 0, _LARGEST_JPEG, _COLOURS_OF_JPEG)
    fcntl.ioctl(node, _SET_FORMAT, struct.pack("<9I", *form).ljust(208, b"\0"))
    rate = (_OUTPUT, 0, 0, 1, FPS)
    fcntl.ioctl(node, _SET_RATE, struct.pack("<5I", *rate).ljust(204, b"\0"))


def main(device: str, log: str) -> None:
    """Write pictures until somebody ends this process."""
    wanted = PictureFormat(WIDTH, HEIGHT, Fraction(FPS), Coding.MJPEG)
    camera = SimulatedCamera("students", wanted, SimulatedCamera.Options(seed=1, log=Path(log), buffers=30))
    node = os.open(device, os.O_RDWR)
    announce(node)
    camera.open()
    os.write(node, camera.read(5.0).data)
    notify("READY=1")
    while True:
        os.write(node, camera.read(5.0).data)


main(*sys.argv[1:])
