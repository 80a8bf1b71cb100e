"""Any URL or file FFmpeg opens, as a camera: RTSP, HTTP, or a file played at its own pace."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

import av
from av.container import InputContainer

from drivers.camera.frame_queue import FrameQueue, QueueClosed
from drivers.camera.packet_decoder import PacketDecoder, StreamPacket, Timed, packet_decoder
from drivers.camera.stream_timestamps import FileTimestamps, LiveTimestamps
from drivers.errors import DeviceError, DeviceLost, DeviceMisconfigured, DeviceMissing, DeviceStalled
from drivers.samples import Picture, PictureFormat

log = logging.getLogger(__name__)

_ROOM = 8
_JOIN_S = 1.0
_NETWORK_PROBE_US = 2_000_000
# What these formats say of time FFmpeg makes up at 25 frames a second.
_TIMELESS = {"mpjpeg", "mjpeg", "jpeg_pipe", "h264"}


@dataclass(frozen=True, slots=True)
class StreamCameraOptions:
    """Where a stream comes from and how it is fetched; ValueError where a value makes no sense."""

    url: str
    """What to open: ``rtsp://…``, ``http://…``, ``file:///…`` or the path of a file."""
    loop: bool = True
    """Start a file again at its end; without it the end of the file is the loss of the camera."""
    rtsp_transport: Literal["tcp", "udp"] = "tcp"
    """How RTSP carries pictures; udp only where the camera cannot do tcp."""
    open_timeout_s: float = 5.0
    """How long a server may take to answer."""
    read_timeout_s: float = 5.0
    """How long a live stream may be silent before it counts as lost."""

    def __post_init__(self) -> None:
        if not self.url:
            raise ValueError("url must not be empty")
        if self.open_timeout_s <= 0 or self.read_timeout_s <= 0:
            raise ValueError("timeouts must be more than 0 s")


class StreamCamera:
    """Pictures as the stream has them: MJPEG as JPEG, H.264 as access units, anything else as planes.

    The stream decides size, rate and coding; the rate asked for counts only where the
    stream names none. H.264 with B-frames becomes planes, in the order in which it is seen.
    """

    Options = StreamCameraOptions

    def __init__(self, role: str, wanted: PictureFormat, options: StreamCameraOptions) -> None:
        self._role = role
        self._wanted = wanted
        self._options = options
        self._row: FrameQueue[Picture | DeviceError] | None = None
        self._thread: threading.Thread | None = None
        self._ended: DeviceError | None = None

    def open(self) -> PictureFormat:
        """DeviceMissing where nobody answers, DeviceUnfit where it is no video or the password is wrong."""
        source = _Source(self._role, self._options, self._wanted.fps)
        row: FrameQueue[Picture | DeviceError] = FrameQueue(_ROOM)
        self._row, self._ended = row, None
        # A daemon, because a server that hangs is waited for only as long as read_timeout_s, and not by us.
        self._thread = threading.Thread(target=_fetch, args=(source, row), name=f"stream-{self._role}", daemon=True)
        self._thread.start()
        return source.format

    def read(self, timeout_s: float) -> Picture:
        """The next picture. DeviceStalled, DeviceLost."""
        row = self._row
        if row is None:
            raise DeviceLost(self._role, "the camera is closed")
        if self._ended is not None:
            raise self._ended
        try:
            thing = row.take(timeout_s)
        except QueueClosed as error:
            raise DeviceLost(self._role, "the camera was closed") from error
        if thing is None:
            raise DeviceStalled(self._role, f"no picture for {timeout_s:g} s")
        if isinstance(thing, DeviceError):
            self._ended = thing
            raise thing
        return thing

    def close(self) -> None:
        """End a read in progress; a server that hangs is left to its own time limit. Again: nothing."""
        row, self._row = self._row, None
        thread, self._thread = self._thread, None
        if row is not None:
            row.close()
        if thread is not None:
            thread.join(_JOIN_S)
            if thread.is_alive():
                log.warning("%s: the stream still waits for its server and is left behind", self._role)


class _Source:
    """An open container, the stream in it, and the time it runs on."""

    def __init__(self, role: str, options: StreamCameraOptions, usual_fps: Fraction) -> None:
        self.role = role
        self._options = options
        self._place = _presentable(options.url)
        self._open()
        self._paced = _is_file(options.url) or (_scheme(options.url) != "rtsp" and bool(self._container.duration))
        codec = self._stream.codec_context
        self._timeless = self._container.format.name in _TIMELESS
        told_fps = None if self._timeless else self._stream.guessed_rate or self._stream.average_rate
        self.format = PictureFormat(
            codec.width // 2 * 2,
            codec.height // 2 * 2,
            told_fps or usual_fps,
            self._unpacker.coding,
            self._unpacker.why,
        )

    def play(self, row: FrameQueue[Picture | DeviceError]) -> None:
        """Give pictures until the stream is lost (DeviceLost, FFmpegError) or the row is Closed."""
        if not self._paced:
            self._play_live(row)
            raise DeviceLost(self.role, f"{self._place}: the source ended")
        file_time = FileTimestamps(time.monotonic_ns(), int(1e9 / self.format.fps))
        while self._play_file(row, file_time) and self._options.loop:
            file_time.next_round()
            self._container.close()
            self._open()
        raise DeviceLost(self.role, f"{self._place}: the source ended")

    def close(self) -> None:
        """Let the container go."""
        self._container.close()

    def _play_live(self, row: FrameQueue[Picture | DeviceError]) -> None:
        live_time = LiveTimestamps()
        for packet in self._container.demux(self._stream):
            for at_ns, picture in self._pictures(packet):
                row.give(replace(picture, captured_ns=live_time.captured_ns(at_ns, time.monotonic_ns())))

    def _play_file(self, row: FrameQueue[Picture | DeviceError], file_time: FileTimestamps) -> bool:
        """One round; whether there was a picture in it."""
        seen = False
        for packet in self._container.demux(self._stream):
            for at_ns, picture in self._pictures(packet):
                seen = True
                now_ns = time.monotonic_ns()
                due_ns = file_time.due_ns(at_ns, now_ns)
                row.rest(max(due_ns - now_ns, 0) / 1e9)
                row.give(replace(picture, captured_ns=due_ns))
        return seen

    def _pictures(self, packet: StreamPacket) -> Iterator[Timed]:
        for at_ns, picture in self._unpacker.pictures(packet):
            yield None if self._timeless else at_ns, picture

    def _open(self) -> None:
        options = {}
        if not _is_file(self._options.url):
            options["analyzeduration"] = str(_NETWORK_PROBE_US)
        if _scheme(self._options.url) == "rtsp":
            options["rtsp_transport"] = self._options.rtsp_transport
        try:
            self._container: InputContainer = av.open(
                self._options.url,
                options=options,
                timeout=(self._options.open_timeout_s, self._options.read_timeout_s),
                metadata_errors="replace",
            )
        except (av.HTTPUnauthorizedError, av.HTTPForbiddenError) as error:
            raise DeviceMisconfigured(self.role, f"{self._place} refuses the user name or password") from error
        except (av.ProtocolNotFoundError, av.DemuxerNotFoundError) as error:
            raise DeviceMisconfigured(self.role, f"{self._place} names a protocol that is not known here") from error
        except av.InvalidDataError as error:
            # A server that is still starting, or gives up, may send no video yet; a file will not change.
            kind = DeviceMisconfigured if _is_file(self._options.url) else DeviceMissing
            raise kind(self.role, f"{self._place} is no video that can be read") from error
        except (av.FFmpegError, OSError) as error:
            raise DeviceMissing(self.role, f"{self._place} cannot be opened: {error.strerror}") from error
        # A stream that no decoder is known for has no codec context.
        streams = [stream for stream in self._container.streams.video if stream.codec_context]
        if not streams:
            self._container.close()
            raise DeviceMisconfigured(self.role, f"{self._place} has no picture in it that can be read")
        self._stream = streams[0]
        self._unpacker: PacketDecoder = packet_decoder(self._stream)


def _fetch(source: _Source, row: FrameQueue[Picture | DeviceError]) -> None:
    """The thread that owns the open container, to its end."""
    try:
        try:
            source.play(row)
        except av.ExitError:
            row.give(DeviceLost(source.role, "the stream has fallen silent"))
        except (av.FFmpegError, OSError) as error:
            row.give(DeviceLost(source.role, f"the stream broke off: {error.strerror}"))
        except DeviceError as error:
            row.give(DeviceLost(source.role, error.reason))
    except QueueClosed:
        log.debug("%s: stream closed", source.role)
    finally:
        source.close()


def _scheme(url: str) -> str:
    return urlsplit(url).scheme


def _is_file(url: str) -> bool:
    return _scheme(url) == "file" or Path(url).is_file()


def _presentable(url: str) -> str:
    """The URL as it may be shown: a password may stand before the @, a token after the question mark."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))
