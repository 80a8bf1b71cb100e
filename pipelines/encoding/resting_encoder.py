"""An encoder that rests while the picture stands still: the same few packets are written again each second."""

from __future__ import annotations

from contextlib import suppress

import av

from pipelines.encoding.encoder_selection import VideoEncoder
from pipelines.encoding.failover_encoder import FailoverEncoder
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket, EncodedSecond

REFINING_PICTURES = 8
"""So often the track's encoder gets a picture that has come to a stand, in the second in which it did."""

STILL_INTERVAL = VIDEO_TIMESCALE // 4
"""A picture of a still second lasts no longer (1/90000 s), so that a crash costs no more of it than of others."""

# The first makes as good a picture as a screen had that was encoded on and on; the others one that fits its second.
_STILL_QPS = (26, 32, 38, 44)


class RestingEncoder:
    """Encode one track's frames, of which many may be the same; owned by one thread.

    The first lesson second in which a picture stands still begins with a key picture of constant quality, from an
    encoder of its own, and a few tiny ones follow that refer to it. Each second after that gets the same packets, and
    nothing is encoded. The key picture resets a decoder (IDR; ITU-T H.264, 8.2.1), so that after all the others it is
    in that encoder's state, and what changes then refers to them; an earlier change begins with a key picture.

    A second that begins with a change, and what would make a second larger than the track's bit rate, is left to the
    track's own encoder, from a key picture on. Two key pictures in a row must differ in idr_pic_id (7.4.3), of which
    the two encoders know nothing from each other, so there is always another picture between theirs. An encoder that
    keeps pictures back gets all of them.
    """

    def __init__(self, encoder: FailoverEncoder) -> None:
        self._encoder = encoder
        # While there is one, the pictures come from it.
        self._still_encoder: VideoEncoder | None = None
        # What it made of the picture that stands still: the key picture, and those after it.
        self._key: EncodedPacket | None = None
        self._others: list[EncodedPacket] = []
        # So many of those are in the present second.
        self._shown = 0
        self._frame: av.VideoFrame | None = None
        self._bytes_left = 0
        self._ends_with_key = True
        self._last_start = 0
        self._refinements_left = 0
        self._is_too_large = False
        # Whether the last packet is that of the last picture.
        self._is_whole = False
        # When the last picture was that no encoder got.
        self._left_out: int | None = None
        self._changed_at = 0

    def encode(self, frame: av.VideoFrame, start: int) -> list[EncodedPacket]:
        """Encode a frame; return the packets that are complete, possibly some pictures late."""
        packets = self._separate(start)
        is_in_step = (
            self._shown == len(self._others) and not self._ends_with_key and not self._encoder.is_key_due(start)
        )
        self._forget_still()
        self._refinements_left = REFINING_PICTURES
        self._is_too_large = False
        self._changed_at = start
        was_still = self._still_encoder is not None
        if self._still_encoder is not None and is_in_step:
            changed = self._still_encoder.encode(frame, start, key=False)
            self._bytes_left -= _size(changed)
            if self._bytes_left >= 0:
                self._last_start = start
                self._encoder.leave_out(start, changed)
                return packets + changed
        self._close_still()
        return packets + self._encode(frame, start, key=was_still)

    def repeat(self, frame: av.VideoFrame, start: int) -> list[EncodedPacket]:
        """The frame of the last call is shown on, and given again; return the packets that this takes."""
        self._frame, self._left_out = frame, None
        if self._encoder.is_key_due(start):
            return self._begin_second(frame, start)
        is_due = self._ends_with_key or start - self._last_start >= STILL_INTERVAL
        if self._still_encoder is not None:
            packets = [self._next_still(self._still_encoder, frame, start)] if is_due else []
            self._encoder.leave_out(start, packets)
        elif is_due or self._refinements_left > 0 or self._is_too_large or not self._is_whole:
            return self._encode(frame, start)
        else:
            packets = []
            self._encoder.leave_out(start)
        self._left_out = None if packets else start
        return packets

    @property
    def last_second(self) -> EncodedSecond | None:
        """What the last lesson second that is over came to; None where it is not known."""
        return self._encoder.last_second

    def pop_lost_count(self) -> int:
        """The number of pictures lost inside failed encoders since the last call."""
        return self._encoder.pop_lost_count()

    def close(self) -> list[EncodedPacket]:
        """Close the encoder and return its last packets. Idempotent; a later frame opens a new encoder.

        The last picture is among them: players end a track where its last picture begins.
        """
        packets = []
        if self._left_out is not None and self._frame is not None:
            if self._still_encoder is not None:
                packets = [self._next_still(self._still_encoder, self._frame, self._left_out)]
            else:
                packets = self._encoder.encode(self._frame, self._left_out)
        self._close_still()
        return packets + self._encoder.close()

    def _begin_second(self, frame: av.VideoFrame, start: int) -> list[EncodedPacket]:
        packets = self._separate(start)
        # A film that a grabber sends each picture of twice does not stand still.
        stands = self._is_whole and start - self._changed_at >= STILL_INTERVAL
        if self._key is None and stands and not self._is_too_large and not self._ends_with_key:
            self._key = self._encode_key(frame, start)
        if self._key is None:
            self._close_still()
            self._refinements_left = REFINING_PICTURES
            return packets + self._encode(frame, start)
        key = self._key._replace(start=start)
        self._encoder.leave_out(start, [key])
        self._bytes_left = self._encoder.bytes_a_second - len(key.data)
        self._ends_with_key, self._last_start, self._shown = True, start, 0
        return [*packets, key]

    def _encode(self, frame: av.VideoFrame, start: int, *, key: bool = False) -> list[EncodedPacket]:
        packets = self._encoder.encode(frame, start, key=key)
        if packets:
            self._ends_with_key = packets[-1].key
        self._is_whole = bool(packets) and packets[-1].start == start
        self._last_start = start
        self._refinements_left -= 1
        return packets

    def _encode_key(self, frame: av.VideoFrame, start: int) -> EncodedPacket | None:
        """A key picture for a whole second; None where none is small enough, or there is no encoder for it."""
        self._close_still()
        # The track's own encoder is open, and goes on where there is no memory for another one.
        with suppress(av.FFmpegError):
            for qp in _STILL_QPS:
                encoder = self._encoder.open_still(qp)
                if encoder is None:
                    return None
                packets = encoder.encode(frame, start, key=True)
                if len(packets) == 1 and _size(packets) <= self._encoder.bytes_a_second:
                    self._still_encoder = encoder
                    return packets[0]
                encoder.close()
        self._is_too_large = True
        return None

    def _separate(self, start: int) -> list[EncodedPacket]:
        """What must come before the picture at ``start`` where the key picture of a still second is the last one."""
        still, frame = self._still_encoder, self._frame
        if still is None or frame is None or not self._ends_with_key or start - self._last_start < 2:
            return []
        middle = (self._last_start + start) // 2
        last = (self._last_start // VIDEO_TIMESCALE + 1) * VIDEO_TIMESCALE - 1
        return [self._next_still(still, frame, min(middle, last) if last > self._last_start else middle)]

    def _next_still(self, still: VideoEncoder, frame: av.VideoFrame, start: int) -> EncodedPacket:
        """The next picture of a still second, encoded where no earlier second had as many."""
        if self._key is not None and self._shown < len(self._others):
            packet = self._others[self._shown]
        else:
            (packet,) = still.encode(frame, start, key=False)
            if self._key is not None:
                self._others.append(packet)
        self._shown += self._key is not None
        self._ends_with_key, self._last_start = False, start
        self._bytes_left -= len(packet.data)
        return packet._replace(start=start)

    def _forget_still(self) -> None:
        self._key = self._left_out = None
        self._others, self._shown = [], 0

    def _close_still(self) -> None:
        encoder, self._still_encoder = self._still_encoder, None
        self._forget_still()
        if encoder is not None:
            encoder.close()


def _size(packets: list[EncodedPacket]) -> int:
    return sum(len(packet.data) for packet in packets)
