"""Any URL or file FFmpeg opens, as a camera: RTSP, HTTP, or a file played at its own pace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class StreamCameraOptions:
    """Where a stream comes from and how it is fetched; ValueError where a value makes no sense."""

    url: str
    """What to open: ``rtsp://…``, ``http://…``, ``file:///…`` or the path of a file."""
    loop: bool = True
    """Start a file again at its end; without it the end of the file is the loss of the camera."""
    rtsp_transport: Literal["tcp", "udp"] = "tcp"
    """How RTSP carries pictures; udp only where the camera cannot do tcp."""
    open_timeout_s: float = 10.0
    """How long a server may take to answer."""
    read_timeout_s: float = 5.0
    """How long a live stream may be silent before it counts as lost."""

    def __post_init__(self) -> None:
        if not self.url:
            raise ValueError("url must not be empty")
        if self.open_timeout_s <= 0 or self.read_timeout_s <= 0:
            raise ValueError("timeouts must be more than 0 s")
