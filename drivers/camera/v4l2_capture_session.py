"""A running V4L2 capture: FFmpeg's V4L2 input in non-blocking mode, so that every wait has a timeout."""

from __future__ import annotations

import errno
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer

from drivers.camera.capture_timestamps import CaptureTimestamps
from drivers.camera.packet_decoder import make_decoder
from drivers.camera.v4l2_modes import PIXEL_FORMATS, CaptureMode
from drivers.camera.v4l2_node import OpenNode
from drivers.camera.v4l2_readiness import PictureReadiness, descriptors_of
from drivers.errors import DeviceLost
from drivers.samples import AccessUnit, Coding, ColourMatrix, Picture, PictureFormat

log = logging.getLogger(__name__)

# AVFMT_FLAG_NONBLOCK, which has no name among FFmpeg's options: no call waits for a picture.
_NONBLOCK_FLAG = "+4"
# What FFmpeg need not find out by reading, since the node has said it.
_NO_PROBING = {"probesize": "32", "fpsprobesize": "0", "max_ts_probe": "0"}
_PIXEL_FORMATS = {"mjpeg": "yuvj422p", "h264": "yuv420p"}
# Some drivers name no rate, and FFmpeg one of its own.
_PLAUSIBLE_RATE = 2
# Another thread's close ends no poll(2).
_MAX_POLL_S = 0.5
_MIN_POLL_S = 0.002
_SLEEP_SHARE = 0.8
_OVERTAKEN_SHARE = 0.5
_SIGNAL_CHECK_S = 2.0
_CLOSE_TIMEOUT_S = 1.0
_UNPLUGGED_ERRNOS = {errno.ENODEV, errno.ENXIO, errno.ENOENT}


class CaptureSession:
    """The capture from one open to its close; one thread at a time uses FFmpeg's container."""

    def __init__(self, role: str, path: Path, mode: CaptureMode, open_timeout_s: float) -> None:
        """Start capture; OSError where the node rejects the mode."""
        self._role = role
        self._path = path
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._timestamps = CaptureTimestamps()
        self._ready: list[Picture] = []
        self._last_arrival_s = 0.0
        self._next_signal_check_s = time.monotonic() + _SIGNAL_CHECK_S
        before = descriptors_of(path)
        self._container = _open_input(path, mode, open_timeout_s)
        self._readiness = PictureReadiness(next(iter(descriptors_of(path) - before), None))
        self._stream = self._container.streams.video[0]
        self._decoder = make_decoder(self._stream)
        self._mode = mode
        self._period_s = float(1 / mode.fps)

    @property
    def format(self) -> PictureFormat:
        """What the camera sends, once the first picture has come."""
        mode = self._mode
        told = PictureFormat(mode.width // 2 * 2, mode.height // 2 * 2, self._rate(), self._decoder.coding)
        format_ = self._decoder.describe(told)
        # The kernel's default for webcams (V4L2_COLORSPACE_SRGB).
        return replace(format_, matrix=ColourMatrix.BT601) if format_.coding is Coding.PLANES else format_

    def _rate(self) -> Fraction:
        rate = self._stream.average_rate
        return rate if rate and rate <= self._mode.fps * _PLAUSIBLE_RATE else self._mode.fps

    def wait_for_first(self, timeout_s: float) -> bool:
        """Wait for the first picture, which ``next_picture`` will return; return whether it came."""
        if (first := self.next_picture(timeout_s)) is None:
            return False
        self._ready.insert(0, first)
        return True

    def next_picture(self, timeout_s: float) -> Picture | None:
        """Return the next picture, or None after ``timeout_s``; DeviceLost where the camera has gone or was closed."""
        deadline_s = time.monotonic() + timeout_s
        was_told = False
        while not self._closed.is_set():
            if self._ready:
                return self._ready.pop(0)
            with self._lock:
                self._ready += self._read_ready()
            now_s = time.monotonic()
            if self._ready:
                self._last_arrival_s = now_s
            elif now_s >= deadline_s:
                return None
            elif not was_told and self._readiness.wait(min(deadline_s - now_s, _MAX_POLL_S)):
                # What was told and is no picture, such as a broken one, is not waited for in this way at once again.
                was_told = True
                continue
            else:
                was_told = False
                # Nothing tells when a picture is there; it surely is not before most of a period has passed.
                sleep_s = max(self._last_arrival_s + self._period_s * _SLEEP_SHARE - now_s, _MIN_POLL_S)
                self._closed.wait(min(sleep_s, deadline_s - now_s))
        self.close()
        raise DeviceLost(self._role, "the camera was closed")

    def has_signal(self) -> bool:
        """Return whether the input has a signal; without one a grabber sends pictures all the same.

        The node is asked at most every two seconds.
        """
        now_s = time.monotonic()
        if now_s < self._next_signal_check_s:
            return True
        self._next_signal_check_s = now_s + _SIGNAL_CHECK_S
        return _has_signal(self._path)

    def describe_silence(self, default: str) -> str:
        """Return why no picture comes: no signal, or else ``default``."""
        return describe_silence(self._path, default)

    def close(self) -> bool:
        """Stop capture; return false while a call into the driver hangs, after which capture stops."""
        self._closed.set()
        if not self._lock.acquire(timeout=_CLOSE_TIMEOUT_S):
            return False
        try:
            self._container.close()
        finally:
            self._lock.release()
        return True

    def _read_ready(self) -> list[Picture]:
        """Return the pictures that the driver has ready, without waiting."""
        if self._closed.is_set():
            return []
        try:
            return list(self._decode_packet())
        except av.BlockingIOError:
            return []
        except (av.FFmpegError, OSError) as error:
            is_unplugged = error.errno in _UNPLUGGED_ERRNOS
            reason = "the camera was unplugged" if is_unplugged else f"the camera broke off: {error.strerror}"
            raise DeviceLost(self._role, reason) from error

    def _decode_packet(self) -> Iterator[Picture]:
        packet = next(self._container.demux(self._stream))
        now_ns = time.monotonic_ns()
        was_trusted = self._timestamps.is_trusted
        for stamp_ns, picture in self._decoder.decode(packet):
            captured_ns = self._timestamps.captured_ns(stamp_ns, now_ns)
            if self._is_overtaken(picture):
                log.debug("%s: a picture came after a later one, and is left out", self._role)
                continue
            yield replace(picture, captured_ns=captured_ns)
        if was_trusted and not self._timestamps.is_trusted:
            log.warning("%s: the kernel's times are not monotonic; pictures get the time of arrival", self._role)

    def _is_overtaken(self, picture: Picture) -> bool:
        """Whether a later picture was handed out before this one, as uvcvideo does under load.

        Shown, it would be a jump back. Smaller differences are jitter of the stamps; H.264 needs every unit.
        """
        back_s = self._timestamps.went_back_ns / 1e9
        return back_s > self._period_s * _OVERTAKEN_SHARE and not isinstance(picture, AccessUnit)


def describe_silence(path: Path, default: str) -> str:
    """Return why no picture comes from a node: no signal at its input, or else ``default``."""
    return default if _has_signal(path) else describe_no_signal(path)


def describe_no_signal(path: Path) -> str:
    """Return what a person can do about an input without a signal."""
    return f"{path} is there, but has no signal: is the cable in, and what is at its other end switched on?"


def _has_signal(path: Path) -> bool:
    """Return whether the input has a signal; true also where that is unknown."""
    try:
        with OpenNode(path) as node:
            return node.has_signal()
    except OSError:
        return True


def _open_input(path: Path, mode: CaptureMode, timeout_s: float) -> InputContainer:
    """Return FFmpeg's input for this node; OSError where it does not open."""
    ffmpeg_format = PIXEL_FORMATS[mode.code]
    stream_options: Any = [{"pixel_format": _PIXEL_FORMATS.get(ffmpeg_format, ffmpeg_format)}]
    options = {
        "video_size": f"{mode.width}x{mode.height}",
        "framerate": str(mode.fps),
        "input_format": ffmpeg_format,
        "fflags": _NONBLOCK_FLAG,
        **_NO_PROBING,
    }
    try:
        return av.open(
            str(path), format="v4l2", options=options, stream_options=stream_options, timeout=(timeout_s, timeout_s)
        )
    except av.ExitError as error:
        raise TimeoutError(errno.ETIMEDOUT, "nothing came") from error
    except av.FFmpegError as error:
        raise OSError(error.errno, error.strerror) from error
