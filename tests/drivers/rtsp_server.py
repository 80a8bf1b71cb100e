"""An RTSP server for one client at a time: whatever RTP it is sent, it passes on over the client's connection."""

from __future__ import annotations

import socket
import threading
from base64 import b64encode
from contextlib import suppress

_SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n"
)


class RtspServer:
    """Answers RTSP 1.0 with interleaved RTP over TCP (RFC 2326, 10.12)."""

    def __init__(self) -> None:
        self.silent = False
        self.refuses = False
        self.credentials = ""
        self.admitted = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._rtp.bind(("127.0.0.1", 0))
        self._client: socket.socket | None = None
        self._closing = False
        self.rtp_port: int = self._rtp.getsockname()[1]
        self.url = f"rtsp://127.0.0.1:{self._listener.getsockname()[1]}/live"
        self._threads = [threading.Thread(target=work, name="rtsp") for work in (self._serve, self._relay)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Hang up."""
        self._closing = True
        for sock in (self._listener, self._client):
            if sock is not None:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", ("127.0.0.1", self.rtp_port))
        for thread in self._threads:
            thread.join(5)
        self._listener.close()
        self._rtp.close()

    def _is_admitted(self, authorization: str) -> bool:
        """Whether the client knows ``credentials``, ``user:password``; where there are none, everybody does."""
        return not self.credentials or authorization == _basic(self.credentials)

    def _relay(self) -> None:
        while not self._closing:
            packet = self._rtp.recv(65536)
            client = self._client
            if client is not None and packet and not self.silent:
                with suppress(OSError):
                    client.sendall(b"$\0" + len(packet).to_bytes(2, "big") + packet)

    def _serve(self) -> None:
        while not self._closing:
            with suppress(OSError):
                client, _ = self._listener.accept()
                with client, client.makefile("rb") as lines:
                    while (request := lines.readline()) and not self._closing:
                        self._answer(client, request, headers(lines))
                self._client = None

    def _answer(self, client: socket.socket, request: bytes, given: dict[str, str]) -> None:
        method = request.split()[0].decode() if request.split() else ""
        if not method.isupper():
            return
        status, extra, body = "200 OK", "", ""
        match method:
            case "DESCRIBE" if self.refuses or not self._is_admitted(given.get("authorization", "")):
                status, extra = "401 Unauthorized", 'WWW-Authenticate: Basic realm="camera"\r\n'
            case "DESCRIBE":
                self.admitted += 1
                body = _SDP
                extra = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
            case "SETUP":
                extra = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
            case "OPTIONS":
                extra = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        head = f"RTSP/1.0 {status}\r\nCSeq: {given['cseq']}\r\nSession: 1\r\n{extra}\r\n"
        client.sendall((head + body).encode())
        if method == "PLAY":
            self._client = client


def _basic(credentials: str) -> str:
    return f"Basic {b64encode(credentials.encode()).decode()}"


def headers(lines: object) -> dict[str, str]:
    """The headers that follow a request line, names in lower case."""
    found = {}
    for line in iter(lines.readline, b"\r\n"):  # type: ignore[attr-defined]
        if not line:
            break
        name, _, value = line.decode(errors="replace").partition(":")
        found[name.strip().lower()] = value.strip()
    return found
