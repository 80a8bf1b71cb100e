"""Ctrl-C as the walk understands it: counted, since twice says more than once, and put off while files are written."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# What takes the devices back comes first: after it the other one means nothing.
_PUT_OFF = (signal.SIGUSR1, signal.SIGINT)


class Interrupts:
    """The handler of SIGINT while ``counted_interrupts`` lasts."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Count one.

        Raises:
            KeyboardInterrupt: always.
        """
        self.count += 1
        raise KeyboardInterrupt


@contextmanager
def counted_interrupts() -> Iterator[Interrupts]:
    """Count SIGINT while the context lasts; for the main thread alone."""
    interrupts = Interrupts()
    before = signal.signal(signal.SIGINT, interrupts)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def interrupts_put_off() -> Iterator[None]:
    """Let Ctrl-C, and the signal by which devices are taken back, come when the context ends; for the main thread.

    What is written meanwhile, in more files than one, belongs together.
    """
    pending: set[int] = set()

    def note(number: int, _frame: FrameType | None) -> None:
        pending.add(number)

    before = {number: signal.signal(number, note) for number in _PUT_OFF}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in before:
            if number in pending:
                signal.raise_signal(number)
