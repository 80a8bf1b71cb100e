"""The line server: what a client said is heard, also when the client was gone before the server looked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from pathlib import Path

from drivers.unix_line_server import UnixLineServer
from tests.waiting import until

CLIENTS = 100


def test_what_clients_said_is_heard_although_they_hung_up_before_they_were_met(tmp_path: Path) -> None:
    heard: list[str] = []
    is_busy, may_go_on = threading.Event(), threading.Event()

    def on_tick() -> tuple[Sequence[str], float | None]:
        is_busy.set()
        may_go_on.wait(20)
        return [], None

    def on_line(line: str) -> Sequence[str]:
        heard.append(line)
        return ["yes"]

    server = UnixLineServer(tmp_path / "s", lambda: ["welcome"], on_line, on_tick)
    server.open()
    try:
        assert is_busy.wait(20)
        for number in range(CLIENTS):
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(tmp_path / "s"))
                client.sendall(f"press {number} A\npress {number} B\n".encode())
        may_go_on.set()
        until(lambda: len(heard) == 2 * CLIENTS)
        assert heard == [f"press {number} {key}" for number in range(CLIENTS) for key in "AB"]
    finally:
        may_go_on.set()
        server.close()
