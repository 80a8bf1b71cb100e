"""Notifications to systemd: readiness, stopping and watchdog, by the protocol of sd_notify(3)."""

from __future__ import annotations

import contextlib
import os
import socket


def notify(state: str) -> None:
    """Send ``state`` (such as ``READY=1`` or ``WATCHDOG=1``) where NOTIFY_SOCKET says; nothing without it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender, contextlib.suppress(OSError):
        sender.setblocking(False)  # whoever does not listen now must not hold up a lesson
        sender.sendto(state.encode(), address)
