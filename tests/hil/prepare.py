"""What the virtual classroom needs before the first test: image, bundle, installed box. It tells what it does."""

from __future__ import annotations

import time

from tests.hil.product import todays_box

_BEGAN_S = time.monotonic()


def say(text: str) -> None:
    """A line with the time since the beginning."""
    print(f"== [{time.monotonic() - _BEGAN_S:4.0f} s] {text}", flush=True)


if __name__ == "__main__":
    todays_box(say)
    say("the virtual classroom is ready")
