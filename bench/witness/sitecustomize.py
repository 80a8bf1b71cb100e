"""Sees when a process writes and syncs its journals, from outside: loaded by Python before the program."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from typing import Any

_OUT = os.environ.get("BENCH_WITNESS")


def _seen(what: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def witnessed(fd: int, *rest: object) -> Any:
        result = call(fd, *rest)
        at_ns = time.monotonic_ns()
        path = os.readlink(f"/proc/self/fd/{fd}")
        if path.endswith("journal.jsonl"):
            entry = {"what": what, "at_ns": at_ns, "path": path, "size": os.fstat(fd).st_size}
            with open(str(_OUT), "a", encoding="utf-8") as out:
                out.write(json.dumps(entry) + "\n")
        return result

    return witnessed


if _OUT:
    os.fdatasync = _seen("synced", os.fdatasync)
    os.write = _seen("written", os.write)
