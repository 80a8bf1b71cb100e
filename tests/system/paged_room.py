"""A room of real processes with pages."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path

from tests.system.room import START_S, Room


class PagedRoom(Room):
    """``https`` and ``http`` are the pages' addresses."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        https_port, self._http_port = _free_ports()
        self.https, self.http = f"https://127.0.0.1:{https_port}", f"http://127.0.0.1:{self._http_port}"
        ports = f"https_port = {https_port}\nhttp_port = {self._http_port}\n"
        self.pages = f'[web]\n{ports}state = "{folder}/web"\nmdns = false\n'

    def start(self, *processes: str, devices: int | None = None) -> None:
        """Start processes, and wait until the pages answer where they are among them."""
        super().start(*processes, devices=devices)
        if not processes or "web" in processes:
            self.wait(self._is_listening, START_S)

    def _is_listening(self) -> bool:
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", self._http_port)).close()
            return True
        return False

    @property
    def stills(self) -> set[str]:
        """The stills that there are just now."""
        return {path.name for path in (self.run / "stills").glob("*.jpg")}


def _free_ports() -> tuple[int, int]:
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        return taken[0].getsockname()[1], taken[1].getsockname()[1]
