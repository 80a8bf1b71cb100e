"""The driver ``stream``: any URL or file that FFmpeg opens, as a camera."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import av
from av.container import InputContainer

from drivers.address import Address, InvalidAddress
from drivers.camera.frame_queue import FrameQueue, QueueClosed
from drivers.camera.packet_decoder import PacketDecoder, make_decoder
from drivers.camera.stream_packet import StreamPacket, TimedPicture
from drivers.camera.stream_timestamps import FileTimestamps, LiveTimestamps
from drivers.errors import DeviceError, DeviceLost, DeviceMisconfigured, DeviceMissing, DeviceStalled, InvalidOption
from drivers.samples import AccessUnit, DamagedPicture, Picture, PictureFormat

log = logging.getLogger(__name__)

_QUEUE_CAPACITY = 8
_JOIN_TIMEOUT_S = 1.0
_NETWORK_PROBE_US = 2_000_000
# A device that takes ten seconds to open, and to be closed again, counts as hung.
_FIRST_PICTURE_S = 8.5
# A stream without timing in its headers "has" 90000 frames a second.
_SLOWEST_FPS, _FASTEST_FPS = 1, 120
_RTSP = ("rtsp", "rtsps")
_LOSSY = ("udp", "rtp")
_HOSTLESS = ("file", "udp", "rtp", "tcp")
_SCHEMES = (*_RTSP, "http", "https", "rtmp", "rtmps", *_HOSTLESS)
# The path of a file: neither a host with a port nor a scheme stands before its first slash.
_PATH = re.compile(r"[./].+|(?![0-9]+\.[0-9]+\.)[^:：/@＠]+(/[^:：@＠]*)?", re.DOTALL)
_MP4 = "mov,mp4,m4a,3gp,3g2,mj2"
# What these formats say of time FFmpeg makes up at 25 frames a second.
_FORMATS_WITHOUT_TIMESTAMPS = {"mpjpeg", "mjpeg", "jpeg_pipe", "h264"}


@dataclass(frozen=True, slots=True)
class StreamCameraOptions:
    """Source and timeouts of a stream; ValueError for an invalid value."""

    url: str = field(repr=False)
    """The source: ``rtsp://…``, ``http://…``, ``file:///…`` or the path of a file; see ``drivers.address``."""
    loop: bool = True
    """Play a file again at its end; without it the end of the file is the loss of the camera."""
    rtsp_transport: Literal["tcp", "udp"] = "tcp"
    """Transport of RTSP; udp only where the camera cannot do tcp: it loses parts of pictures."""
    open_timeout_s: float = 5.0
    """The longest time a server may take to answer."""
    read_timeout_s: float = 5.0
    """The longest time a live stream may be silent before it counts as lost."""

    def __post_init__(self) -> None:
        try:
            stream_address(self.url)
        except InvalidAddress as error:
            raise InvalidOption("url", str(error)) from None
        if self.open_timeout_s <= 0 or self.read_timeout_s <= 0:
            raise ValueError("timeouts must be more than 0 s")


class StreamCamera:
    """See ``drivers.protocols.Camera``: MJPEG as JPEG files, H.264 as access units, anything else as planes.

    The stream determines size, rate and coding; the wanted rate counts only where the stream names none. H.264 with
    B-frames is decoded to planes, in display order. A file is played at its own pace.
    """

    Options = StreamCameraOptions

    def __init__(self, role: str, wanted: PictureFormat, options: StreamCameraOptions) -> None:
        self._role = role
        self._wanted = wanted
        self._options = options
        self._queue: FrameQueue[Picture | DeviceError] | None = None
        self._thread: threading.Thread | None = None
        self._loss: DeviceError | None = None
        self._first: Picture | None = None

    def open(self) -> PictureFormat:
        """Open the stream and wait for its first picture, which alone tells what it sends.

        DeviceMisconfigured where it is no video or the password is wrong; DeviceMissing where no picture comes that
        decoding can start with.
        """
        deadline_s = time.monotonic() + _FIRST_PICTURE_S
        source = _StreamSource(self._role, self._options, self._wanted)
        queue: FrameQueue[Picture | DeviceError] = FrameQueue(_QUEUE_CAPACITY)
        self._queue, self._loss = queue, None
        # A daemon, because a server that hangs is waited for only as long as read_timeout_s, and not by us.
        self._thread = threading.Thread(
            target=_run_source, args=(source, queue), name=f"stream-{self._role}", daemon=True
        )
        self._thread.start()
        try:
            first = queue.get(max(0.0, deadline_s - time.monotonic()))
        except QueueClosed as error:
            raise DeviceLost(self._role, "the camera was closed") from error
        if first is None:
            self.close()
            raise DeviceMissing(
                self._role, f"no key picture within {_FIRST_PICTURE_S:g} s: let the camera send one every second or two"
            )
        if isinstance(first, DeviceError):
            self.close()
            raise DeviceMissing(self._role, first.reason)
        self._first = first
        return source.format

    def read(self, timeout_s: float) -> Picture:
        queue = self._queue
        if queue is None:
            raise DeviceLost(self._role, "the camera is closed")
        if self._loss is not None:
            raise self._loss
        first, self._first = self._first, None
        if first is not None:
            return first
        try:
            item = queue.get(timeout_s)
        except QueueClosed as error:
            raise DeviceLost(self._role, "the camera was closed") from error
        if item is None:
            raise DeviceStalled(self._role, f"no picture for {timeout_s:g} s")
        if isinstance(item, DeviceError):
            self._loss = item
            raise item
        return item

    def close(self) -> None:
        """Stop the thread; a server that hangs is left to its own timeout."""
        queue, self._queue = self._queue, None
        self._first = None
        thread, self._thread = self._thread, None
        if queue is not None:
            queue.close()
        if thread is not None:
            thread.join(_JOIN_TIMEOUT_S)
            if thread.is_alive():
                log.warning("%s: the stream still waits for its server and is left behind", self._role)


class _StreamSource:
    """An open container, its video stream, and how that is timed."""

    def __init__(self, role: str, options: StreamCameraOptions, wanted: PictureFormat) -> None:
        self.role = role
        self.format = wanted
        self._wanted = wanted
        self._options = options
        self._address = stream_address(options.url)
        self._public_url = self._address.shown
        self._is_file = self._address.scheme == "file" and (
            "://" in options.url or Path(self._address.file_path).is_file()
        )
        self._is_undescribed = True
        self._open()
        self._is_file_paced = self._is_file or (self._address.scheme not in _RTSP and bool(self._container.duration))

    def play(self, queue: FrameQueue[Picture | DeviceError]) -> None:
        """Put pictures into the queue until the stream ends (DeviceLost, FFmpegError) or the camera is closed
        (QueueClosed).
        """
        if not self._is_file_paced:
            self._play_live(queue)
            raise DeviceLost(self.role, f"{self._public_url}: the source ended")
        timestamps = FileTimestamps(time.monotonic_ns(), int(1e9 / self._rate()))
        while self._play_file(queue, timestamps) and self._options.loop:
            timestamps.restart()
            self._container.close()
            self._open()
        raise DeviceLost(self.role, f"{self._public_url}: the source ended")

    def close(self) -> None:
        self._container.close()

    def _play_live(self, queue: FrameQueue[Picture | DeviceError]) -> None:
        timestamps = LiveTimestamps()
        for packet in self._container.demux(self._stream):
            for at_ns, picture in self._pictures(packet):
                is_reordered = isinstance(picture, AccessUnit) and picture.reordered
                captured_ns = timestamps.captured_ns(at_ns, time.monotonic_ns(), is_reordered=is_reordered)
                note = picture.note
                if step_ns := timestamps.pop_step_ns():
                    note = f"the clock of its pictures stepped by {step_ns / 1e9:+.2f} s"
                    log.warning("%s: %s", self.role, note)
                queue.put(replace(picture, captured_ns=captured_ns, note=note), can_wait=_can_wait(picture))

    def _play_file(self, queue: FrameQueue[Picture | DeviceError], timestamps: FileTimestamps) -> bool:
        """Play the file once; return whether there was a picture in it."""
        has_pictures = False
        for packet in self._container.demux(self._stream):
            for at_ns, picture in self._pictures(packet):
                has_pictures = True
                now_ns = time.monotonic_ns()
                due_ns = timestamps.due_ns(at_ns, now_ns)
                queue.wait(max(due_ns - now_ns, 0) / 1e9)
                queue.put(replace(picture, captured_ns=due_ns), can_wait=_can_wait(picture))
        return has_pictures

    def _pictures(self, packet: StreamPacket) -> Iterator[TimedPicture]:
        for at_ns, picture in self._decoder.decode(packet):
            # Before its first picture goes into the queue, and for good: later changes are told by the pictures.
            if self._is_undescribed and not isinstance(picture, DamagedPicture):
                self.format = self._decoder.describe(replace(self._wanted, fps=self._rate()))
                self._is_undescribed = False
            if not self._is_undescribed:
                yield None if self._lacks_timestamps else at_ns, picture

    def _rate(self) -> Fraction:
        """Nominal frames a second: the first of what the stream says that can be true, or else what is wanted."""
        told = () if self._lacks_timestamps else (self._stream.guessed_rate, self._stream.average_rate)
        return believable_rate(told, self._wanted.fps)

    def _open(self) -> None:
        options = {}
        if not self._is_file:
            options["analyzeduration"] = str(_NETWORK_PROBE_US)
        if self._address.scheme in _RTSP:
            options["rtsp_transport"] = self._options.rtsp_transport
        # FFmpeg's errors have the address with its password in them, so none of them is kept as a cause.
        try:
            self._container: InputContainer = av.open(
                _ffmpeg_name(self._address),
                options=options,
                timeout=(self._options.open_timeout_s, self._options.read_timeout_s),
                metadata_errors="replace",
            )
        except (av.HTTPUnauthorizedError, av.HTTPForbiddenError):
            raise DeviceMisconfigured(self.role, f"{self._public_url} refuses the user name or password") from None
        except (av.ProtocolNotFoundError, av.DemuxerNotFoundError):
            raise DeviceMisconfigured(
                self.role, f"{self._public_url} names a protocol that is not known here"
            ) from None
        except av.InvalidDataError:
            # A server that is still starting, or gives up, may send no video yet; a file will not change.
            error_class = DeviceMisconfigured if self._is_file else DeviceMissing
            raise error_class(self.role, f"{self._public_url} is no video that can be read") from None
        except (av.FFmpegError, OSError) as error:
            raise DeviceMissing(self.role, f"{self._public_url} cannot be opened: {error.strerror}") from None
        # A stream that no decoder is known for has no codec context.
        streams = [stream for stream in self._container.streams.video if stream.codec_context]
        if not streams:
            self._container.close()
            raise DeviceMisconfigured(self.role, f"{self._public_url} has no picture in it that can be read")
        self._stream = streams[0]
        self._lacks_timestamps = self._container.format.name in _FORMATS_WITHOUT_TIMESTAMPS
        self._decoder: PacketDecoder = make_decoder(self._stream, self._rotation(), is_lossy=self._is_lossy)

    @property
    def _is_lossy(self) -> bool:
        is_udp_rtsp = self._address.scheme in _RTSP and self._options.rtsp_transport == "udp"
        return is_udp_rtsp or self._address.scheme in _LOSSY

    def _rotation(self) -> int:
        """How far clockwise a file's pictures must be turned, in degrees; only containers of files can say so."""
        if self._container.format.name != _MP4 or not self._is_file:
            return 0
        try:
            with av.open(_ffmpeg_name(self._address)) as container:
                return -next(container.decode(video=0)).rotation % 360
        except (av.FFmpegError, StopIteration, OSError):
            return 0


def _can_wait(picture: Picture) -> bool:
    """Whether nobody misses a picture for a tenth of a second: with H.264 a new view begins at key pictures."""
    return isinstance(picture, AccessUnit) and not picture.key


def believable_rate(told: Iterable[Fraction | None], wanted: Fraction) -> Fraction:
    """Return the first of these rates that a camera can have, or else the wanted one."""
    return next((fps for fps in told if fps and _SLOWEST_FPS <= fps <= _FASTEST_FPS), wanted)


def _run_source(source: _StreamSource, queue: FrameQueue[Picture | DeviceError]) -> None:
    try:
        try:
            source.play(queue)
        except av.ExitError:
            queue.put(DeviceLost(source.role, "the stream has fallen silent"))
        except (av.FFmpegError, OSError) as error:
            queue.put(DeviceLost(source.role, f"the stream broke off: {error.strerror}"))
        except DeviceError as error:
            queue.put(DeviceLost(source.role, error.reason))
        except QueueClosed:
            raise
        except Exception as error:
            # Whatever a library makes of what came over the cable, it ends this camera's turn and nothing else.
            log.exception("%s: the stream cannot be read on", source.role)
            queue.put(DeviceLost(source.role, f"the stream cannot be read on: {type(error).__name__}"))
    except QueueClosed:
        log.debug("%s: stream closed", source.role)
    finally:
        source.close()


def stream_address(url: str) -> Address:
    """Return the source as an address; the path of a file becomes one with the scheme ``file``.

    Raises:
        InvalidAddress: It is neither.
    """
    if url.startswith("~"):
        raise InvalidAddress("write the full path: ~ means nothing to a service")
    if _PATH.fullmatch(url):
        return Address("file", path=quote(url))
    return Address.parse(url, _SCHEMES, _HOSTLESS)


def _ffmpeg_name(address: Address) -> str:
    """FFmpeg's ``file:`` takes what follows as it is, without percent-encoding."""
    return f"file:{address.file_path}" if address.scheme == "file" else address.url
