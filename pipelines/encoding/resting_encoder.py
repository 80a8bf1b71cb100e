"""An encoder that rests while the picture stands still: a second's packets are written again each second."""

from __future__ import annotations

from dataclasses import replace

import av

from pipelines.encoding.failover_encoder import FailoverEncoder
from pipelines.encoding.packets import EncodedPacket

REFINING_PICTURES = 8
"""So often the encoder gets a picture that stands still: after the change, and in each second until it rests."""

MOST_SECONDS = 10
"""It rests after so many seconds at the latest."""

# While a key picture is larger by more than this than the one before, the rate control makes them better.
_GROWTH = 1.05


class RestingEncoder:
    """Encode one track's frames, of which many may be the same; owned by one thread.

    A picture that stands still is encoded ``REFINING_PICTURES`` times, and then lasts. In the seconds that follow that
    is done again, beginning with a key picture, until those get no better. From then on nothing is encoded: the packets
    of such a second are written again in each second, at the times of the camera's pictures.

    The key picture resets a decoder (IDR; ITU-T H.264, 8.2.1), which after the last of the packets is in the state that
    the encoder is in: what changes then is encoded as if all had come from it. What changes before the last of them
    becomes a key picture. Two key pictures in a row must differ in idr_pic_id (7.4.3): where nothing came between, the
    second one is encoded anew. An encoder that keeps pictures back gets all of them.
    """

    def __init__(self, encoder: FailoverEncoder) -> None:
        self._encoder = encoder
        # What the encoder made of the picture that stands still, from the last key picture on.
        self._gop: list[EncodedPacket] = []
        # How many packets of it are written again in this second; None where they come from the encoder.
        self._written: int | None = None
        self._left = 0
        self._seconds = 0
        self._key_size = 0
        self._grows = True
        self._keeps_back = False

    def encode(self, frame: av.VideoFrame, start: int) -> list[EncodedPacket]:
        """Encode a frame; return the packets that are complete, possibly some pictures late."""
        is_in_step = self._written in (None, len(self._gop))
        self._forget()
        return self._encode(frame, start, key=not is_in_step)

    def repeat(self, frame: av.VideoFrame, start: int) -> list[EncodedPacket]:
        """The same frame as in the last call is shown on; return the packets that this takes."""
        if self._keeps_back:
            return self._encode(frame, start)
        if self._encoder.is_key_due(start):
            self._left = REFINING_PICTURES
            self._written = 0 if self._may_rest() else None
        if self._written is not None:
            return self._write_again(start)
        if self._left:
            packets = self._encode(frame, start)
            self._collect(packets)
            return packets
        self._encoder.leave_out(start)
        return []

    def pop_lost_count(self) -> int:
        """The number of pictures lost inside failed encoders since the last call."""
        return self._encoder.pop_lost_count()

    def close(self) -> list[EncodedPacket]:
        """Close the encoder and return its last packets. Idempotent; a later frame opens a new encoder."""
        self._forget()
        return self._encoder.close()

    def _forget(self) -> None:
        self._gop, self._written = [], None
        self._left = REFINING_PICTURES
        self._seconds, self._key_size, self._grows = 0, 0, True

    def _encode(self, frame: av.VideoFrame, start: int, *, key: bool = False) -> list[EncodedPacket]:
        packets = self._encoder.encode(frame, start, key=key)
        self._keeps_back = not packets or packets[-1].start != start
        self._left -= 1
        return packets

    def _collect(self, packets: list[EncodedPacket]) -> None:
        for packet in packets:
            if packet.key:
                self._gop = [packet]
                self._seconds += 1
                self._grows = not self._key_size or len(packet.data) > self._key_size * _GROWTH
                self._key_size = len(packet.data)
            elif self._gop:
                self._gop.append(packet)

    def _may_rest(self) -> bool:
        is_alone = self._written == 1 or len(self._gop) < 2
        return not is_alone and (not self._grows or self._seconds >= MOST_SECONDS)

    def _write_again(self, start: int) -> list[EncodedPacket]:
        if self._written is None or self._written == len(self._gop):
            self._encoder.leave_out(start)
            return []
        packet = replace(self._gop[self._written], start=start)
        self._written += 1
        self._encoder.leave_out(start, packet)
        return [packet]
