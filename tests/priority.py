"""Who gets the processors first while tests run: what is measured in real time, as by a box's CPUWeight.

Without the right to, nothing changes. Source: Linux, sched(7), "The autogroup feature".
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

FIRST, LAST = -15, 10


def put(process: int, niceness: int) -> None:
    """Give a process, and the session that it leads, more or less of the processors."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process, niceness)
    with suppress(OSError):
        Path(f"/proc/{process}/autogroup").write_text(str(niceness))
