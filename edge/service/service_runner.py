"""Runs a service process from start to end and returns its exit code; obstacles are told in a sentence."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Coroutine
from typing import Any

from edge.service import exit_codes

log = logging.getLogger(__name__)

# Lessons, ledger and copies are for the owner and the group alone.
_NOT_FOR_OTHERS = 0o027


def serve(name: str, process: Coroutine[Any, Any, None]) -> int:
    """Run a process until it stops; its exit code: good where it was told to, bad where folder or socket refused."""
    os.umask(_NOT_FOR_OTHERS)
    code = exit_codes.GOOD
    try:
        asyncio.run(process)
    except* OSError as stopped:
        log.critical("the %s cannot go on: %s", name, "; ".join(_sentences(stopped)))
        log.debug("where it happened", exc_info=stopped)
        code = exit_codes.BAD
    return code


def _sentences(stopped: BaseExceptionGroup[BaseException]) -> list[str]:
    """What each of the exceptions in a group says."""
    said: list[str] = []
    for error in stopped.exceptions:
        said += _sentences(error) if isinstance(error, BaseExceptionGroup) else [str(error)]
    return said
