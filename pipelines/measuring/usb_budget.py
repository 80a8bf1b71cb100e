"""Whether the streams of a USB bus fit on it at the same time, and which device to plug in elsewhere if not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_HIGH_SPEED_MBPS = 480.0
# The protocol's overhead on SuperSpeed is in its share, not in a formula of its own.
_SUPER_SPEED_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class UsbSegment:
    """A stretch of cable that its devices share: a bus, or the full-speed bus of a hub's translator.

    ``has_free_port`` says whether another device of its speed can be plugged in there.
    """

    name: str
    speed_mbps: float
    has_free_port: bool = False


@dataclass(frozen=True, slots=True)
class UsbStream:
    """What a device's stream reserves on its segment: in every interval so many transactions of so many bytes."""

    device: str
    segment: str
    transaction_bytes: int
    transactions: int
    interval_us: float


@dataclass(frozen=True, slots=True)
class SegmentLoad:
    """The share of what may be reserved on a segment that its devices reserve: above 1 the last of them fails.

    ``shares`` are the devices' own, largest first.
    """

    segment: UsbSegment
    share: float
    shares: tuple[tuple[str, float], ...]

    @property
    def is_over(self) -> bool:
        """Whether more is wanted than there is."""
        return self.share > 1.0


@dataclass(frozen=True, slots=True)
class UsbMove:
    """Plug ``device`` in elsewhere; ``target`` is empty where it fits nowhere, and must want less."""

    device: str
    source: str
    target: str


def transaction_ns(payload_bytes: int, speed_mbps: float) -> float:
    """Return the bus time of one isochronous IN transaction with the worst case of bit stuffing.

    Source: Universal Serial Bus Specification 2.0, 5.11.3, without the host's own delay.
    """
    stuffed_bits = int(3.167 + 7 * 8 * payload_bytes / 6)
    if speed_mbps > _HIGH_SPEED_MBPS:
        return payload_bytes * 8 * 1000 / (speed_mbps * 0.8)
    if speed_mbps == _HIGH_SPEED_MBPS:
        return 38 * 8 * 2.083 + 2.083 * stuffed_bits
    return 7268.0 + 83.54 * stuffed_bits


def periodic_share(speed_mbps: float) -> float:
    """Return the share of a frame or microframe that periodic transfers may reserve.

    Sources: Universal Serial Bus Specification 2.0, 5.6.4: 80 % of a microframe at high speed, 90 % of a frame at full
    speed; for SuperSpeed, the 10 % that Linux's xhci driver keeps back.
    """
    if speed_mbps > _HIGH_SPEED_MBPS:
        return _SUPER_SPEED_SHARE
    return 0.8 if speed_mbps == _HIGH_SPEED_MBPS else 0.9


def segment_loads(segments: Sequence[UsbSegment], streams: Sequence[UsbStream]) -> list[SegmentLoad]:
    """Return the load of every segment that has a stream, the heaviest first."""
    found = []
    for segment in segments:
        shares: dict[str, float] = {}
        for stream in streams:
            if stream.segment == segment.name:
                shares[stream.device] = shares.get(stream.device, 0.0) + _share(stream, segment)
        if shares:
            ordered = tuple(sorted(shares.items(), key=lambda one: (-one[1], one[0])))
            found.append(SegmentLoad(segment, sum(shares.values()), ordered))
    return sorted(found, key=lambda load: -load.share)


def moves(segments: Sequence[UsbSegment], streams: Sequence[UsbStream]) -> list[UsbMove]:
    """Return the fewest moves after which every segment fits, found greedily: the device that just makes room first."""
    now = list(streams)
    found: list[UsbMove] = []
    stuck: set[str] = set()
    while over := [load for load in segment_loads(segments, now) if load.is_over and load.segment.name not in stuck]:
        load = over[0]
        move = _next_move(load, segments, now)
        if move is None:
            stuck.add(load.segment.name)
            found.append(UsbMove(load.shares[-1][0], load.segment.name, ""))
            continue
        found.append(move)
        now = [_moved(stream, move) for stream in now]
    return found


def _next_move(load: SegmentLoad, segments: Sequence[UsbSegment], streams: Sequence[UsbStream]) -> UsbMove | None:
    enough = [device for device, share in reversed(load.shares) if load.share - share <= 1.0]
    largest_first = [device for device, _ in load.shares if device not in enough]
    for device in enough + largest_first:
        for target in segments:
            is_other = target.name != load.segment.name and target.speed_mbps == load.segment.speed_mbps
            if not is_other or not target.has_free_port:
                continue
            move = UsbMove(device, load.segment.name, target.name)
            after = segment_loads([target], [_moved(stream, move) for stream in streams])
            if not any(one.is_over for one in after):
                return move
    return None


def _moved(stream: UsbStream, move: UsbMove) -> UsbStream:
    if (stream.device, stream.segment) != (move.device, move.source):
        return stream
    return UsbStream(stream.device, move.target, stream.transaction_bytes, stream.transactions, stream.interval_us)


def _share(stream: UsbStream, segment: UsbSegment) -> float:
    time_ns = stream.transactions * transaction_ns(stream.transaction_bytes, segment.speed_mbps)
    return time_ns / (stream.interval_us * 1000 * periodic_share(segment.speed_mbps))
