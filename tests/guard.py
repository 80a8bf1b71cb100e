"""A process beside a test run that ends what the run started, once the run is over, however it ended.

A run that is killed tears nothing down. What it started is known by a word in its environment.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from contextlib import suppress
from pathlib import Path

_VARIABLE = "TEST_RUN"


class Guard:
    """The guard as the run sees it; it notices the end of this process by the end of its input."""

    def __init__(self) -> None:
        os.environ[_VARIABLE] = uuid.uuid4().hex
        command = [sys.executable, "-ISu", __file__, os.environ[_VARIABLE]]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def close(self) -> None:
        """Have what is left ended now."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def _end(run: str) -> None:
    mark = f"{_VARIABLE}={run}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (process / "environ").read_bytes().split(b"\0") and int(process.name) != os.getpid():
                os.kill(int(process.name), signal.SIGKILL)


if __name__ == "__main__":
    sys.stdin.read()
    _end(sys.argv[1])
