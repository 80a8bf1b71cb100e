"""Exit codes of the command line."""

from __future__ import annotations

GOOD = 0
"""Done, and nothing wrong was found."""
BAD = 1
"""Done, and something wrong was found."""
WRONG = 2
"""Not done: wrong use, or a config that cannot be used."""
UNREACHED = 3
"""Not done: the running system was not reached."""
INTERRUPTED = 130
"""Stopped by Ctrl-C: 128 + SIGINT, as shells have it."""
OUTPUT_CLOSED = 141
"""Whoever read the output has gone: 128 + SIGPIPE."""
