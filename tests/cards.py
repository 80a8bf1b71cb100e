"""A memory card with a real file system, mounted somewhere: it can hang, be pulled and come back."""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
from pathlib import Path

# An ext4 file system that is told this answers every write with EIO from then on, as one whose disk was pulled.
_EXT4_IOC_SHUTDOWN = 0x8004587D
_NO_LOG_FLUSH = 2


class Card:
    """An ext4 image of so many MB for ``folder``. OSError where this machine does not let one be mounted."""

    def __init__(self, image: Path, folder: Path, megabytes: int) -> None:
        self._image = image
        self.folder = folder
        folder.mkdir()
        with image.open("wb") as file:
            file.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", str(image))

    def put_in(self) -> None:
        """Mount it, as another device than before."""
        device = _run("losetup", "--find", "--show", str(self._image))
        try:
            _run("mount", device, str(self.folder))
        finally:
            _run("losetup", "--detach", device)

    def pull(self) -> None:
        """Every write fails from now on, as if it were gone."""
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, _EXT4_IOC_SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(folder)

    def turn_read_only(self) -> None:
        """What the kernel does where it finds a file system damaged."""
        _run("mount", "-o", "remount,abort", str(self.folder))

    def take_out(self) -> None:
        """The mount goes; whoever has files open still holds them."""
        _run("umount", "-l", str(self.folder))

    def hold(self, *, on: bool) -> None:
        """No write is answered until it is let go."""
        _run("fsfreeze", "-f" if on else "-u", str(self.folder))


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout.strip()
