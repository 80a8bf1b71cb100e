"""Keys of a terminal without Enter, or lines where the input is none; the terminal is always left as it was found."""

from __future__ import annotations

import os
import select
import termios
import tty
from contextlib import suppress
from types import TracebackType
from typing import Any

_MOST_BYTES = 1024
# The bytes of one key come together, over a slow line, too.
_SEQUENCE_S = 0.05


class TechnicianGone(Exception):
    """Nobody answers any more: the terminal was hung up, or the input has ended."""


class Keyboard:
    """The input ``fd``; a context, within which a terminal gives each key at once and shows none.

    Ctrl-C is SIGINT as ever.
    """

    def __init__(self, fd: int) -> None:
        self.is_terminal = os.isatty(fd)
        self._fd = fd
        self._waiting = b""
        self._found: list[Any] | None = None

    def __enter__(self) -> Keyboard:
        if self.is_terminal:
            self._found = termios.tcgetattr(self._fd)
            tty.setcbreak(self._fd, termios.TCSADRAIN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._found is not None:
            with suppress(termios.error):  # it was hung up
                termios.tcsetattr(self._fd, termios.TCSADRAIN, self._found)
            self._found = None

    def forget(self) -> None:
        """Drop the keys that were pressed before they were asked for."""
        if self.is_terminal:
            self._waiting = b""
            termios.tcflush(self._fd, termios.TCIFLUSH)

    def key(self) -> str:
        """Wait for a key; ``"\\n"`` is Enter. Of an input that is no terminal: a line, or ``"\\n"`` for an empty one.

        Raises:
            TechnicianGone: the input has ended.
        """
        if not self.is_terminal:
            return self._line_of_file().strip() or "\n"
        while True:
            sign = self._sign()
            if sign == "\x1b":
                self._skip_sequence()
            else:
                return "\n" if sign == "\r" else sign

    def pressed(self) -> bool:
        """Whether a key of a terminal was pressed; it is taken. Never waits. Raises as ``key``."""
        if not self.is_terminal or not self._is_readable(0):
            return False
        self._more()
        self._waiting = b""
        return True

    def _sign(self) -> str:
        """One sign in UTF-8, whose bytes may come one after the other."""
        while not self._waiting:
            self._more()
        length = _utf8_length(self._waiting[0])
        while len(self._waiting) < length:
            self._more()
        raw, self._waiting = self._waiting[:length], self._waiting[length:]
        return raw.decode("utf-8", "replace")

    def _skip_sequence(self) -> None:
        """Drop the rest of what an arrow or function key sends (ECMA-48, 5.4: CSI); a lone Escape has none."""
        if not (self._waiting or self._is_readable(_SEQUENCE_S)) or self._sign() not in ("[", "O"):
            return
        while not "@" <= self._sign() <= "~":
            pass

    def _line_of_file(self) -> str:
        while b"\n" not in self._waiting:
            try:
                self._more()
            except TechnicianGone:
                if not self._waiting:
                    raise
                self._waiting += b"\n"
        raw, _, self._waiting = self._waiting.partition(b"\n")
        return raw.decode("utf-8", "replace")

    def _more(self) -> None:
        try:
            data = os.read(self._fd, _MOST_BYTES)
        except OSError:  # a terminal that was hung up
            data = b""
        if not data:
            raise TechnicianGone
        self._waiting += data

    def _is_readable(self, seconds: float) -> bool:
        return bool(select.select([self._fd], [], [], seconds)[0])


def _utf8_length(first: int) -> int:
    """How many bytes a sign has (RFC 3629, section 3)."""
    return 1 if first < 0xC0 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
