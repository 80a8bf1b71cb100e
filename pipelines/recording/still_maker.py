"""Make a still of every camera each second while somebody looks, and only then, as files in a folder in memory."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from drivers.samples import AccessUnit, Picture, PictureFormat
from pipelines.capture.still_picture import still_of_frame, still_of_picture
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.recording.still_tap import StillTap

log = logging.getLogger(__name__)

Cameras = Mapping[str, DeviceSupervisor[Picture, PictureFormat]]

SUFFIX = ".jpg"
PERIOD_S = 1.0
# A track that runs decodes a picture within this.
_FRAMES_COME_S = 0.12
# Of one core, for everything that this thread does: where a still costs more, the next one comes later.
CPU_SHARE = 0.008
# Whoever looks renews it; a lease that claims more is cut.
LONGEST_LEASE_NS = 10_000_000_000
_NICENESS = 15
# A camera that went away must not seem to stand still.
_OLDEST_STILL_NS = 15_000_000_000


class StillMaker:
    """Writes ``<folder>/<role>.jpg`` from a niced thread of its own, atomically, and removes them when nobody looks.

    A role that a lesson encodes gives a frame that was decoded for that anyway (through ``tap``); the others (between
    lessons, and H.264 that is passed through) the newest picture of their pre-roll. While paused there is neither.
    """

    def __init__(self, tap: StillTap, cameras: Cameras, folder: Path) -> None:
        self._tap = tap
        self._cameras = cameras
        self._folder = folder
        self._until_ns = 0
        self._looked = threading.Event()
        self._closing = threading.Event()
        self._shown_ns: dict[str, int] = {}
        self._thread = threading.Thread(target=self._run, name="stills", daemon=True)

    def start(self) -> None:
        """Remove what a process before may have left, and wait for somebody to look."""
        try:
            # The folder may be there already, with a group that may read it.
            self._folder.mkdir(mode=0o750, exist_ok=True)
        except OSError as error:
            log.error("there will be no stills: %s", error)
            return
        self._remove_all()
        self._tap.on_suspend = self._remove_all
        self._thread.start()

    def look(self, until_ns: int) -> None:
        """Somebody looks, until then (CLOCK_MONOTONIC) unless it is said again; any thread."""
        self._until_ns = min(until_ns, time.monotonic_ns() + LONGEST_LEASE_NS)
        self._looked.set()

    @property
    def are_wanted(self) -> bool:
        """Whether somebody looks."""
        return time.monotonic_ns() < self._until_ns

    def close(self) -> None:
        """Stop, and leave no still behind. Idempotent."""
        self._closing.set()
        self._looked.set()
        if self._thread.is_alive():
            self._thread.join(2.0)
        self._remove_all()

    def _run(self) -> None:
        os.setpriority(os.PRIO_PROCESS, 0, min(19, os.getpriority(os.PRIO_PROCESS, 0) + _NICENESS))
        while not self._closing.is_set():
            if not self.are_wanted:
                self._remove_all()
                self._looked.wait()
                self._looked.clear()
                continue
            begun_s = time.thread_time()
            self._make_round()
            spent_s = time.thread_time() - begun_s
            self._closing.wait(max(PERIOD_S - _FRAMES_COME_S, spent_s / CPU_SHARE))

    def _make_round(self) -> None:
        self._tap.ask_for(self._cameras)
        self._closing.wait(_FRAMES_COME_S)
        now_ns = time.monotonic_ns()
        for role, camera in self._cameras.items():
            try:
                self._make(role, camera, now_ns)
            except OSError as error:
                log.warning("no still of %s: %s", role, error)

    def _make(self, role: str, camera: DeviceSupervisor[Picture, PictureFormat], now_ns: int) -> None:
        still: bytes | None = None
        captured_ns = now_ns
        if (frame := self._tap.take(role)) is not None:
            still = still_of_frame(frame)
        elif (picture := _newest_whole(camera.preroll_snapshot())) is not None:
            captured_ns = picture.captured_ns
            if captured_ns > self._shown_ns.get(role, -1):
                still = still_of_picture(picture)
        if still is not None:
            self._write(role, still, captured_ns)
        elif now_ns - self._shown_ns.get(role, now_ns) > _OLDEST_STILL_NS:
            self._path(role).unlink(missing_ok=True)

    def _write(self, role: str, still: bytes, captured_ns: int) -> None:
        path = self._path(role)
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(still)
        if self._tap.publish(lambda: os.replace(unfinished, path)):
            self._shown_ns[role] = captured_ns
        else:
            unfinished.unlink(missing_ok=True)

    def _path(self, role: str) -> Path:
        return self._folder / f"{role}{SUFFIX}"

    def _remove_all(self) -> None:
        self._shown_ns.clear()
        for role in self._cameras:
            self._path(role).unlink(missing_ok=True)


def _newest_whole(pictures: list[Picture]) -> Picture | None:
    """The newest picture that can be decoded without another one."""
    whole = (one for one in reversed(pictures) if not isinstance(one, AccessUnit) or one.key)
    return next(whole, None)
