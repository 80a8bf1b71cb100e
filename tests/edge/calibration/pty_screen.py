"""A program on a terminal of a given size, as whoever sits before it sees it: its screen, cell by cell."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

_PATIENCE_S = 20.0
_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[()].|[=>78])")


class PtyScreen:
    """The master side of a pseudo-terminal; ``output`` is all that was written to it."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], columns: int = 80, lines: int = 24) -> None:
        self.output = ""
        self._raw = b""
        self.master, side = os.openpty()
        self._resize(columns, lines)
        self.before = termios.tcgetattr(side)
        self.side = side
        self.process = subprocess.Popen(
            command,
            stdin=side,
            stdout=side,
            stderr=side,
            env=environ,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )

    def _resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size, as a window that is dragged."""
        self._resize(columns, lines)
        self.process.send_signal(signal.SIGWINCH)

    def until(self, text: str, since: int = 0) -> int:
        """Read until ``text`` was written after the place ``since`` of the output; the place after it.

        Raises:
            AssertionError: it does not come.
        """
        deadline_s = time.monotonic() + _PATIENCE_S
        while (place := self.plain().find(text, since)) < 0:
            assert time.monotonic() < deadline_s, f"no {text!r} in {self.plain()[since:]!r}"
            if not self._read(0.1) and self.process.poll() is not None and not self._read(0.1):
                raise AssertionError(f"it ended, and no {text!r} in {self.plain()[since:]!r}")
        return place + len(text)

    def press(self, keys: str) -> None:
        """Press keys; ``\\x03`` is Ctrl-C."""
        os.write(self.master, keys.encode())

    def ended(self) -> int:
        """Wait for the program's end; its exit code."""
        deadline_s = time.monotonic() + _PATIENCE_S
        while self.process.poll() is None:
            assert time.monotonic() < deadline_s, f"it does not end: {self.plain()[-500:]!r}"
            self._read(0.05)
        while self._read(0):
            pass
        return self.process.wait()

    def plain(self) -> str:
        """What was written, without control sequences."""
        return _SEQUENCE.sub("", self.output).replace("\r", "")

    def widest(self) -> int:
        """Cells of the widest line that was written; a line that is redrawn counts each time."""
        lines = re.split(r"[\r\n]+", _SEQUENCE.sub("", self.output))
        return max(sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line) for line in lines)

    def _read(self, seconds: float) -> bool:
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self._raw += data
        self.output = self._raw.decode("utf-8", "ignore")
        return bool(data)

    def close(self) -> None:
        """End the program, if it still runs, and the terminal."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.side)
        os.close(self.master)


@contextlib.contextmanager
def on_terminal(
    script: str, *arguments: str, columns: int = 80, lines: int = 24, **environ: str
) -> Iterator[PtyScreen]:
    """Run a Python script on a terminal of its own."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    values = {**inherited, "TERM": "xterm-256color", "PYTHONPATH": os.pathsep.join(sys.path), **environ}
    screen = PtyScreen([sys.executable, "-c", script, *arguments], values, columns, lines)
    try:
        yield screen
    finally:
        screen.close()


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
