"""How long this box takes to find the addresses of hosts, all at the same time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable

LONGEST_S = 6.0


def lookup_times_ms(hosts: Iterable[str]) -> dict[str, float | None]:
    """Milliseconds for each host; None where it is not found, or not within ``LONGEST_S``."""
    found: dict[str, float | None] = dict.fromkeys(hosts)
    told: dict[str, float] = {}

    def look_up(host: str) -> None:
        began_s = time.monotonic()
        try:
            socket.getaddrinfo(host, None)
        except (OSError, UnicodeError):
            return
        told[host] = 1e3 * (time.monotonic() - began_s)

    # Daemons, because a resolver without an answer holds its caller for longer than anybody waits.
    threads = [threading.Thread(target=look_up, args=[host], name=f"look-up-{host}", daemon=True) for host in found]
    for thread in threads:
        thread.start()
    deadline_s = time.monotonic() + LONGEST_S
    for thread in threads:
        thread.join(max(0.0, deadline_s - time.monotonic()))
    return {host: told.get(host) for host in found}
