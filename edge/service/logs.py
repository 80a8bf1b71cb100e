"""Logging of a process: to standard error, where journald or a terminal reads it."""

from __future__ import annotations

import logging
import os
import sys
import threading


def configure(process: str) -> None:
    """Configure logging, without times under systemd, where journald adds them; a bug in a thread ends the process."""
    under_systemd = "JOURNAL_STREAM" in os.environ
    form = "%(name)s: %(message)s" if under_systemd else f"%(asctime)s {process} %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=os.environ.get("CLASSROOM_EDGE_LOG", "INFO").upper(), format=form, stream=sys.stderr)
    threading.excepthook = _exit_on_thread_error


def _exit_on_thread_error(args: threading.ExceptHookArgs) -> None:
    """End the process, so that systemd restarts it: without one of its threads it would record gaps."""
    name = args.thread.name if args.thread else "a thread"
    error = args.exc_value or args.exc_type()
    logging.getLogger(__name__).critical("a bug in %s ends the process", name, exc_info=error)
    logging.shutdown()
    os._exit(70)
