"""Runs a service process from start to end and returns its exit code; obstacles are told in a sentence."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Coroutine
from typing import Any

from edge.service import exit_codes

log = logging.getLogger(__name__)

# Lessons, ledger and copies are for owner and group alone.
_NOT_FOR_OTHERS = 0o027


def serve(name: str, process: Coroutine[Any, Any, None]) -> int:
    """Run a process until it stops; its exit code: good after a signal to stop, bad after an OSError."""
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
    """The messages of the exceptions in a group."""
    messages: list[str] = []
    for error in stopped.exceptions:
        messages += _sentences(error) if isinstance(error, BaseExceptionGroup) else [str(error)]
    return messages
