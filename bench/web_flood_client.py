"""``python -m bench.web_flood_client COOKIE HTTPS_PORT HTTP_PORT RECONNECTS``: a flood of the pages.

From four addresses of this machine a thousand connections are held open without a word, streams of events are begun
and dropped again and again, and pages are asked for without a pause; some requests come a byte at a time, others are
far too large. Ends with a line of JSON: what was done.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import ssl
import sys
from collections import Counter
from itertools import count

HELD = 1000
_AT_ONCE = 16
_ASKING = 4
_ADDRESSES = 4
_SLOW = 32
_BYTE_S = 0.5
_OVERSIZED = 2
_LARGE = 16 << 20
_CHUNK = bytes(64 << 10)
_PAUSE_S = 0.1


class Flood:
    """``done`` counts what was done."""

    def __init__(self, cookie: str, https_port: int, http_port: int, reconnects: int) -> None:
        self.done: Counter[str] = Counter()
        self._cookie = cookie
        self._https_port = https_port
        self._http_port = http_port
        self._numbers = iter(range(reconnects))
        self._context = ssl.create_default_context()
        self._context.check_hostname, self._context.verify_mode = False, ssl.CERT_NONE

    async def run(self) -> None:
        """Until the last stream was begun and dropped."""
        held = [asyncio.create_task(self._hold(number)) for number in range(HELD)]
        asking = [asyncio.create_task(self._ask(number)) for number in range(_ASKING)]
        slow = [asyncio.create_task(self._crawl(number)) for number in range(_SLOW)]
        oversized = [asyncio.create_task(self._overdo(number)) for number in range(_OVERSIZED)]
        await asyncio.gather(*(self._reconnect(number) for number in range(_AT_ONCE)))
        others = (*held, *asking, *slow, *oversized)
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _hold(self, number: int) -> None:
        reader, writer = await self._connected(self._http_port, number, None)
        self.done["connected"] += 1
        with contextlib.closing(writer):
            with contextlib.suppress(OSError):
                await reader.read()
            self.done["let go"] += 1

    async def _ask(self, number: int) -> None:
        for _ in count():
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                _, writer = await self._answered("/login", number)
                writer.close()
                self.done["pages"] += 1

    async def _crawl(self, number: int) -> None:
        """A request of which a byte comes now and then (OWASP, "Slow HTTP attacks"); it is let go, and begins anew."""
        request = b"POST /s/join HTTP/1.1\r\nHost: box\r\n" + b"X: " + b"x" * 4000
        while True:
            with contextlib.suppress(OSError):
                _, writer = await self._connected(self._http_port, number, None)
                with contextlib.closing(writer):
                    for byte in request:
                        if writer.is_closing():
                            break
                        writer.write(bytes([byte]))
                        await writer.drain()
                        await asyncio.sleep(_BYTE_S)
            self.done["slow let go"] += 1
            await asyncio.sleep(_PAUSE_S)

    async def _overdo(self, number: int) -> None:
        """A body that is larger than anything may be, sent for as long as it is taken."""
        head = f"POST /login HTTP/1.1\r\nHost: box\r\nContent-Type: text/plain\r\nContent-Length: {_LARGE}\r\n\r\n"
        while True:
            with contextlib.suppress(OSError):
                _, writer = await self._connected(self._https_port, number, self._context)
                with contextlib.closing(writer):
                    writer.write(head.encode())
                    for _ in range(_LARGE // len(_CHUNK)):
                        if writer.is_closing():
                            break
                        writer.write(_CHUNK)
                        await writer.drain()
            self.done["oversized let go"] += 1
            await asyncio.sleep(_PAUSE_S)

    async def _reconnect(self, number: int) -> None:
        for _ in self._numbers:
            try:
                status, writer = await self._answered("/events", number)
            except (OSError, asyncio.IncompleteReadError):
                self.done["streams cut"] += 1
            else:
                self.done[f"streams {status}"] += 1
                writer.transport.abort()

    async def _answered(self, path: str, number: int) -> tuple[str, asyncio.StreamWriter]:
        """The status of the answer, and the connection, which is still open."""
        reader, writer = await self._connected(self._https_port, number, self._context)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: box\r\nCookie: {self._cookie}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        return head.split(None, 2)[1].decode(), writer

    async def _connected(
        self, port: int, number: int, context: ssl.SSLContext | None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        ours = f"127.0.1.{1 + number % _ADDRESSES}"
        return await asyncio.open_connection("127.0.0.1", port, ssl=context, local_addr=(ours, 0))


if __name__ == "__main__":
    # How its own connections end is no news.
    logging.getLogger("asyncio").disabled = True
    flood = Flood(sys.argv[1], *map(int, sys.argv[2:]))
    asyncio.run(flood.run())
    print(json.dumps(flood.done))
