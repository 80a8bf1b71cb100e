"""How long the disk takes to make durable what a recorder writes, track by track, as it is written."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_PERIOD_S = 0.25


def sync_times_ms(folder: Path, track_bps: Sequence[float], seconds: float) -> NDArray[np.float64]:
    """Write each track's bytes for ``seconds`` at its bit rate into a file of its own in ``folder``, and sync them.

    Every quarter of a second each file gets its bytes and an fdatasync(2) of its own, four times as often as a lesson
    that syncs once a second, so that a short time shows slow ones. Returns the milliseconds of each call, in order,
    shape (calls,). What takes longer than its period delays the next one; no period begins
    after ``seconds``.

    Raises:
        OSError: the disk does not take them.
    """
    times_ms: list[float] = []
    with ExitStack() as stack:
        files = [stack.enter_context((folder / str(number)).open("wb", 0)) for number in range(len(track_bps))]
        parts = [secrets.token_bytes(max(1, round(bps * _PERIOD_S / 8))) for bps in track_bps]
        began_s = due_s = time.monotonic()
        while due_s - began_s < seconds:
            time.sleep(max(0.0, due_s - time.monotonic()))
            for file, part in zip(files, parts, strict=True):
                file.write(part)
                called_s = time.monotonic()
                os.fdatasync(file.fileno())
                times_ms.append(1e3 * (time.monotonic() - called_s))
            due_s = max(due_s + _PERIOD_S, time.monotonic())
    return np.array(times_ms, np.float64)
